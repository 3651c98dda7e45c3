import Models

extension Job {
  /// Fine-tuning of one model per group of users of like local CTR, on the samples of all of the group's users:
  /// what the method `grouped` serves them with.
  package struct Grouping: Sendable, Equatable {
    /// Between the groups; empty where quantiles say them.
    package var edges: [Double] = []
    /// Groups of about equally many users, where no edges are given.
    package var quantiles = 3
    /// Whose labels the samples get, by their user's local CTR.
    package var correction = Method.soft1
    package var epochs = 1
    /// Samples per step, over all ranks.
    package var batchSize = 32
    package var learningRate = 0.01
    package var optimizer = Optimizer.sgd

    /// The methods that only correct labels.
    static let corrections: [Method] = [.local, .soft1, .soft2]
  }

  static var groupingSection: JobSection {
    return JobSection(
      "grouping",
      "How the method `grouped` fine-tunes one model per group of users of like local CTR, by all ranks.",
      [
        JobSetting(
          "edges", \.grouping.edges, .numbers(0...1, counts: 1...1000), affects: .groupModels,
          must: {
            CTRIntervals.areEdges($0.grouping.edges)
              ? nil : "a list of local CTRs that rise from 0 on and stay below 1"
          },
          "Local CTRs between the groups; a user at an edge belongs to the group below it."),
        JobSetting(
          "quantiles", \.grouping.quantiles, .integer(1...1000), affects: .groupModels,
          when: SettingCondition(words: "without edges") {
            $0.grouping.edges.isEmpty
          } refusal: { _ in
            "cannot be given together with edges; give one of them"
          },
          "Groups of about equally many users; fewer where many users have the same local CTR."),
        JobSetting(
          "correction", \.grouping.correction, .choice(Grouping.corrections), affects: .groupModels,
          "Which method's labels the samples get, by the local CTR of their user."),
        JobSetting(
          "epochs", \.grouping.epochs, .integer(1...10_000), affects: .groupModels,
          "Passes over the samples of the group's users."),
        JobSetting(
          "batch_size", \.grouping.batchSize, .integer(1...1_000_000), affects: .groupModels,
          "Samples per step, over all ranks."),
        JobSetting(
          "learning_rate", \.grouping.learningRate, .number(0...1000), affects: .groupModels,
          "Learning rate of all steps."),
      ] + JobSetting.optimizer(\.grouping.optimizer, affects: .groupModels))
  }
}
