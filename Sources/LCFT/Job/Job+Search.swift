import IO
import Support

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
    /// What `lcft search` tries beside labels; nil: what the fine-tuning has. A learning rate that is too low
    /// and too few epochs do about the same, so that by default only the learning rate varies.
    package var learningRates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
    package var epochs: [Int]?
    package var batchSizes: [Int]?

    mutating func read(_ section: YAMLSection) throws {
      alphas = try section.numbers("alphas", default: alphas, in: -10...10, counts: 1...100)
      betas = try section.numbers("betas", default: betas, in: -10...10, counts: 1...100)
      let groups = try section.section("groups")
      if groups.has("edges") {
        try groups.refuse("quantiles", because: "is given beside edges; give one of them")
        let edges = try groups.numbers("edges", default: [], in: 0...1, counts: 1...1000)
        guard CTRIntervals.areEdges(edges) else {
          throw groups.refusal("edges", "is to be a list of local CTRs that rise and stay below 1")
        }
        self.groups = .edges(edges)
      } else if groups.has("quantiles") {
        self.groups = .quantiles(try groups.integer("quantiles", default: 5, in: 1...1000))
      }
      try groups.finish()
      holdout = try section.number("holdout", default: holdout, in: 0.01...0.99)
      learningRates = try section.numbers(
        "learning_rates", default: learningRates, in: 0...1000, counts: 1...100)
      if section.has("epochs") {
        epochs = try section.integers("epochs", default: [], in: 1...10_000, counts: 1...100)
      }
      if section.has("batch_sizes") {
        batchSizes = try section.integers("batch_sizes", default: [], in: 1...1_000_000, counts: 1...100)
      }
      try section.finish()
    }
  }

  /// The section `finetuning.per_method` alone, of a file that a search wrote.
  package mutating func useSettings(_ text: String, file: String) throws {
    let root = try YAMLSection.parse(text, file: file)
    guard root.has("per_method") else {
      throw JobError.invalid(
        file: file, line: 1, message: "has no per_method, the settings by method that lcft search writes")
    }
    let settings = try TuningOverrides.read(try root.section("per_method"))
    for (method, own) in settings { fineTuning.perMethod[method] = own }
    for method in Method.allCases {
      if let own = settings[method] { self.text += "\n# settings of \(method.rawValue): \(own)" }
    }
  }
}

/// Settings of one method's fine-tuning that replace the job's for all methods; nil: not replaced.
package struct TuningOverrides: Sendable, Equatable, CustomStringConvertible {
  package var learningRate: Double?
  package var epochs: Int?
  package var batchSize: Int?

  package init(learningRate: Double? = nil, epochs: Int? = nil, batchSize: Int? = nil) {
    self.learningRate = learningRate
    self.epochs = epochs
    self.batchSize = batchSize
  }

  /// The settings of each method that `section` has a mapping for.
  static func read(_ section: YAMLSection) throws -> [Method: TuningOverrides] {
    var all: [Method: TuningOverrides] = [:]
    for method in Method.allCases where method.fineTunes && section.has(method.rawValue) {
      let part = try section.section(method.rawValue)
      var own = TuningOverrides()
      if part.has("learning_rate") {
        own.learningRate = try part.number("learning_rate", default: 0, in: 0...1000)
      }
      if part.has("epochs") { own.epochs = try part.integer("epochs", default: 1, in: 1...10_000) }
      if part.has("batch_size") {
        own.batchSize = try part.integer("batch_size", default: 1, in: 1...1_000_000)
      }
      try part.finish()
      all[method] = own
    }
    for method in Method.allCases where !method.fineTunes {
      try section.refuse(method.rawValue, because: "has no settings: it is not fine-tuned")
    }
    try section.finish()
    return all
  }

  /// As a mapping in YAML.
  package var description: String {
    let parts = [
      learningRate.map { "learning_rate: \($0)" }, epochs.map { "epochs: \($0)" },
      batchSize.map { "batch_size: \($0)" },
    ]
    return "{" + parts.compactMap { $0 }.joined(separator: ", ") + "}"
  }
}
