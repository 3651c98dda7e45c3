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
    job.training.epochs = job.grouping.epochs
    job.training.batchSize = job.grouping.batchSize
    job.training.learningRate = job.grouping.learningRate
    job.training.learningRateDecay = 1
    job.training.optimizer = job.grouping.optimizer
    self.weights = weights
    epochs = job.grouping.epochs
    trainer = try CloudTrainer(
      job: job, dataset: dataset.training(only: groups.users[group]), weights: weights,
      state: state, normalization: .moving, labels: groups.labels, communicator: communicator, node: node)
  }
}
