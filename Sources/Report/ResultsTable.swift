import IO
import LCFT
import Studies
import Support

/// The table that a run prints: one line per method.
package struct ResultsTable: CustomStringConvertible {
  let results: Results
  private let title: String

  package init(_ results: Results, title: String) {
    self.results = results.withCommonScores()
    self.title = title
  }

  package var description: String {
    let columns = [
      "method", "user AUC", "unweighted", "users", "pooled AUC", "log loss", "users", "up", "same", "down",
      "no AUC", "no labels",
    ]
    var lines = [
      "\(title): \(results.model), \(counted(results.users.row.count, "user")), global CTR \(text(results.globalCTR, 4))",
      line(columns),
    ]
    for method in results.methods {
      let summary = method.summary
      let moves = changes(method).map { $0.isNaN ? "-" : text(100 * $0, 1) + "%" }
      let cells =
        [
          method.name, text(summary.userAUC, 4), text(summary.userAUCUnweighted, 4), "\(method.aucUsers)",
          text(summary.pooledAUC, 4), text(summary.logLoss, 4), "\(method.scoredUsers)",
        ] + moves + ["\(summary.undefinedAUC)", "\(summary.undefinedLabels)"]
      lines.append(line(cells))
    }
    lines += [
      "user AUC: mean over users weighted by their test samples; users: those that the numbers before it cover;",
      "up, same, down: shares of users against cloud; no AUC: users without one, whose test samples are of one class or whose",
      "fine-tuning diverged; no labels: users whose correction is undefined",
    ]
    lines += results.methods.filter { $0.divergedUsers > 0 }.map {
      "\($0.name): the fine-tuning of \(counted($0.divergedUsers, "user")) diverged; they have no AUC (auc_status "
        + "notFinite): lower finetuning.learning_rate"
    }
    return (lines + common + ofAllTestUsers + measures + differences + choice).joined(separator: "\n")
  }

  /// What methods stand for that held-out training samples chose.
  private var choice: [String] {
    guard let choice = results.findings?.choice?.choice else { return [] }
    func line(_ set: Int) -> String { MethodChoiceText.sentence(choice, set) }
    var lines = ["", "chosen on held-out training samples:"]
    let names = results.methods.map(\.name)
    if names.contains(Method.lcft.rawValue) { lines.append("lcft is \(line(0))") }
    if names.contains(Method.lcftByCTR.rawValue) {
      lines += choice.sets.indices.dropFirst().map {
        "lcft_by_ctr for local CTR \(MethodChoiceText.name(choice, $0)) is \(line($0))"
      }
    }
    return lines + MethodChoiceText.notes(choice).suffix(1)
  }

  /// Every method's scores over the users that all methods cover, where they cover different ones.
  private var common: [String] {
    guard let first = results.methods.first?.summary.common else { return [] }
    let rows = results.methods.map { method in
      let scores = method.summary.common ?? first
      return line([
        method.name, text(scores.userAUC, 4), text(scores.userAUCUnweighted, 4), "\(scores.aucUsers)",
        text(scores.pooledAUC, 4), text(scores.logLoss, 4), "\(scores.users)",
      ])
    }
    return [
      "", "the methods cover different users; over those that every method covers:",
      line(["method", "user AUC", "unweighted", "users", "pooled AUC", "log loss", "users"]),
    ] + rows
  }

  /// The cloud model over all users with test samples, where some have no training samples.
  private var ofAllTestUsers: [String] {
    guard let untrained = results.untrained else { return [] }
    let (users, summary) = (untrained.row.count, untrained.summaryOfAll)
    return [
      "",
      "cloud over all \(counted(results.users.row.count + users, "user")) with test samples, \(users) of them without training "
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
    let counts = significance.comparisons.map(\.users)
    let differ = counts.min() != counts.max()
    func row(_ name: String, _ cells: [String]) -> String {
      let padded = cells.map { pad($0, differ ? 36 : 26, right: false) }
      return ([pad(name, width(0), right: false)] + padded).joined(separator: "  ")
    }
    func cell(_ found: Results.Comparison?) -> String {
      comparisonText(found) + (differ ? found.map { " of \($0.users)" } ?? "" : "")
    }
    var lines = [
      "",
      "difference in user AUC over \(differ ? "the users with both" : "\(counts.max() ?? 0) users"), with its 95% interval "
        + "(paired bootstrap over users, \(significance.draws) draws):",
      row("method", bases.map { "vs. \($0)" + (differ ? ", of users" : "") }),
    ]
    for name in names where name != bases[0] {
      lines.append(row(name, bases.map { cell(significance.comparison(of: name, against: $0)) }))
    }
    return lines.map(withoutTrailingBlanks)
  }

  private func line(_ cells: [String]) -> String {
    cells.enumerated().map { pad($1, width($0), right: $0 > 0) }.joined(separator: "  ")
  }

  private func width(_ column: Int) -> Int {
    switch column {
    case 0: max(10, results.methods.map(\.name.count).max() ?? 0)
    case 3, 6: max(5, "\(results.users.row.count)".count)
    case 7...9: 6
    default: column < 7 ? 10 : 9
    }
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
