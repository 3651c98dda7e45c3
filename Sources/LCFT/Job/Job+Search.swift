import IO

extension Job {
  /// What a search on held-out training samples tries.
  package struct Search: Sendable, Equatable {
    /// How users are grouped by local CTR.
    package enum Groups: Sendable, Equatable {
      /// The edges of `CTRIntervals`.
      case edges([Double])
      /// As many groups of about equally many users; fewer where many users have the same local CTR.
      case quantiles(Int)
    }

    /// Labels of positives and of negatives. The grid surrounds plain labels (1, 0). Its steps differ because
    /// most local CTRs are below one half: on the mean label, w alpha + (1 - w) beta, a step of beta then
    /// weighs more than one of alpha.
    package var alphas = [0.6, 0.8, 1, 1.2, 1.4]
    package var betas = [-0.2, -0.1, 0, 0.1, 0.2]
    package var groups = Groups.quantiles(5)
    /// Share of each user's training samples, the last ones, that is held out.
    package var holdout = 0.2
    /// What `lcft search` tries besides labels; nil: what the fine-tuning has. A learning rate that is too
    /// low and too few epochs do about the same, so that by default only the learning rate varies.
    package var learningRates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
    package var epochs: [Int]?
    package var batchSizes: [Int]?
    /// Of `proximal` and `averaged`.
    package var mus = [1.0, 10, 100]
    package var shares = [0.25, 0.5, 0.75]
    package var cloud = CloudSearch()
    package var choice = Choice()

    package init() {}
  }

  static var searchSection: JobSection {
    JobSection(
      "search", "What `lcft search` and `lcft search-labels` try on held-out training samples.",
      [
        JobSetting(
          "alphas", \.search.alphas, .numbers(-10...10, counts: 1...100), affects: .searchPoints,
          "Labels of positives to try, each with each of `betas`."),
        JobSetting(
          "betas", \.search.betas, .numbers(-10...10, counts: 1...100), affects: .searchPoints,
          "Labels of negatives to try."),
        JobSetting(
          "holdout", \.search.holdout, .number(0.01...0.99), affects: .searches,
          "Share of each user's training samples, the last ones, that is held out."),
        JobSetting(
          "learning_rates", \.search.learningRates, .numbers(0...1000, counts: 1...100),
          affects: .searchPoints, "Learning rates for `lcft search` to try for each method."),
        JobSetting(
          "epochs", \.search.epochs, .optional(.integers(1...10_000, counts: 1...100)),
          affects: .searchPoints,
          defaultWords: "that of `finetuning`", "Numbers of epochs for `lcft search` to try."),
        JobSetting(
          "batch_sizes", \.search.batchSizes, .optional(.integers(1...1_000_000, counts: 1...100)),
          affects: .searchPoints, defaultWords: "that of `finetuning`",
          "Batch sizes for `lcft search` to try."),
        JobSetting(
          "mus", \.search.mus, .numbers(0...1_000_000, counts: 1...100), affects: .searchPoints,
          "Pulls towards the cloud model's weights for `lcft search` to try for `proximal`."),
        JobSetting(
          "shares", \.search.shares, .numbers(0...1, counts: 1...100), affects: .searchPoints,
          "The fine-tuned model's shares of the logit for `lcft search` to try for `averaged`."),
      ], subsections: [searchGroupsSection, choiceSection, cloudSearchSection])
  }

  private static var searchGroupsSection: JobSection {
    JobSection(
      "groups",
      "The groups of users by local CTR for which a search chooses labels. They may change when a search that is not "
        + "finished is resumed: the choice comes after the measurements.",
      [
        JobSetting(
          "edges", \.search.groups.edges, .optional(.numbers(0...1, counts: 1...1000)),
          affects: .chosenLabels,
          must: {
            CTRIntervals.areEdges($0.search.groups.edges ?? [])
              ? nil : "a list of local CTRs that rise from 0 on and stay below 1"
          },
          "Local CTRs between the groups; a user at an edge belongs to the group below it."),
        JobSetting(
          "quantiles", \.search.groups.quantiles, .integer(1...1000), affects: .chosenLabels,
          when: SettingCondition(words: "without edges") {
            $0.search.groups.edges == nil
          } refusal: { _ in
            "cannot be given together with edges; give one of them"
          },
          "Groups of about equally many users; fewer where many users have the same local CTR."),
      ])
  }
}

extension Job.Search.Groups {
  /// The edges, where they are given; they replace quantiles and are not replaced by nil.
  fileprivate var edges: [Double]? {
    get { if case .edges(let edges) = self { edges } else { nil } }
    set { if let newValue { self = .edges(newValue) } }
  }

  /// The number of groups, where no edges are given.
  fileprivate var quantiles: Int {
    get { if case .quantiles(let count) = self { count } else { 0 } }
    set { self = .quantiles(newValue) }
  }
}
