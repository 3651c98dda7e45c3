import IO
import LCFT
import Support

/// One method's measures in one run, over some of its users.
struct RunMeasures {
  let measures: Results.Measures
  /// The k that the run has NDCG@k and hit rate@k for.
  let cutoffs: [Int]

  /// NaN for a k that the run does not have.
  func ndcg(at cutoff: Int) -> Double { value(cutoff, measures.ranking?.ndcg) }
  func hitRate(at cutoff: Int) -> Double { value(cutoff, measures.ranking?.hitRate) }

  private func value(_ cutoff: Int, _ values: [Double]?) -> Double {
    guard let values, let place = cutoffs.firstIndex(of: cutoff) else { return .nan }
    return values[place]
  }
}

extension Results.Ranking {
  /// Readers see no means over fewer lists.
  static let fewestLists = 30
  var isTold: Bool { lists >= Results.Ranking.fewestLists }
}

/// The columns of a table that show measures.
struct MeasureColumns {
  /// All that some row has.
  private let cutoffs: [Int]
  private let hasLists: Bool

  /// For a table with these rows, of each the runs.
  init(_ rows: [[RunMeasures]]) {
    let all = rows.flatMap(\.self)
    hasLists = all.contains { ($0.measures.ranking?.lists ?? 0) > 0 }
    cutoffs = Set(all.flatMap(\.cutoffs)).sorted()
  }

  static let note =
    "log loss per user: every user counts alike; predicted / true: the mean click probability over the CTR; ECE: expected "
    + "calibration error, in bins of one width"

  /// What `columns` are, in a sentence.
  var note: String {
    MeasureColumns.note
      + (hasLists
        ? "; lists: test samples of a user at one time with a positive and a negative, each list counts alike, tied scores "
          + "in expectation; nothing is shown of fewer than \(Results.Ranking.fewestLists)" : "")
  }

  var columns: [ReportTable.Column] {
    let rankings: [ReportTable.Column] =
      [.init(key: "lists", title: "lists"), .init(key: "list_candidates", title: "candidates")]
      + .spread("mrr", "MRR")
      + cutoffs.flatMap { cutoff in
        .spread("ndcg_at_\(cutoff)", "NDCG@\(cutoff)")
          + .spread("hit_rate_at_\(cutoff)", "hit rate@\(cutoff)")
      }
    let own: [ReportTable.Column] =
      .spread("logloss_per_user", "log loss per user") + .spread("calibration", "predicted / true")
      + .spread("ece", "ECE")
    return own + (hasLists ? rankings : [])
  }

  /// A row's cells, of the same method in several runs.
  func cells(_ runs: [RunMeasures]) -> [ReportTable.Cell] {
    func spread(_ value: (RunMeasures) -> Double) -> Spread { Spread(runs.map(value)) }
    let own: [ReportTable.Cell] =
      .spread(spread { $0.measures.logLossPerUser }, 4) + .spread(spread { $0.measures.calibration }, 3)
      + .spread(spread { $0.measures.calibrationError }, 4)
    guard hasLists else { return own }
    let isTold = runs.allSatisfy { $0.measures.ranking?.isTold ?? false }
    func ranking(_ value: (RunMeasures) -> Double) -> [ReportTable.Cell] {
      var cells: [ReportTable.Cell] = .spread(spread(value), 4)
      if !isTold { cells[0].text = "-" }
      return cells
    }
    let lists = [
      ReportTable.Cell(users: runs.map { $0.measures.ranking?.lists ?? 0 }),
      ReportTable.Cell(users: runs.map { $0.measures.ranking?.candidates ?? 0 }),
    ]
    return own + lists + ranking { $0.measures.ranking?.mrr ?? .nan }
      + cutoffs.flatMap { cutoff in
        ranking { $0.ndcg(at: cutoff) } + ranking { $0.hitRate(at: cutoff) }
      }
  }
}
