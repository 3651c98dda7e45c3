import Foundation
import IO
import Support

/// A data set that another one is made of, and its file.
struct InputDataset {
  let path: String
  let dataset: Dataset
  let source: Dataset.Provenance.Source

  /// Throws what reading the file throws.
  init(_ path: String) throws {
    let file = try FileBytes(path: path)
    dataset = try DatasetFile.read(path)
    try Spill.check()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while try file.read(into: buffer) > 0 {}
    self.path = path
    source = .init(path: path, sha256: file.sha256)
  }

  /// Throws `SubsetError.noTimes` if samples have no times.
  func requireTimes(for option: String) throws {
    for samples in [dataset.train, dataset.test] where samples.count > 0 && samples.timestamp == nil {
      throw SubsetError.noTimes(file: path, option: option)
    }
  }

  /// How many samples were drawn as negatives.
  var drawn: Int? { InputDataset.drawn(dataset) }

  /// Nil where the data set does not tell.
  static func drawn(_ dataset: Dataset) -> Int? {
    let columns = [dataset.train, dataset.test].compactMap(\.drawn)
    return columns.isEmpty
      ? nil
      : columns.reduce(0) { sum, column in
        sum + column.reduce(into: 0) { $0 += $1 == 0 ? 0 : 1 }
      }
  }
}

extension Dataset.Provenance {
  /// That of a data set made of `inputs` by `command`: the files are the inputs, settings that differ are those of the
  /// first, and the files that it was imported from stay as a setting.
  init(madeOf inputs: [InputDataset], _ command: String) {
    let all = inputs.map(\.dataset.provenance)
    func joined(_ text: (Dataset.Provenance) -> String) -> String {
      var texts: [String] = []
      for provenance in all where !texts.contains(text(provenance)) { texts.append(text(provenance)) }
      return texts.joined(separator: "; ")
    }
    self = all[0]
    sources = inputs.map(\.source)
    for provenance in all.dropFirst() {
      guard let further = provenance.record else { continue }
      if record == nil { record = further } else { record?.append(further) }
    }
    skippedLines = all.reduce(0) { $0 + $1.skippedLines }
    splitRule = joined(\.splitRule)
    negativeSampling = joined(\.negativeSampling)
    let originals = all.flatMap { provenance in
      provenance.settings[Self.originals].map { [$0] }
        ?? provenance.sources.map { "\($0.path) sha256 \($0.sha256)" }
    }
    for provenance in all.dropFirst() {
      let further = provenance.settings.filter { !$0.key.hasPrefix(ImportAccount.settingPrefix) }
      settings.merge(further) { first, _ in first }
    }
    var labels: [String] = []
    for rule in all.flatMap(\.labelRules) where !labels.contains(rule) { labels.append(rule) }
    let others = originals.count > 100 ? " and \(originals.count - 100) more" : ""
    settings["labels"] = labels.isEmpty ? nil : labels.joined(separator: Self.between)
    settings[Self.originals] = originals.prefix(100).joined(separator: "; ") + others
    settings["command"] = (settings["command"].map { $0 + "; " } ?? "") + command
  }

  /// The rules that labels are made by: several where data sets with different ones were joined.
  var labelRules: [String] {
    settings["labels"].map { $0.components(separatedBy: Self.between) } ?? []
  }

  /// Between the rules of several data sets.
  private static let between = " | "

  /// The setting that names the files which the first data sets were imported from.
  private static let originals = "imported_from"
}

extension ImportAccount {
  /// Completes and tells the account of a data set that was made of others, whose rows `files` already has.
  mutating func complete(_ dataset: inout Dataset, _ advice: ImportAdvice, _ progress: ImportProgress) {
    labelSource = dataset.provenance.settings["labels"] ?? "as in the data set read"
    if let drawn = InputDataset.drawn(dataset) {
      negatives = Negatives()
      negatives?.drawn = drawn
      negatives?.areKept = true
    }
    count(dataset, hasItemsFile: false)
    finish(&dataset, advice, progress)
  }
}
