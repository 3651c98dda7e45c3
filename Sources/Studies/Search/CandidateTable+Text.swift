import IO
import LCFT
import Support

extension CandidateTable {
  /// The best candidate's job as a job file, `yaml`, with what was found of it.
  package func jobFile(_ yaml: String) -> String {
    guard let best = rows.first else { return yaml }
    let next = rows.dropFirst().first.map {
      "# The next one: \($0.settings), user AUC \(yamlNumber($0.userAUC)); difference \(yamlNumber($0.difference)), "
        + "interval [\(yamlNumber($0.low)), \(yamlNumber($0.high))].\n"
    }
    return
      "# The best of \(counted(rows.count, "candidate")) that lcft search --cloud has tried: \(best.settings)\n"
      + "# On held-out training samples: user AUC \(yamlNumber(best.userAUC)), log loss \(yamlNumber(best.logLoss)), after "
      + "step \(best.step).\n" + (next ?? "") + yaml
  }
}

/// What `lcft search --cloud` prints.
package struct CandidateTableText: CustomStringConvertible {
  private let table: CandidateTable

  package init(_ table: CandidateTable) { self.table = table }

  package var description: String {
    let origin = table.origin
    let widths = (table.rows.map(\.settings.count).max() ?? 0)
    // Of trainings that went astray it may be large.
    let lossWidth = max(8, table.rows.map { text($0.logLoss, 4).count }.max() ?? 0)
    var lines = [
      "cloud settings, \(origin.model), the last \(origin.holdout) of each user's training samples held out; best by "
        + table.metric,
      pad("settings", widths, right: false) + "  epochs  user AUC  "
        + pad("log loss", lossWidth) + "  calibration   the best over it",
    ]
    for row in table.rows {
      let scores =
        pad(text(row.userAUC, 4), 10) + "  " + pad(text(row.logLoss, 4), lossWidth)
        + pad(text(row.calibration, 4), 13)
      let end =
        row.diverged
        ? "diverged" : row.difference.isNaN ? "" : differenceText(row.difference, row.low, row.high)
      lines.append(
        withoutTrailingBlanks(
          pad(row.settings, widths, right: false) + pad("\(row.epochs)", 8) + scores + "   " + end))
    }
    lines.append(
      "the best over it: user AUC with its 95% interval over users; the candidates were chosen on these samples"
    )
    return lines.joined(separator: "\n")
  }
}
