import IO
import YAML

/// How an import read its log, as far as other tables of the same things depend on it: pairs to score, and a user's
/// samples. A part of a schema that data sets and catalogues keep, so that a file scores the same wherever it is read.
package struct LogReading: Sendable {
  /// The log's columns of users, items and times; nil where nothing says them.
  private(set) var user: String?
  private(set) var item: String?
  private(set) var time: Schema.Time?
  /// Spellings of "no value", and whether a comma stands before the fraction of numbers.
  private(set) var missing = TableForm.usualMissing
  private(set) var hasDecimalCommas = false
  private var rules: [FeatureOwner: [FeatureRule]] = [:]
  /// Why the text could not be read.
  private(set) var problem: String?

  /// Of a log of which nothing is known.
  package init() {}

  /// Of a data set, or of what a catalogue makes one. Earlier versions kept the whole schema, if there was one.
  package init(of dataset: Dataset) {
    self.init()
    let settings = dataset.provenance.settings
    guard let text = settings[Dataset.Provenance.reading] ?? settings["schema"] else { return }
    do { try read(text) } catch {
      self = LogReading()
      problem = "nothing of how the log was read, as the data set's \(error)"
    }
  }

  private mutating func read(_ text: String) throws {
    let root = try YAMLSection.parse(text, file: Dataset.Provenance.reading, kind: "the reading of a log")
    let log = try root.section("log")
    let form = try TableForm(log)
    (missing, hasDecimalCommas) = (form.missing, form.hasDecimalCommas)
    if log.has("user") { user = try log.string("user", default: "") }
    // What holds a page of items in each row names none of them.
    if log.has("item"), !log.isSection("item") { item = try log.string("item", default: "") }
    if log.has("time") { time = try Schema.readTime(log, utcOffset: 0) }
    // The first time of a table tells seconds from all others as well as a schema does.
    if time?.unit == .seconds { time?.unit = nil }
    let features = FeatureReader(folder: "")
    rules[.samples] = try features.read(root, "sample_features", .samples)
    rules[.events] = try features.read(root, "event_features", .events)
  }

  /// What the import made the feature of; nil where nothing says it.
  func rule(_ owner: FeatureOwner, _ name: String) -> FeatureRule? { rules[owner]?.first { $0.name == name } }

  /// The form of a table that is found to be in `form`.
  func form(_ form: TableForm) -> TableForm {
    var form = form
    form.missing = missing
    // JSON has points in its numbers, whatever the log had.
    form.hasDecimalCommas = hasDecimalCommas && form.format != .jsonl
    return form
  }

  /// The same of the text that `PairColumns` makes of HDF5: points in numbers, bars between values, and nothing where there
  /// is no number.
  var ofHDF5: LogReading {
    var reading = self
    reading.hasDecimalCommas = false
    if !missing.contains("") { reading.missing.append("") }
    for owner in rules.keys {
      reading.rules[owner] = rules[owner]?.map { rule in
        var rule = rule
        switch rule.kind {
        case .categorical(var categorical) where categorical.separator != nil:
          categorical.separator = []
          rule.kind = .categorical(categorical)
        case .vector(.list(let width, _)): rule.kind = .vector(.list(width: width, separator: []))
        case .categorical, .numeric, .vector: break
        }
        return rule
      }
    }
    return reading
  }
}

extension LogReading {
  /// Longer texts are not kept: HDF5 bounds an attribute.
  private static let mostBytes = 60_000

  /// What data sets keep of `schema`; nil where it is too long.
  static func text(of schema: Schema) -> String? {
    var log = ["user: \(yamlText(schema.log.user))"]
    if schema.log.impressions == nil { log.append("item: \(yamlText(schema.log.item))") }
    log.append("time: {\(words(schema.log.time).joined(separator: ", "))}")
    if schema.log.form.missing != TableForm.usualMissing {
      log.append("missing: \(list(schema.log.form.missing))")
    }
    if schema.log.form.hasDecimalCommas { log.append("decimal: \",\"") }
    var lines = ["log: {\(log.joined(separator: ", "))}"]
    for (key, rules) in [
      ("sample_features", schema.sampleFeatures), ("event_features", schema.eventFeatures),
    ] where !rules.isEmpty {
      lines.append("\(key):")
      for rule in rules { lines.append("  \(yamlText(rule.name)): {\(rule.words.joined(separator: ", "))}") }
    }
    let text = lines.joined(separator: "\n")
    return text.utf8.count > mostBytes ? nil : text
  }

  private static func words(_ time: Schema.Time) -> [String] {
    var words = ["column: \(yamlText(time.column))"]
    if let unit = time.unit { words.append("unit: \(unit.rawValue)") }
    if let format = time.format { words.append("format: \(yamlText(format.text))") }
    return words
  }

  fileprivate static func list(_ texts: [String]) -> String {
    "[\(texts.map(yamlText).joined(separator: ", "))]"
  }
}

extension FeatureRule {
  /// Where its values come from and how a field holds them, as a schema says it.
  fileprivate var words: [String] {
    var words: [String] = []
    switch source {
    case .column(let name): words.append("column: \(yamlText(name))")
    case .columns(let names) where !names.isEmpty: words.append("columns: \(LogReading.list(names))")
    case .flags(let names): words.append("flags: \(LogReading.list(names))")
    case .time(let part): words += ["from: time", "as: \(part.rawValue)"]
    case .label: words.append("from: label")
    case .columns: break
    }
    func text(_ separator: [UInt8]) -> String {
      separator.isEmpty ? "true" : yamlText(String(decoding: separator, as: UTF8.self))
    }
    switch kind {
    case .categorical(let rule):
      if let separator = rule.separator { words.append("list: \(text(separator))") }
      if let kept = rule.kept { words.append("keep: \(kept)") }
    case .numeric: words.append("kind: numeric")
    case .vector(.list(let width, let separator)):
      words += ["kind: vector", "width: \(width)", "list: \(text(separator))"]
    case .vector(.long): words.append("kind: vector")
    }
    return words
  }
}
