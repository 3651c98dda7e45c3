import Plan
import Support

/// The files that a command writes.
package struct RunOutputs: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let checkpoints = RunOutputs(rawValue: 1)
  package static let results = RunOutputs(rawValue: 2)
  package static let abTest = RunOutputs(rawValue: 4)
  package static let labels = RunOutputs(rawValue: 8)
  package static let search = RunOutputs(rawValue: 16)
  package static let cloudSearch = RunOutputs(rawValue: 32)
  package static let choice = RunOutputs(rawValue: 64)

  private static let parts: [(outputs: RunOutputs, name: String)] = [
    (.checkpoints, "checkpoints"), (.results, "results"), (.abTest, "ab-test"), (.labels, "labels"),
    (.search, "search"), (.cloudSearch, "cloud-search"), (.choice, "choice"),
  ]

  static let all = RunOutputs(parts.map(\.outputs))

  /// As names of folders have it: `checkpoints+results`.
  var name: String { RunOutputs.parts.filter { contains($0.outputs) }.map(\.name).joined(separator: "+") }

  /// The outputs of that `name`; nil where it is none.
  init?(name: String) {
    self = []
    for word in name.split(separator: "+", omittingEmptySubsequences: false) {
      guard let part = RunOutputs.parts.first(where: { $0.name == word }) else { return nil }
      insert(part.outputs)
    }
  }

  /// What a run that writes these files does.
  var work: PlannedWork {
    var work: PlannedWork = []
    if contains(.checkpoints) { work.insert(.training) }
    if contains(.results) { work.insert(.fineTuning) }
    if contains(.abTest) { work.insert(.simulation) }
    if !isDisjoint(with: [.labels, .search, .cloudSearch]) { work.insert(.searching) }
    if contains(.search) { work.insert(.searchingSettings) }
    if contains(.choice) { work.insert(.choosing) }
    return work
  }

  /// Whether the file `path` is one of them.
  func contains(file path: String) -> Bool { contains(FileStatus.name(of: path)) }

  func contains(_ name: String) -> Bool {
    // What is kept of a shorter training is made by no command.
    if KeptEpochs.contains(name) { return false }
    let isCheckpoint =
      (name.hasPrefix("checkpoint-epoch-") && name.hasSuffix(".h5"))
      || ["checkpoint-latest.h5", "checkpoint-best.h5", RunFolder.catalogueName].contains(name)
    let isResult =
      ["results.h5", "results.journal", "models.h5"].contains(name)
      || ((name.hasPrefix("models-rank-") || name.hasPrefix("group-")) && name.hasSuffix(".h5"))
      || (name.hasPrefix("models-") && name.hasSuffix(".journal"))
    let isABTest = ["ab-test.h5", "ab-days.csv", "ab-test.json", "ab-test.journal"].contains(name)
    let isSearchModel = ["search-latest.h5", "search-best.h5"].contains(name)
    let isLabels = ["labels.h5", "labels.yaml", "labels.journal"].contains(name) || isSearchModel
    let isSearch = ["search.h5", "search.yaml", "search.journal"].contains(name) || isSearchModel
    let isCloudSearch =
      name.hasPrefix("search-cloud.") || (name.hasPrefix("search-candidate-") && name.hasSuffix(".h5"))
    let isChoice =
      name == "choice.h5"
      || (name.hasPrefix("choice-") && (name.hasSuffix(".journal") || name.hasSuffix(".h5")))
    return (contains(.checkpoints) && isCheckpoint) || (contains(.results) && isResult)
      || (contains(.abTest) && isABTest) || (contains(.labels) && isLabels)
      || (contains(.search) && isSearch) || (contains(.cloudSearch) && isCloudSearch)
      || (contains(.choice) && isChoice)
  }

  /// Whether the command writes a file `name`: one of these, or the summary, which several commands write in turn.
  func writes(_ name: String) -> Bool {
    contains(name) || (name == "summary.json" && !isDisjoint(with: [.checkpoints, .results]))
  }

  /// Whether the file `name` of an earlier run goes when these are made anew: what the command writes, and what was
  /// made from that, which would be taken for the new run's. What comes from another cloud model is stale, too.
  func replaces(_ name: String) -> Bool {
    guard contains(.checkpoints) else { return writes(name) }
    return union([.results, .abTest]).writes(name) || KeptEpochs.contains(name)
  }
}
