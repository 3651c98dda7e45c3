import IO
import Support

/// The collectors of all features of a schema, with the columns that they read.
struct FeatureSet {
  /// Of the log, the file of users and the file of items.
  var log = ColumnSet()
  var users = ColumnSet()
  var items = ColumnSet()
  private(set) var vocabularies: [VocabularyCollector] = []
  /// In the order of the schema; nil for what is made of no column: a vector with a file of its own, actions.
  private(set) var collectors: [FeatureOwner: [(any FeatureCollector)?]] = [:]
  private let utcOffset: Int64
  /// Owners of features that are columns of the log.
  private let ofLog: Set<FeatureOwner>

  init(_ schema: Schema) {
    utcOffset = schema.log.time.utcOffset
    var ofLog: Set<FeatureOwner> = [.samples, .events]
    if schema.users?.file == nil { ofLog.insert(.users) }
    if schema.items?.file == nil { ofLog.insert(.items) }
    self.ofLog = ofLog
    // Commands with options of their own have no such keys.
    let hasKeys = schema.words.advice == nil
    func key(_ name: String) -> String? { hasKeys ? "\(name) of the schema" : nil }
    // The keys come first: they are what every record must have.
    for (column, name) in [
      (schema.log.user, "log.user"), (schema.log.item, "log.item"), (schema.log.time.column, "log.time"),
    ] { _ = log.slot(column, key: key(name)) }
    if let history = schema.log.history { _ = log.slot(history.column, key: key("log.history")) }
    if let column = schema.users?.key { _ = users.slot(column, key: key("users.key")) }
    if let column = schema.items?.key { _ = items.slot(column, key: key("items.key")) }
    for (owner, rule) in schema.features { collectors[owner, default: []].append(collector(rule, owner)) }
  }

  /// Features of samples and events over given vocabularies, whose columns are those of one table.
  init(
    _ rules: [(owner: FeatureOwner, rule: FeatureRule)], known: [Vocabulary], utcOffset: Int64
  ) {
    self.utcOffset = utcOffset
    ofLog = [.samples, .events]
    vocabularies = known.map(VocabularyCollector.init(known:))
    for (owner, rule) in rules { collectors[owner, default: []].append(collector(rule, owner)) }
  }

  /// The collectors that read records of `owner`'s table.
  func readers(_ owner: FeatureOwner) -> [any FeatureCollector] {
    (collectors[owner] ?? []).compactMap(\.self)
  }

  /// Which of these collectors have to take record by record, by index: another one numbers values of their vocabulary,
  /// which are numbered in the order in which they are met.
  func sharing(_ some: [any FeatureCollector]) -> [Int] {
    let all = collectors.values.flatMap { $0 }.compactMap { $0?.vocabulary }
    return some.indices.filter { index in all.count { $0 === some[index].vocabulary } > 1 }
  }

  private mutating func collector(_ rule: FeatureRule, _ owner: FeatureOwner) -> (any FeatureCollector)? {
    let slots = rule.columns.map { self.slot($0, owner) }
    let first = slots.first ?? 0
    switch (rule.kind, rule.source) {
    case (.vector(.long), _), (_, .label): return nil
    case (.vector(.list(let width, let separator)), _):
      return VectorCollector(rule, slot: first, width: width, separator: separator)
    case (.numeric, .time(let part)): return NumberCollector(rule, .time(part, offset: utcOffset))
    case (.numeric, _): return NumberCollector(rule, .slot(first))
    case (.categorical(let categorical), .time(let part)):
      return TimePartCollector(rule, part, offset: utcOffset, vocabulary(categorical))
    case (.categorical(let categorical), .flags(let names)):
      return FlagCollector(rule, slots: slots, names: names, vocabulary(categorical))
    case (.categorical(let categorical), .columns):
      return ListCollector(rule, slots: slots, categorical, vocabulary(categorical))
    case (.categorical(let categorical), .column):
      if categorical.isPath { return PathCollector(rule, slot: first, categorical, vocabulary(categorical)) }
      guard categorical.separator != nil || categorical.isList else {
        return ValueCollector(rule, slot: first, vocabulary(categorical))
      }
      return ListCollector(rule, slots: slots, categorical, vocabulary(categorical))
    }
  }

  private mutating func slot(_ column: String, _ owner: FeatureOwner) -> Int {
    if ofLog.contains(owner) { return log.slot(column) }
    return owner == .users ? users.slot(column) : items.slot(column)
  }

  private mutating func vocabulary(_ rule: FeatureRule.Categorical) -> VocabularyCollector {
    if let shared = vocabularies.first(where: { $0.name == rule.vocabulary }) { return shared }
    let vocabulary = VocabularyCollector(rule)
    vocabularies.append(vocabulary)
    return vocabulary
  }
}

extension FeatureRule {
  /// The kind in the data set, before its parameters are fitted to the training part.
  var unfitted: Feature.Kind {
    switch kind {
    case .categorical(let rule): .categorical(vocabulary: rule.vocabulary, table: rule.table)
    case .numeric(let steps):
      .numeric(
        steps: steps.map { step in
          switch step {
          case .log: .log
          case .standardised: .standardised(mean: 0, deviation: 1)
          case .quantiles(let count): .quantiles(edges: (1..<count).map(Double.init))
          }
        })
    case .vector(.list(let width, _)): .vector(width: width)
    case .vector(.long): .vector(width: 0)
    }
  }
}
