import IO
import LCFT
import Support

/// The table that a run prints: one line per method.
package struct ResultsTable: CustomStringConvertible {
  private let results: Results
  private let title: String

  package init(_ results: Results, title: String) {
    self.results = results
    self.title = title
  }

  package var description: String {
    let columns = [
      "method", "user AUC", "unweighted", "pooled AUC", "log loss", "up", "same", "down", "no AUC",
      "no labels",
    ]
    var lines = [
      "\(title): \(results.model), \(counted(results.users.row.count, "user")), global CTR \(text(results.globalCTR, 4))",
      columns.enumerated().map { pad($1, width($0), right: $0 > 0) }.joined(separator: "  "),
    ]
    for method in results.methods {
      let summary = method.summary
      let moves = changes(method)
      let cells =
        [
          method.name, text(summary.userAUC, 4), text(summary.userAUCUnweighted, 4),
          text(summary.pooledAUC, 4), text(summary.logLoss, 4),
        ] + moves.map { $0.isNaN ? "-" : text(100 * $0, 1) + "%" } + [
          "\(summary.undefinedAUC)", "\(summary.undefinedLabels)",
        ]
      lines.append(cells.enumerated().map { pad($1, width($0), right: $0 > 0) }.joined(separator: "  "))
    }
    lines.append(
      "user AUC: mean over users weighted by their test samples; up, same, down: shares of users against "
        + "cloud;")
    lines.append(
      "no AUC: users whose test samples are all of one class; no labels: users whose correction is undefined")
    lines += results.methods.filter { $0.divergedUsers > 0 }.map {
      "\($0.name): the fine-tuning of \(counted($0.divergedUsers, "user")) diverged; they have no AUC either (auc_status "
        + "notFinite): lower the learning rate"
    }
    return (lines + ofAllTestUsers + differences).joined(separator: "\n")
  }

  /// The cloud model over all users with test samples, where some have no training samples.
  private var ofAllTestUsers: [String] {
    guard let untrained = results.untrained else { return [] }
    let (users, summary) = (untrained.row.count, untrained.summaryOfAll)
    return [
      "",
      "cloud over all \(results.users.row.count + users) users with test samples, \(users) of them without training "
        + "samples:",
      "user AUC \(text(summary.userAUC, 4)), unweighted \(text(summary.userAUCUnweighted, 4)), pooled AUC "
        + "\(text(summary.pooledAUC, 4)), log loss \(text(summary.logLoss, 4)); the \(users) alone: user AUC "
        + text(untrained.summary.userAUC, 4),
    ]
  }

  /// Every method against cloud and against local, where the run has compared them.
  private var differences: [String] {
    guard let significance = results.significance else { return [] }
    let names = results.methods.map(\.name)
    let bases = [Method.cloud, .local].map(\.rawValue).filter(names.contains)
    guard !bases.isEmpty, names.count > 1 else { return [] }
    func line(_ name: String, _ cells: [String]) -> String {
      let padded = cells.map { pad($0, 26, right: false) }
      return ([pad(name, width(0), right: false)] + padded).joined(separator: "  ")
    }
    var lines = [
      "",
      "difference in user AUC, with its 95% interval (paired bootstrap over users, \(significance.draws) draws):",
      line("method", bases.map { "vs. \($0)" }),
    ]
    for name in names where name != bases[0] {
      lines.append(line(name, bases.map { differenceText(significance.comparison(of: name, against: $0)) }))
    }
    return lines.map(withoutTrailingBlanks)
  }

  private func width(_ column: Int) -> Int {
    column == 0
      ? max(10, results.methods.map(\.name.count).max() ?? 0) : column < 5 ? 10 : column < 8 ? 6 : 9
  }

  /// Shares of users whose AUC is above, equal to and below the cloud model's.
  private func changes(_ method: Results.Method) -> [Double] {
    guard let cloud = results.methods.first(where: { $0.name == Method.cloud.rawValue }),
      cloud.name != method.name
    else { return [.nan, .nan, .nan] }
    let changes = Results.Comparison(
      MethodAUCs(name: method.name, aucs: method.auc), against: MethodAUCs(name: cloud.name, aucs: cloud.auc))
    return [changes.up, changes.same, changes.down]
  }
}
