import Dist
import IO
import Models

/// Fine-tunes a copy of the cloud model for one group of users, on the group's samples with their users'
/// corrected labels, data-parallel over all ranks and with the same bits on any number of them. As in a user's
/// fine-tuning the statistics of normalisations are the cloud model's and stay so.
public struct GroupTraining {
  /// The group's model, whole on every rank after `run`.
  public let weights: Weights
  private let trainer: CloudTrainer
  private let epochs: Int

  /// Throws `DistError.moreRanksThanShards`, and `TrainingError.noSamples` for a group without users.
  public init(
    group: Int, of groups: UserGroups, job: Job, dataset: Dataset, cloud: Weights,
    communicator: any Communicator
  ) throws {
    var job = job
    job.training.epochs = job.grouping.epochs
    job.training.batchSize = job.grouping.batchSize
    job.training.learningRate = job.grouping.learningRate
    job.training.learningRateDecay = 1
    job.training.optimizer = job.grouping.optimizer
    weights = Weights(copying: cloud)
    epochs = job.grouping.epochs
    trainer = try CloudTrainer(
      job: job, dataset: dataset.training(only: groups.users[group]), weights: weights,
      normalization: .moving, labels: groups.labels, communicator: communicator)
  }

  public var steps: Int { epochs * trainer.stepsPerEpoch }

  /// Trains all epochs and returns their mean losses. `onStep` gets the steps done and the step's loss.
  /// Throws `TrainingError.diverged` on every rank alike.
  public func run(onStep: (Int, Double) throws -> Void) throws -> [Double] {
    var losses: [Double] = []
    for epoch in 0..<epochs {
      let done = epoch * trainer.stepsPerEpoch
      losses.append(
        try trainer.train(epoch: epoch, lastCheckpoint: "") { try onStep(done + $0, $1) })
    }
    try trainer.shareUserRows()
    return losses
  }
}
