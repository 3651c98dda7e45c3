import IO
import LCFT
import Support
import YAML

extension SearchTable {
  /// The text of a search's settings, which the file `path` is, or as which it can be written. Throws what reading throws.
  package static func text(of path: String) throws -> String {
    path.hasSuffix(".h5")
      ? try SearchTableFile.read(path).yaml : try YAMLSection.text(of: path, kind: "file of settings")
  }

  /// The table as text that people read; its `per_method` is what `lcft finetune --settings` takes and what a
  /// job's `finetuning.per_method` may say.
  package var yaml: String {
    var lines = [
      "# Settings of each method, the best ones on held-out training samples: for lcft finetune --settings.",
      "format: \(FileKind.search.rawValue)",
      methods.contains { $0.best != nil } ? "per_method:" : "per_method: {}",
    ]
    for method in methods {
      guard let best = method.best else { continue }
      lines.append("  \(method.name): \(method.rows[best].settings)")
    }
    lines.append("origin:")
    lines += origin.yaml.map { "  " + $0 }
    lines += ["cloud_auc: \(yamlNumber(cloudAUC))", "tried:"]
    for method in methods {
      lines.append("  \(method.name):")
      for row in method.rows {
        lines.append(
          "    - {\(row.settings.list), "
            + "auc: \(yamlNumber(row.auc)), difference: \(yamlNumber(row.difference)), interval: "
            + "[\(yamlNumber(row.low)), \(yamlNumber(row.high))], diverged: \(row.diverged)}")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension SearchTable.Row {
  var settings: TuningOverrides {
    TuningOverrides(
      learningRate: learningRate, epochs: epochs, batchSize: batchSize, mu: mu, share: share)
  }

  /// What only some methods are tried with.
  fileprivate var further: String {
    let further = TuningOverrides(mu: mu, share: share)
    return further.isEmpty ? "" : "  " + further.list
  }
}

/// What `lcft search` prints.
package struct SearchTableText: CustomStringConvertible {
  private let table: SearchTable

  /// A hint where what is best lies at the end of what was tried, so that beyond it may be better.
  private func edge(_ row: SearchTable.Row, of method: SearchTable.Method) -> String {
    let rates = Set(method.rows.map(\.learningRate))
    guard rates.count > 1 else { return "" }
    if row.learningRate == rates.max() { return " (the largest rate tried: try larger ones)" }
    return row.learningRate == rates.min() ? " (the smallest rate tried: try smaller ones)" : ""
  }

  package init(_ table: SearchTable) { self.table = table }

  package var description: String {
    let origin = table.origin
    var lines = [
      "settings by method, \(origin.model), \(counted(origin.users, "user")) with both classes among their held-out samples "
        + "(\(origin.oneClass) with one, \(origin.tooFew) with too few samples); cloud \(text(table.cloudAUC, 4))",
      "method                rate  epochs  batch   user AUC   over cloud                   diverged",
    ]
    for method in table.methods {
      for (index, row) in method.rows.enumerated() {
        let difference = differenceText(row.difference, row.low, row.high)
        lines.append(
          pad(method.name, 19, right: false) + pad("\(row.learningRate)", 7) + pad("\(row.epochs)", 8)
            + pad("\(row.batchSize)", 7) + pad(text(row.auc, 4), 11) + "   "
            + pad(difference, 27, right: false) + pad("\(row.diverged)", 10)
            + row.further + (index == method.best ? "  <- best\(edge(row, of: method))" : ""))
      }
    }
    lines.append(
      "user AUC: on held-out training samples, weighted by their number; over cloud: with its 95% interval")
    return lines.joined(separator: "\n")
  }
}
