import Dist
import IO
import Models

/// Fine-tunes a copy of the cloud model for one group of users, on the group's samples with their users'
/// corrected labels, data-parallel over all ranks and with the same bits on any number of them. As in a
/// user's fine-tuning the statistics of normalisations are the cloud model's and do not change.
package struct GroupTraining {
  /// The group's model, whole on every rank after each epoch of a `TrainingRun`.
  package let weights: Weights
  package let trainer: CloudTrainer
  package let epochs: Int

  /// `weights` begin as the cloud model; they, `state` and `node` are as in `CloudTrainer`. Throws
  /// `DistError.moreRanksThanShards`, and `TrainingError.noSamples` for a group without users.
  package init(
    group: Int, of groups: UserGroups, job: Job, dataset: Dataset, weights: Weights,
    state: OptimizerState? = nil, communicator: any Communicator, node: (any Communicator)? = nil
  ) throws {
    var job = job
    // What regularises the cloud training, and its schedule, are not the group's.
    var training = Job.Training()
    training.epochs = job.grouping.epochs
    training.batchSize = job.grouping.batchSize
    training.learningRate = job.grouping.learningRate
    training.learningRateDecay = 1
    training.optimizer = job.grouping.optimizer
    training.virtualShards = job.training.virtualShards
    job.training = training
    self.weights = weights
    epochs = job.grouping.epochs
    trainer = try CloudTrainer(
      job: job, dataset: dataset.training(only: groups.users[group]), weights: weights,
      state: state, normalization: .moving, labels: groups.labels, communicator: communicator, node: node)
  }
}
