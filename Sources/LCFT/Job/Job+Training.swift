import Models

extension Job {
  /// Cloud training, on all users' training samples.
  package struct Training: Sendable, Equatable {
    package var epochs = 2
    /// Samples per step, over all ranks.
    package var batchSize = 1024
    /// Learning rate of the first epoch.
    package var learningRate = 1.0
    /// Factor on the learning rate after each epoch.
    package var learningRateDecay = 0.1
    package var optimizer = Optimizer.sgd
    /// Fixed sets of users whose gradients are summed in a fixed order; at least the number of ranks.
    package var virtualShards = 8
    /// Within an epoch a checkpoint is written after this many steps (nil: not by steps), and when the last one is
    /// this old (0: not by time). Neither changes what is computed.
    package var checkpointSteps: Int?
    package var checkpointMinutes = 10.0
  }

  static var trainingSection: JobSection {
    return JobSection(
      "training", "How the cloud model is trained, on all users' training samples and by all ranks.",
      [
        JobSetting(
          "epochs", \.training.epochs, .integer(1...10_000), affects: .searches,
          "Passes over all training samples; a training that has ended may be resumed with more."),
        JobSetting(
          "batch_size", \.training.batchSize, .integer(1...1_000_000), affects: .cloudModel,
          "Samples per step, over all ranks."),
        JobSetting(
          "learning_rate", \.training.learningRate, .number(0...1000), affects: .cloudModel,
          "Learning rate of the first epoch."),
        JobSetting(
          "learning_rate_decay", \.training.learningRateDecay, .number(0...1), affects: .cloudModel,
          "Factor on the learning rate after each epoch."),
      ] + JobSetting.optimizer(\.training.optimizer, affects: .cloudModel) + [
        JobSetting(
          "virtual_shards", \.training.virtualShards, .integer(1...65_536),
          affects: [.cloudModel, .groupModels],
          "Fixed sets of users whose gradients are summed in a fixed order. Results depend on their number and "
            + "not on the number of ranks, which they bound."),
        JobSetting(
          "checkpoint_steps", \.training.checkpointSteps, .optional(.integer(1...1_000_000_000)), affects: [],
          "Within an epoch a checkpoint is written after this many steps."),
        JobSetting(
          "checkpoint_minutes", \.training.checkpointMinutes, .number(0...100_000), affects: [],
          "Within an epoch a checkpoint is written when the last one is this old; 0: never."),
      ])
  }
}
