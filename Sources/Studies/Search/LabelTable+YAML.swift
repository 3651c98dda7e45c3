import IO
import LCFT
import Support
import YAML

extension LabelTable {
  /// The table as text that people read and `LabelTable(yaml:file:)` takes back, with all digits of every
  /// number.
  package var yaml: String {
    var lines = [
      "# Labels of positives (alpha) and negatives (beta) by local CTR w; intervals hold their upper end.",
      "# Scores: user AUC on held-out training samples; difference: the 95% interval of auc - plain_auc, plain",
      "# being the labels (1, 0). The pair was chosen on the same samples, which flatters it.",
      "format: \(FileKind.labels.rawValue)", "origin:",
    ]
    lines += origin.yaml.map { "  " + $0 }
    lines.append("groups:")
    for group in pairs.alpha.indices {
      var line =
        "  - {local_ctr: [\(pairs.edges[group]), \(pairs.edges[group + 1])], alpha: \(pairs.alpha[group]), "
        + "beta: \(pairs.beta[group])"
      if scores.indices.contains(group) {
        let own = scores[group]
        line +=
          ", users: \(own.users), samples: \(own.samples), auc: \(yamlNumber(own.auc)), "
          + "plain_auc: \(yamlNumber(own.plainAUC)), difference: [\(yamlNumber(own.low)), "
          + "\(yamlNumber(own.high))]"
      }
      lines.append(line + "}")
    }
    lines += [
      "grid:", "  alphas: \(alphas)", "  betas: \(betas)", "  # One row per alpha, one column per beta.",
    ]
    lines.append("  auc:")
    for group in pairs.alpha.indices where !grid.isEmpty {
      for row in alphas.indices {
        let start = (group * alphas.count + row) * betas.count
        let cells = grid[start..<start + betas.count].map(yamlNumber).joined(separator: ", ")
        lines.append("    \(row == 0 ? "-" : " ") - [\(cells)]")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads the groups' intervals and labels; the scores may be missing and are not read. A table may
  /// therefore be written by hand.
  package init(yaml text: String, file: String) throws {
    let root = try YAMLSection.parse(text, file: file)
    let kind = FileKind.labels.rawValue
    guard try root.string("format", default: "") == kind else {
      throw YAMLError.invalid(file: file, line: 1, message: "is not a table of labels (format: \(kind))")
    }
    var origin = SearchOrigin()
    let from = try root.section("origin")
    origin.model = try from.string("model", default: "unknown")
    origin.datasetDigest = try from.string("dataset_digest", default: "unknown")
    origin.checkpointDigest = try from.string("checkpoint_digest", default: "unknown")
    var pairs = Pairs(edges: [0], alpha: [], beta: [])
    for group in try root.sections("groups") {
      let ends = try group.numbers("local_ctr", default: [], in: 0...1, counts: 2...2)
      guard ends.count == 2, ends[0] == pairs.edges[pairs.edges.count - 1], group.has("alpha"),
        group.has("beta")
      else {
        throw group.refusal(
          "local_ctr",
          "must start where the interval before it ends (from 0 to 1 in all), and have alpha and beta")
      }
      pairs.edges.append(ends[1])
      pairs.alpha.append(try group.number("alpha", default: 1, in: -1000...1000))
      pairs.beta.append(try group.number("beta", default: 0, in: -1000...1000))
    }
    guard pairs.areValid else {
      throw root.refusal("groups", "must have intervals local_ctr that rise from 0 to 1")
    }
    self.init(pairs: pairs, scores: [], alphas: [], betas: [], grid: [], origin: origin)
  }

  /// Reads a table from HDF5, or from YAML where the name says so.
  package static func read(_ path: String) throws -> LabelTable {
    guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") else { return try LabelTableFile.read(path) }
    return try LabelTable(yaml: try YAMLSection.text(of: path, kind: "table of labels"), file: path)
  }
}

extension SearchOrigin {
  /// Lines of a mapping.
  var yaml: [String] {
    [
      "model: \(model)", "dataset_digest: \(datasetDigest)", "checkpoint_digest: \(checkpointDigest)",
      "holdout: \(yamlNumber(holdout))", "users: \(users)", "users_one_class: \(oneClass)",
      "users_too_few: \(tooFew)",
    ]
  }
}

/// A number as YAML has it, with all its digits.
func yamlNumber(_ value: Double) -> String { value.isNaN ? ".nan" : "\(value)" }

/// What `lcft search-labels` prints.
package struct LabelTableText: CustomStringConvertible {
  private let table: LabelTable

  package init(_ table: LabelTable) { self.table = table }

  package var description: String {
    let origin = table.origin
    var lines = [
      "labels by local CTR, \(origin.model), \(counted(origin.users, "user")) with both classes among their held-out "
        + "samples (\(origin.oneClass) with one, \(origin.tooFew) with too few samples)",
      "local CTR          alpha    beta    users   user AUC   plain AUC   difference",
    ]
    for group in table.pairs.alpha.indices {
      let pairs = table.pairs
      var line =
        "\(group == 0 ? "[" : "(")\(text(pairs.edges[group], 4)), \(text(pairs.edges[group + 1], 4))]"
        + pad(text(pairs.alpha[group], 2), 8) + pad(text(pairs.beta[group], 2), 8)
      if table.scores.indices.contains(group) {
        let own = table.scores[group]
        line +=
          pad("\(own.users)", 9) + pad(text(own.auc, 4), 11) + pad(text(own.plainAUC, 4), 12) + "   "
          + differenceText(own.auc - own.plainAUC, own.low, own.high)
      }
      lines.append(line)
    }
    lines.append(
      "user AUC: on held-out training samples, weighted by their number; plain: labels (1, 0); difference: with "
        + "its 95% interval;")
    lines.append("the labels were chosen on these samples, which flatters them")
    return lines.joined(separator: "\n")
  }
}
