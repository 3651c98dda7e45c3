import IO

/// The table that a run prints: one line per method.
public struct ResultsTable: CustomStringConvertible {
  private let results: Results
  private let title: String

  public init(_ results: Results, title: String) {
    self.results = results
    self.title = title
  }

  public var description: String {
    let columns = [
      "method", "user AUC", "unweighted", "pooled AUC", "log loss", "up", "same", "down", "no AUC",
      "no labels",
    ]
    var lines = [
      "\(title): \(results.model), \(results.users.row.count) users, global CTR \(text(results.globalCTR, 4))",
      columns.enumerated().map { pad($1, width($0), right: $0 > 0) }.joined(separator: "  "),
    ]
    for method in results.methods {
      let summary = method.summary
      let moves = changes(method)
      let cells =
        [
          method.name, text(summary.userAUC, 4), text(summary.userAUCUnweighted, 4),
          text(summary.pooledAUC, 4), text(summary.logLoss, 4),
        ] + moves.map { $0.map { text(100 * $0, 1) + "%" } ?? "-" } + [
          "\(summary.undefinedAUC)", "\(summary.undefinedLabels)",
        ]
      lines.append(cells.enumerated().map { pad($1, width($0), right: $0 > 0) }.joined(separator: "  "))
    }
    lines.append(
      "user AUC: mean over users weighted by their test samples; up, same, down: shares of users against "
        + "cloud;")
    lines.append(
      "no AUC: users whose test samples are all of one class; no labels: users whose correction is undefined")
    return lines.joined(separator: "\n")
  }

  private func width(_ column: Int) -> Int { column < 5 ? 10 : column < 8 ? 6 : 9 }

  /// Shares of users whose AUC is above, equal to and below the cloud model's.
  private func changes(_ method: Results.Method) -> [Double?] {
    guard let cloud = results.methods.first(where: { $0.name == Method.cloud.rawValue }),
      cloud.name != method.name
    else { return [nil, nil, nil] }
    var counts = [0, 0, 0]
    for (own, base) in zip(method.auc, cloud.auc) where !own.isNaN && !base.isNaN {
      counts[own > base ? 0 : own == base ? 1 : 2] += 1
    }
    let total = Double(counts.reduce(0, +))
    return counts.map { total > 0 ? Double($0) / total : nil }
  }
}
