import IO
import YAML

/// Reads the features that a schema declares, and the files of users and items.
struct FeatureReader {
  /// Where the files lie that are named relative to the schema.
  let folder: String

  /// The features under `key`, in the order of the file.
  func read(_ parent: YAMLSection, _ key: String, _ owner: FeatureOwner) throws -> [FeatureRule] {
    let section = try parent.section(key)
    return try section.keys.map { name in
      guard FeatureRule.isName(name) else {
        throw section.refusal(
          name, "is no name of a feature: letters, digits, _ and -, up to \(FeatureRule.nameBytes) bytes")
      }
      // `category: path` for `category: {column: path}`.
      if !section.isSection(name) {
        return FeatureRule(
          name, .column(try section.string(name, default: name)),
          .categorical(.init(vocabulary: "\(owner.rawValue)_\(name)", table: "\(owner.rawValue)_\(name)")))
      }
      return try feature(try section.section(name), name, owner)
    }
  }

  /// What the schema says of users or items under `key`; nil where it says nothing.
  /// - Parameter column: the log's column of the same identifiers.
  func entities(
    _ root: YAMLSection, _ key: String, _ owner: FeatureOwner, key column: String
  ) throws -> Schema.Entities? {
    guard root.has(key) else { return nil }
    let section = try root.section(key)
    var entities = Schema.Entities(file: nil, key: column)
    if section.has("file") {
      entities.file = Schema.path(try section.string("file", default: ""), in: folder)
      entities.key = try section.string("key", default: column)
      entities.form = try TableForm(section)
    }
    entities.features = try read(section, "features", owner)
    try section.finish()
    return entities
  }

  private func feature(_ section: YAMLSection, _ name: String, _ owner: FeatureOwner) throws -> FeatureRule {
    let sources = ["column", "from", "columns", "flags"].filter { section.has($0) }
    if sources.count > 1 { try section.refuse(sources[1], because: "and \(sources[0]) exclude each other") }
    var source = FeatureRule.Source.column(try section.string("column", default: name))
    for (key, make) in [
      ("columns", FeatureRule.Source.columns), ("flags", FeatureRule.Source.flags),
    ] where section.has(key) {
      let names = try section.texts(key, default: [])
      try section.refuseIf(
        names.isEmpty || Set(names).count != names.count || names.contains(""), key,
        "must be a list of different columns")
      source = make(names)
    }
    if try section.has("from") && section.choice("from", default: "time", of: ["time", "label"]) == "label" {
      try section.refuseIf(
        owner != .events, "from", "label is for event_features: what the user did is known only afterwards")
      source = .label
    } else if section.has("from") {
      try section.refuseIf(
        owner == .users || owner == .items, "from", "is for features of samples and events, which have a time"
      )
      let parts = FeatureRule.TimePart.allCases.map(\.rawValue)
      let part = try section.choice("as", default: parts[0], of: parts)
      source = .time(FeatureRule.TimePart(rawValue: part) ?? .hour)
    }
    let kind: FeatureRule.Kind
    switch try section.choice("kind", default: "categorical", of: ["categorical", "numeric", "vector"]) {
    case "numeric": kind = .numeric(try steps(section))
    case "vector": kind = .vector(try vector(section, owner))
    default: kind = .categorical(try categorical(section, name, owner))
    }
    if case .column = source {
    } else if case .time = source {
      if case .vector = kind {
        throw section.refusal("kind", "must be categorical or numeric for a part of the time")
      }
    } else if kind.isCategorical == false {
      throw section.refusal(
        "kind", "must be categorical for a feature of flags, of several columns or of the label")
    }
    try section.finish()
    return FeatureRule(name, source, kind)
  }

  private func categorical(
    _ section: YAMLSection, _ name: String, _ owner: FeatureOwner
  ) throws -> FeatureRule.Categorical {
    let own = "\(owner.rawValue)_\(name)"
    let table = try section.string("table", default: own)
    let shared = section.has("table") ? table : own
    var rule = FeatureRule.Categorical(
      vocabulary: try section.string("vocabulary", default: shared), table: table)
    for (key, value) in [("vocabulary", rule.vocabulary), ("table", rule.table)] where !Features.isName(value)
    {
      throw section.refusal(
        key, "must be a name: letters, digits, _ and -, up to \(Features.nameBytes) bytes")
    }
    rule.minimumCount = try section.integer("min_count", default: 1, in: 0...Int(Int32.max))
    if section.has("hash") {
      try section.refuseIf(
        section.has("min_count"), "hash", "and min_count exclude each other: no value is rare")
      rule.hashRows = try section.integer("hash", default: 1, in: 1...Int(Int32.max))
    }
    if section.has("list") {
      rule.separator = try section.separator("list", default: "|", mayBeBrackets: true)
    }
    if section.has("keep") { rule.kept = try section.integer("keep", default: 1, in: 1...64) }
    rule.isPath = try section.boolean("path", default: false)
    for (key, isGiven) in [("keep", rule.kept != nil), ("path", rule.isPath)] {
      try section.refuseIf(
        isGiven && rule.separator == nil && !section.has("columns"), key, "is for lists: give list, too")
    }
    return rule
  }

  private func steps(_ section: YAMLSection) throws -> [FeatureRule.Step] {
    let words = try section.texts("transform", default: [])
    if words == ["none"] { return [] }
    let steps = words.compactMap(FeatureRule.Step.init)
    try section.refuseIf(
      steps.count != words.count, "transform",
      "must be none, log, standardised or quantiles(2) to quantiles(1000), or a list of these")
    let isBeforeLast = steps.dropLast().contains { if case .quantiles = $0 { true } else { false } }
    try section.refuseIf(
      isBeforeLast, "transform", "must have quantiles last, which makes categories of numbers")
    try section.refuseIf(Set(words).count != words.count, "transform", "must not have a step twice")
    return steps
  }

  private func vector(_ section: YAMLSection, _ owner: FeatureOwner) throws -> FeatureRule.Vector {
    if section.has("file") {
      try section.refuseIf(owner != .items && owner != .users, "file", "is for features of users and items")
      let file = Schema.path(try section.string("file", default: ""), in: folder)
      for key in ["key", "index", "value"] where !section.has(key) {
        throw section.missing(key, "a column of the file with a line per number")
      }
      var table = FeatureRule.LongTable(
        file: file, key: try section.string("key", default: ""),
        index: try section.string("index", default: ""), value: try section.string("value", default: ""))
      let bounds = try section.numbers("between", default: [], in: -1e300...1e300, counts: 2...2)
      if bounds.count == 2 {
        try section.refuseIf(bounds[0] > bounds[1], "between", "must be the lowest and the highest number")
        table.allowed = bounds[0]...bounds[1]
      }
      return .long(table)
    }
    guard section.has("width") else {
      throw section.missing("width", "how many numbers each row has")
    }
    return .list(
      width: try section.integer("width", default: 1, in: 1...4096),
      separator: try section.separator("list", default: "|", mayBeBrackets: true))
  }
}

extension TableForm {
  /// What `section` says of its files.
  init(_ section: YAMLSection) throws {
    self.init()
    let formats = Format.allCases.map(\.rawValue)
    if section.has("format") {
      format = Format(rawValue: try section.choice("format", default: formats[0], of: formats))
    }
    if section.has("delimiter") {
      delimiter = TableForm.delimiter(try section.string("delimiter", default: ","))
      try section.refuseIf(
        delimiter == nil, "delimiter",
        "must be \(TableForm.namedDelimiters.map(\.0).joined(separator: ", ")), or one or two characters but no quote"
      )
    }
    if section.has("header") { header = try section.boolean("header", default: true) }
    if section.has("columns") { columns = try section.texts("columns", default: []) }
    try section.refuseIf(
      header == false && columns == nil, "header",
      "is false, so that columns must give the names of all columns")
    if let columns {
      try section.refuseIf(
        columns.isEmpty || columns.count > CSVFields.maximumCount, "columns",
        "must be 1 to \(CSVFields.maximumCount) names")
      let named = columns.filter { !$0.isEmpty }
      try section.refuseIf(Set(named).count != named.count, "columns", "must not have a name twice")
    }
    if section.has("rest") {
      let name = try section.string("rest", default: "")
      try section.refuseIf(
        columns.map { !$0.contains(name) } ?? true, "rest", "must be one of columns, which must be given")
      rest = name
    }
    quotes = try section.boolean("quotes", default: delimiter?.count != 2)
    missing = try section.texts("missing", default: TableForm.usualMissing)
    if section.has("missing") { missingIds = [] }
    hasDecimalCommas = try section.choice("decimal", default: ".", of: [".", ","]) == ","
    try section.refuseIf(
      format == .jsonl && (delimiter != nil || header != nil || columns != nil), "format",
      "is jsonl, which has no delimiter, header or columns")
  }
}

extension YAMLSection {
  /// Refuses the value of `key` where `isWrong`; `reason` follows the key's name.
  func refuseIf(_ isWrong: Bool, _ key: String, _ reason: String) throws {
    if isWrong { throw refusal(key, reason) }
  }
}
