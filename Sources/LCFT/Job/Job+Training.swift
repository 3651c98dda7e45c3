import Models

extension Job {
  /// Cloud training, on all users' training samples.
  package struct Training: Sendable, Equatable {
    package var epochs = 2
    /// Samples per step, over all ranks.
    package var batchSize = 1024
    /// Learning rate of the first epoch.
    package var learningRate = 1.0
    /// How the learning rate changes (`rate(done:perEpoch:)`), and by what factor where it changes by one.
    package var schedule = RateSchedule.epochs
    package var learningRateDecay = 0.1
    package var decaySteps = 1000
    package var warmupSteps = 0
    package var optimizer = Optimizer.sgd
    /// Of the dense weights and of embeddings (`Regularization`); 0: none.
    package var l2Dense = 0.0
    package var l2Embeddings = 0.0
    package var embeddingRows = EmbeddingRows.touched
    /// The highest norm of a step's gradient; nil: any.
    package var gradientClip: Double?
    /// The probability that an output of a hidden layer is dropped in a step.
    package var dropout = 0.0
    /// The standard deviation of the embeddings that a training begins with; nil: Glorot's uniform distribution.
    package var embeddingDeviation: Double?
    /// How moving statistics of normalisations follow those of batches (`MovingAverage`).
    package var normalizationMomentum = MovingAverage().momentum
    package var normalizationCorrection = false
    /// Fixed sets of users whose gradients are summed in a fixed order; at least the number of ranks.
    package var virtualShards = 8
    package var tables = Tables.auto
    /// Within an epoch a checkpoint is written after this many steps (nil: not by steps), and when the last
    /// one is this old (0: not by time). Neither changes what is computed.
    package var checkpointSteps: Int?
    package var checkpointMinutes = 10.0

    /// Which rows of embeddings a step moves.
    package enum EmbeddingRows: String, Sendable, CaseIterable {
      /// Those that its batch touches.
      case touched
      case all
    }

    /// Where the rows of tables of items and values are, where a run spreads the users over several hosts.
    package enum Tables: String, Sendable, CaseIterable {
      /// Shared out where a host has no memory for all.
      case auto
      /// All of them on every host.
      case replicated
      /// Equal parts of them.
      case sharded
    }

    package var embeddings: Initializer {
      embeddingDeviation.map { .normal(deviation: $0) } ?? .glorotUniform
    }

    package var movingAverage: MovingAverage {
      MovingAverage(momentum: normalizationMomentum, corrected: normalizationCorrection)
    }

    /// Whether a step moves the tables' rows while the dense gradient is summed: a bound of the norm waits for that sum, and
    /// steps of all rows are too long to be a piece of such work.
    package var stepsRowsAhead: Bool { gradientClip == nil && embeddingRows == .touched }

    package var regularization: Regularization {
      Regularization(dense: l2Dense, embeddings: l2Embeddings, clip: gradientClip)
    }
  }

  static var trainingSection: JobSection {
    return JobSection(
      "training", "How the cloud model is trained, on all users' training samples and on all ranks.",
      [
        JobSetting(
          "epochs", \.training.epochs, .integer(0...10_000), affects: .searches,
          also: .init(words: "training, with learning_rate_schedule linear or cosine", effects: .cloudModel) {
            $0.training.schedule.hasEnd
          },
          "Passes over all training samples; a training that has ended may be resumed with more. 0: the model of "
            + "`--warm-start` as it is, on the rows of this data set."),
        JobSetting(
          "batch_size", \.training.batchSize, .integer(1...1_000_000), affects: .cloudModel,
          "Samples per step, over all ranks."),
        JobSetting(
          "learning_rate", \.training.learningRate, .number(0...1000), affects: .cloudModel,
          "Learning rate of the first step after the warm-up."),
        JobSetting(
          "learning_rate_schedule", \.training.schedule, .choice(RateSchedule.allCases), affects: .cloudModel,
          "How the learning rate changes: by `learning_rate_decay` after each epoch or after every `decay_steps` steps, "
            + "or along a line or a half cosine that reaches 0 at the end of the last epoch."),
        JobSetting(
          "learning_rate_decay", \.training.learningRateDecay, .number(0...1), affects: .cloudModel,
          when: .schedule("epochs or steps") { !$0.hasEnd }, "Factor on the learning rate."),
        JobSetting(
          "decay_steps", \.training.decaySteps, .integer(1...1_000_000_000), affects: .cloudModel,
          when: .schedule("steps") { $0 == .steps }, "Steps of one learning rate."),
        JobSetting(
          "warmup_steps", \.training.warmupSteps, .integer(0...1_000_000_000), affects: .cloudModel,
          "Steps in which the learning rate rises linearly to its full value."),
      ] + JobSetting.optimizer(\.training.optimizer, affects: .cloudModel) + [
        JobSetting(
          "l2_dense", \.training.l2Dense, .number(0...1000), affects: .cloudModel,
          "Adds half of this times the sum of squares of the dense weights to the loss; biases and the like are left out."
        ),
        JobSetting(
          "l2_embeddings", \.training.l2Embeddings, .number(0...1000), affects: .cloudModel,
          "Adds half of this times the sum of squares of the embeddings that the batch touches to the loss; with "
            + "`embedding_rows: all` that of all embeddings."),
        JobSetting(
          "embedding_rows", \.training.embeddingRows, .choice(Training.EmbeddingRows.allCases),
          affects: .cloudModel,
          "Which rows of embeddings a step moves: those that its batch touches, or all, as dense tables in other "
            + "libraries do. With `all`, Adam goes on moving every row by its moments, and `l2_embeddings` shrinks every "
            + "row. A step then costs as much as the tables are large."),
        JobSetting(
          "gradient_clip", \.training.gradientClip, .optional(.number(1e-9...1e9)), affects: .cloudModel,
          "The highest norm of a gradient, over all weights and the embeddings that the batch touches. A longer gradient is "
            + "scaled down to it."),
        JobSetting(
          "dropout", \.training.dropout, .number(0...0.99), affects: .cloudModel, when: .hiddenLayers,
          "Probability that an output of a hidden layer is dropped in a step of the cloud training; fine-tuning drops "
            + "none."),
        JobSetting(
          "embedding_deviation", \.training.embeddingDeviation, .optional(.number(1e-9...1000)),
          affects: .cloudModel, defaultWords: "uniform in [-a, a), a = sqrt(6 / (rows + width of the table))",
          "Embeddings are first drawn from a normal distribution of this standard deviation."),
        JobSetting(
          "normalization_momentum", \.training.normalizationMomentum, .number(0...0.999999),
          affects: .cloudModel, when: .hiddenLayers,
          "What moving means and variances of normalisations keep of themselves in a step."),
        JobSetting(
          "normalization_correction", \.training.normalizationCorrection, .boolean, affects: .cloudModel,
          when: .hiddenLayers,
          "Whether moving means and variances are corrected for the 0 and 1 that they begin with, as Adam corrects its "
            + "moments."),
        JobSetting(
          "virtual_shards", \.training.virtualShards, .integer(1...65_536),
          affects: [.cloudModel, .groupModels],
          "Fixed sets of users whose gradients are summed in a fixed order. Results depend on this number, "
            + "not on the number of ranks, which cannot be higher."),
        JobSetting(
          "tables", \.training.tables, .choice(Training.Tables.allCases), affects: [],
          "Where the embeddings of items and of features' values are when a run spreads the users over several hosts: all "
            + "of them on every host, or an equal part of them on each, so that their rows travel to where a batch or a "
            + "user needs them; `auto`: in parts where a host has no memory for all."),
        JobSetting(
          "checkpoint_steps", \.training.checkpointSteps, .optional(.integer(1...1_000_000_000)), affects: [],
          "Within an epoch a checkpoint is written after this many steps."),
        JobSetting(
          "checkpoint_minutes", \.training.checkpointMinutes, .number(0...100_000), affects: [],
          "Within an epoch a checkpoint is written when the last one is this old; 0: never."),
      ])
  }
}

extension SettingCondition {
  /// A setting that only some schedules of the learning rate have.
  fileprivate static func schedule(
    _ names: String, _ has: @escaping (RateSchedule) -> Bool
  ) -> SettingCondition {
    SettingCondition(
      words: "learning_rate_schedule \(names)", holds: { has($0.training.schedule) },
      refusal: {
        "is a setting of the learning_rate_schedule \(names), but this one is \($0.training.schedule.rawValue)"
      })
  }

  fileprivate static var hiddenLayers: SettingCondition {
    let models = SettingCondition.models(\.hidden)
    return SettingCondition(
      words: models.words, holds: models.holds,
      refusal: { "is of hidden layers, which \($0.model.name) does not have; leave it out" })
  }
}
