import IO
import LCFT

/// The points of a search: every method at every setting, hard correction at every pair of labels.
package struct SearchPlan {
  /// One method at one setting.
  package struct Entry {
    package var method: Method
    package var settings: TuningOverrides
    /// Its points: one, or for hard correction those of the grid, alphas outermost.
    package var points: [Int]
    /// Hard correction's point of plain labels (1, 0), in the grid or added to it.
    package var plain: Int?
  }

  package private(set) var points: [SearchPoint] = []
  package private(set) var entries: [Entry] = []
  /// The cloud model's point.
  package private(set) var cloud = 0

  /// `settings` are tried for each of `methods`; the cloud model is scored with them. Hard correction takes the labels of
  /// `tables`, one for each part of the users, or else tries the job's grid.
  package init(
    _ job: Job, methods: [Method], tables: [LabelTable.Pairs]? = nil,
    settings: (Method) -> [TuningOverrides]
  ) {
    points = [SearchPoint(method: .cloud, settings: TuningOverrides())]
    for method in methods where Method.choosable.contains(method) {
      for own in settings(method) {
        var entry = Entry(method: method, settings: own, points: [])
        if method == .hard, tables == nil {
          for (alpha, beta) in job.search.pairs { entry.points.append(add(method, own, alpha, beta)) }
          entry.plain =
            entry.points.first { points[$0].labels?.alpha == 1 && points[$0].labels?.beta == 0 }
            ?? add(method, own, 1, 0)
        } else {
          entry.points = [points.count]
          points.append(
            SearchPoint(method: method, tables: method == .hard ? tables : nil, settings: own))
        }
        entries.append(entry)
      }
    }
  }

  /// Each of `methods` at every combination of the settings that are searched.
  package static func ofSettings(_ job: Job, _ methods: [Method]) -> SearchPlan {
    SearchPlan(job, methods: methods) { job.searchedSettings($0) }
  }

  /// Hard correction at every pair of labels.
  package static func ofLabels(_ job: Job) -> SearchPlan {
    SearchPlan(job, methods: [.hard]) { [job.ownSettings($0)] }
  }

  /// The methods that `lcft` chooses among, at their own settings. Hard correction as for `init`.
  package static func ofChoice(_ job: Job, tables: [LabelTable.Pairs]? = nil) -> SearchPlan {
    SearchPlan(job, methods: job.search.choice.methods, tables: tables) { [job.ownSettings($0)] }
  }

  package mutating func add(_ point: SearchPoint) { points.append(point) }

  private mutating func add(
    _ method: Method, _ settings: TuningOverrides, _ alpha: Double, _ beta: Double
  ) -> Int {
    points.append(
      SearchPoint(
        method: method, labels: CorrectedLabels(alpha: alpha, beta: beta, status: .corrected),
        settings: settings))
    return points.count - 1
  }
}

extension Job {
  /// Every combination of the settings that a search tries for `method`.
  package func searchedSettings(_ method: Method) -> [TuningOverrides] {
    let mus: [Double?] = method == .proximal ? search.mus : [nil]
    let shares: [Double?] = method == .averaged ? search.shares : [nil]
    return (search.batchSizes ?? [fineTuning.batchSize]).flatMap { batchSize in
      (search.epochs ?? [fineTuning.epochs]).flatMap { epochs in
        mus.flatMap { mu in
          shares.flatMap { share in
            search.learningRates.map {
              TuningOverrides(
                learningRate: $0, epochs: epochs, batchSize: batchSize, mu: mu, share: share)
            }
          }
        }
      }
    }
  }

  /// The settings that the fine-tuning of `method` has.
  package func ownSettings(_ method: Method) -> TuningOverrides {
    let own = TuningSettings(self, method, labels: .plain)
    return TuningOverrides(
      learningRate: own.learningRate, epochs: own.epochs, batchSize: own.batchSize,
      mu: own.mu > 0 ? own.mu : nil, share: own.share < 1 ? own.share : nil)
  }
}
