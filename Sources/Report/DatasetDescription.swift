import IO
import LCFT
import Support

/// What `lcft describe` prints about a data set.
package struct DatasetDescription {
  private let dataset: Dataset
  /// The users with training and test samples, by row.
  private var evaluated: [Int] { dataset.evaluatedUsers.map { Int($0) } }

  package init(_ dataset: Dataset) { self.dataset = dataset }

  /// A line with a data set's counts.
  package var counts: String {
    let categories = dataset.categories.map {
      counted($0.names.count, "category", plural: "categories") + ", "
    }
    return
      "\(counted(dataset.users.count, "user")) (\(dataset.evaluatedUserCount) with training and test samples), "
      + "\(counted(dataset.items.count, "item")), \(categories ?? "")\(counted(dataset.events.count, "event")), "
      + "\(dataset.train.count) training and \(dataset.test.count) test samples, "
      + "global CTR \(Support.text(dataset.globalCTR, 4))"
  }

  package var text: String {
    let provenance = dataset.provenance
    var lines = [
      "source     \(provenance.kind)",
      "split      \(provenance.splitRule)",
      "negatives  \(provenance.negativeSampling), seed \(provenance.seed)",
    ]
    lines += provenance.sources.map { "file       \($0.path)  sha256 \($0.sha256)" }
    if provenance.skippedLines > 0 { lines.append("skipped    \(provenance.skippedLines) malformed lines") }
    lines += provenance.settings.sorted { $0.key < $1.key }.map {
      "\(pad($0.key, 10, right: false)) \($0.value.replacing("\n", with: "\n           "))"
    }
    lines += ["", counts]
    if let actions = countsByAction { lines.append("events by action: \(actions)") }
    if !dataset.features.isEmpty { lines += ["", "\(FeatureTable(dataset))"] }
    lines += [""] + table1
    if let best = BestPossibleAUC(dataset) { lines += ["", "\(best)"] }
    lines += [
      "", "Local CTR of the users with training and test samples, from above the first number to the second:",
    ]
    return (lines + histogram).joined(separator: "\n")
  }

  /// How many events have each value of the feature `action`.
  private var countsByAction: String? {
    guard let (codes, _) = dataset.actions,
      let values = dataset.features.feature(.events, Features.action)
        .flatMap({ dataset.features.vocabulary(of: $0)?.values })
    else { return nil }
    var counts = [Int](repeating: 0, count: values.count + 1)
    for code in codes.values { counts[Int(code) + 1] += 1 }
    let named = (0..<values.count).map { "\(values[$0]) \(counts[$0 + 1])" }
    return (named + (counts[0] > 0 ? ["none \(counts[0])"] : [])).joined(separator: ", ")
  }

  /// The paper's Table 1: the users that can be evaluated with their own samples of both parts, those with training samples
  /// with these, and everybody.
  private var table1: [String] {
    let evaluated = evaluated
    func row(_ name: String, _ users: Int, _ samples: Int, _ positives: Int) -> String {
      let ctr = Support.text(Double(positives) / Double(samples), 4)
      return pad(name, 34, right: false) + pad("\(users)", 10) + pad("\(samples)", 12) + pad(ctr, 10)
    }
    let parts = [dataset.train, dataset.test]
    let own = evaluated.reduce(into: (samples: 0, positives: 0)) { sums, user in
      for part in parts {
        sums.samples += part.rows(ofUser: user).count
        sums.positives += part.positives(ofUser: user)
      }
    }
    let all = parts.reduce(into: (samples: 0, positives: 0)) { sums, part in
      sums.samples += part.count
      sums.positives += part.positives
    }
    return [
      "Table 1" + String(repeating: " ", count: 27) + pad("users", 10) + pad("samples", 12) + pad("CTR", 10),
      row("with training and test samples", evaluated.count, own.samples, own.positives),
      row(
        "the training part", dataset.trainedUsers, dataset.train.count, dataset.train.positives),
      row("all", dataset.users.count, all.samples, all.positives),
    ]
  }

  /// Intervals of the local CTR of equal width, or where one of these has nearly all users, intervals with nearly
  /// equally many; the one with the global CTR is marked.
  private var histogram: [String] {
    let rates = evaluated.map { user in
      Double(dataset.train.positives(ofUser: user)) / Double(dataset.train.rows(ofUser: user).count)
    }
    guard !rates.isEmpty else { return ["  no user has both"] }
    func counts(_ intervals: CTRIntervals) -> [Int] {
      rates.reduce(into: [Int](repeating: 0, count: intervals.count)) { $0[intervals.index(of: $1)] += 1 }
    }
    let widths = CTRIntervals(edges: (1...9).map { Double($0) / 10 })
    let isCrowded = counts(widths).contains { $0 > rates.count * 9 / 10 }
    let bounded = isCrowded ? LocalCTRIntervals(quantiles: 10, rates) : nil
    let intervals = bounded?.intervals ?? widths
    let ends = bounded?.ends ?? (0...10).map { Double($0) / 10 }
    let texts = distinctTexts(ends, digits: isCrowded ? 4 : 1) { Support.text($0, $1) }
    let global = dataset.globalCTR
    let marked = ends[0] <= global && global <= ends[ends.count - 1] ? intervals.index(of: global) : nil
    let counts = counts(intervals)
    let highest = max(1, counts.max() ?? 1)
    return counts.enumerated().map { bin, count in
      let bar = String(repeating: "#", count: (50 * count + highest - 1) / highest)
      return "  \(texts[bin]) to \(texts[bin + 1])  \(pad("\(count)", 9))  \(bar)"
        + (marked == bin ? "  <- global CTR" : "")
    }
  }
}
