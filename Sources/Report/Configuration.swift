import IO
import LCFT

/// One or several runs of the same settings on the same data, each with a seed of its own: one row of a report's
/// tables.
struct Configuration {
  /// In the order in which they were given.
  private(set) var runs: [ReportedRun]
  /// The run's name, or what the names of the runs begin with.
  private(set) var name: String
  /// Methods and their users' AUCs in every run.
  private(set) var methods: [MethodAUCs]
  private(set) var significance: Results.Significance

  /// The run that stands for all where they are the same: the data, the users, the settings.
  var first: ReportedRun { runs[0] }
  var dataset: String { first.dataset }
  var model: String { first.results.model }
  var users: Results.Users { first.results.users }
  /// Whether the methods of some run cover different users.
  var coversDiffer: Bool { runs.contains { $0.results.methods.contains { $0.summary.common != nil } } }

  private init(_ run: ReportedRun) {
    runs = [run]
    name = run.name
    methods = run.results.methods.map { MethodAUCs(name: $0.name, aucs: $0.auc) }
    significance = run.significance
  }

  /// Puts together runs that differ in their seed alone. A second run of a seed stays by itself: it says nothing about
  /// seeds.
  static func list(_ runs: [ReportedRun]) -> [Configuration] {
    var list: [Configuration] = []
    for run in runs {
      let place = list.firstIndex { own in
        run.settings != nil && own.first.settings == run.settings
          && !own.runs.contains { $0.seed == run.seed }
      }
      if let place { list[place].runs.append(run) } else { list.append(Configuration(run)) }
    }
    for place in list.indices where list[place].runs.count > 1 { list[place].join() }
    for place in list.indices {
      let isTaken = list.indices.contains { $0 != place && list[$0].name == list[place].name }
      if isTaken { list[place].name = list[place].runs.map(\.name).joined(separator: ", ") }
    }
    return list
  }

  private mutating func join() {
    let names = runs.map(\.name)
    let prefix = names.dropFirst().reduce(names[0]) { $0.commonPrefix(with: $1) }
    // A sweep's runs are called NAME-seed11, NAME-seed12.
    let common = prefix.replacing(/-seed[0-9]*$/, with: "")
    let trimmed = String(common.reversed().drop { "-_. ".contains($0) }.reversed())
    name = trimmed.isEmpty ? names.joined(separator: ", ") : trimmed
    methods = first.results.methods.indices.map { index in
      MethodAUCs(
        name: first.results.methods[index].name, seeds: runs.map { $0.results.methods[index].auc })
    }
    let pairs = methods.indices.flatMap { later in (0..<later).map { (later, $0) } }
    significance.comparisons = PairedBootstrap.compare(
      pairs, of: methods, samples: users.testCount.map(Double.init), seed: significance.seed)
  }

  /// Every run's results of the method `name`; empty where they have none.
  private func results(of name: String) -> [Results.Method] {
    runs.compactMap { run in run.results.methods.first { $0.name == name } }
  }

  /// A score of the method `name` over the runs; NaN where they do not have it.
  func score(_ name: String, _ score: (Results.Method) -> Double) -> Spread {
    Spread(results(of: name).map(score))
  }

  /// A score of the method `name` over the users that every method covers.
  func commonScore(_ name: String, _ score: (Results.CommonScores) -> Double) -> Spread {
    Spread(
      results(of: name).map { method in
        score(method.summary.common ?? Results.CommonScores(method))
      })
  }

  /// A number of each run's method `name`.
  func counts(_ name: String, _ count: (Results.Method) -> Int) -> [Int] { results(of: name).map(count) }

  /// A number of users of each run that all methods cover.
  func commonCounts(_ count: (Results.CommonScores) -> Int) -> [Int] {
    runs.compactMap { $0.results.methods.first }.map { count($0.summary.common ?? Results.CommonScores($0)) }
  }

  /// Each run's users without training samples, where there are any.
  var untrained: [Results.Untrained] { runs.compactMap(\.results.untrained) }

  /// The difference of two methods in each run.
  func differences(_ name: String, against base: String) -> Spread {
    Spread(runs.map { $0.significance.comparison(of: name, against: base)?.difference ?? .nan })
  }
}

extension Results.CommonScores {
  /// The scores of `method` where all methods cover the same users.
  fileprivate init(_ method: Results.Method) {
    self.init(
      users: method.scoredUsers, aucUsers: method.aucUsers, userAUC: method.summary.userAUC,
      userAUCUnweighted: method.summary.userAUCUnweighted, pooledAUC: method.summary.pooledAUC,
      logLoss: method.summary.logLoss)
  }
}

extension [Configuration] {
  /// Whether some configuration has several seeds.
  var haveSeeds: Bool { contains { $0.runs.count > 1 } }

  /// The first configuration on each data set.
  var firstOfEachDataset: [Configuration] {
    var seen: Set<String> = []
    return filter { seen.insert($0.first.results.datasetDigest).inserted }
  }
}
