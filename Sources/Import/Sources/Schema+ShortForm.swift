import IO

/// What the commands with options of their own (`movielens`, `amazon`, `taobao`, `csv`) make of the shipped schemas.
extension Schema {
  /// The shipped schema `name` with the features that the commands have: categories and genome of items, and what the
  /// user did. Further ones come by the schema itself. What stands in a field is a value, whatever it spells, and repeats
  /// are rows like any other.
  static func shortForm(_ name: String, kind: String) -> Schema {
    var schema = ShippedSchema.named(name)
    schema.kind = kind
    schema.settings["layout"] = "schemas/\(name).yaml"
    schema.text = ""
    schema.sampleFeatures = []
    schema.eventFeatures = schema.eventFeatures.filter { $0.source == .label }.map { $0.shared() }
    schema.users = nil
    schema.log.form.missing = [""]
    var items = schema.items ?? Entities(file: nil, key: schema.log.item)
    items.features = [category(of: items)] + items.features.filter { $0.name == Features.genome }
    items.form.missing.removeAll { TableForm.usualMissing.contains($0) && !$0.isEmpty }
    schema.items = items
    if var history = schema.history {
      history.form.missing = [""]
      history.itemFeatures = history.itemFeatures.filter { $0.key == Features.category }
      schema.history = history
    }
    schema.repeats = .keep
    schema.malformed = .fail
    return schema
  }

  /// The feature of that name as a list; an empty one where there is none.
  private static func category(of items: Entities?) -> FeatureRule {
    items?.features.first { $0.name == Features.category }?.shared()
      ?? FeatureRule(Features.category, .columns([]), .categorical(.init(vocabulary: "", table: ""))).shared()
  }

  /// Where the items' file is `file`; without one no item has a category.
  mutating func setItems(_ file: String?) {
    items?.file = file
    if file == nil {
      items?.features = [Schema.category(of: nil)]
      items?.key = log.item
    }
  }

  /// Gives items at most `count` categories, the last of their lists.
  mutating func keepCategories(_ count: Int) throws(ImportError) {
    guard (1...64).contains(count) else {
      throw .option(name: "categories per item", value: "\(count)", allowed: "from 1 to 64")
    }
    settings["maximum_categories"] = "\(count)"
    changeCategory { $0.kept = count }
  }

  /// Changes how the items' categories are read.
  mutating func changeCategory(_ change: (inout FeatureRule.Categorical) -> Void) {
    guard let index = items?.features.firstIndex(where: { $0.name == Features.category }),
      let feature = items?.features[index], case .categorical(var rule) = feature.kind
    else { return }
    change(&rule)
    items?.features[index].kind = .categorical(rule)
  }

  /// The column, or the columns, that the items' categories stand in.
  mutating func readCategory(from source: FeatureRule.Source) {
    guard let index = items?.features.firstIndex(where: { $0.name == Features.category }) else { return }
    items?.features[index].source = source
  }
}

/// What the options of a command say of a log's rows; nil for what it does without them.
package struct RowRules: Sendable {
  package var repeats: RepeatedRows?
  package var sameTime: SameTime?

  package init() {}

  package func apply(to schema: inout Schema) {
    if let repeats { schema.repeats = repeats }
    if let sameTime { schema.sameTime = sameTime }
  }
}

extension Schema.Split {
  package init(_ rule: SplitRule) {
    switch rule {
    case .timestamp(let time): self = .time(time)
    case .fraction(let fraction): self = .fraction(fraction)
    }
  }
}

extension FeatureRule {
  /// The same feature with a vocabulary of its own name, all of whose values are known, whatever its owner; a list where
  /// it is one of items.
  fileprivate func shared() -> FeatureRule {
    guard case .categorical(var rule) = kind else { return self }
    (rule.vocabulary, rule.table, rule.minimumCount) = (name, name, 0)
    rule.isList = name == Features.category
    return FeatureRule(name, source, .categorical(rule))
  }
}
