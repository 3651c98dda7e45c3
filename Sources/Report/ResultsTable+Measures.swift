import IO
import Support

extension ResultsTable {
  /// Calibration and rankings of every method, and once more over the users that all methods cover where they cover
  /// different ones; empty where they were not measured.
  var measures: [String] {
    guard let settings = results.measureSettings else { return [] }
    var lines = measures(settings) { $0.summary.measures }
    guard !lines.isEmpty else { return [] }
    lines += [
      "log loss per user: every user counts alike; predicted: the mean click probability over the CTR; ECE: expected",
      "calibration error in \(settings.bins) bins of one width",
    ]
    if results.methods.first?.summary.common != nil {
      let common = measures(settings) { $0.summary.common?.measures }
      if !common.isEmpty { lines += ["over the users that every method covers:"] + common.dropFirst() }
    }
    return lines
  }

  private func measures(
    _ settings: Results.MeasureSettings, _ measures: (Results.Method) -> Results.Measures?
  ) -> [String] {
    let rows = results.methods.compactMap { method in measures(method).map { (method.name, $0) } }
    guard !rows.isEmpty else { return [] }
    let rankings = rows.compactMap(\.1.ranking)
    let isTold = rankings.count == rows.count && rankings.allSatisfy(\.isTold)
    let ranks = settings.cutoffs.flatMap { ["NDCG@\($0)", "hit@\($0)"] }
    let head = ["method", "log loss per user", "predicted", "ECE"] + (isTold ? ["MRR"] + ranks : [])
    let cells = rows.map { name, own in
      [
        name, text(own.logLossPerUser, 4), text(own.calibration, 3), text(own.calibrationError, 4),
      ] + (isTold ? own.ranking.map(ranking) ?? [] : [])
    }
    let widths = head.indices.map { column in ([head] + cells).map { max(6, $0[column].count) }.max() ?? 0 }
    let table = ([head] + cells).map { line in
      line.enumerated().map { pad($1, widths[$0], right: $0 > 0) }.joined(separator: "  ")
    }
    return ["", title(rankings)] + table
  }

  private func ranking(_ ranking: Results.Ranking) -> [String] {
    ([ranking.mrr] + zip(ranking.ndcg, ranking.hitRate).flatMap { [$0, $1] }).map { text($0, 4) }
  }

  private func title(_ rankings: [Results.Ranking]) -> String {
    guard let fewest = rankings.min(by: { $0.lists < $1.lists }), fewest.lists > 0 else {
      return "calibration:"
    }
    let most = rankings.map(\.lists).max() ?? fewest.lists
    let lists = (fewest.lists < most ? "\(fewest.lists) to " : "") + counted(most, "list")
    if !fewest.isTold {
      return
        "calibration (\(lists) of candidates of one moment: too few for rankings, \(Results.Ranking.fewestLists) are needed):"
    }
    return "calibration, and rankings of \(lists) of candidates of one moment, "
      + "\(text(Double(fewest.candidates) / Double(fewest.lists), 1)) each:"
  }
}
