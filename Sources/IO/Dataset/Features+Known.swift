import Support

/// Features that importers make and models know by name.
extension Features {
  /// The items' categories, from general to special.
  package static let category = "category"
  /// MovieLens's tag genome.
  package static let genome = "genome"
  /// What the user did at an event.
  package static let action = "action"

  /// Adds the items' categories: item i has `values[offsets[i] ..< offsets[i + 1]]`, rows of `names`, all of them
  /// known. Their occurrences are counted once the data set is whole.
  package mutating func addCategories(
    _ names: StringColumn, offsets: Column<Int64>, values: Column<Int32>, source: String
  ) {
    vocabularies.append(Vocabulary(allKnown: names, name: Features.category))
    items.append(
      Feature(
        Features.category, .categorical(vocabulary: Features.category, table: Features.category),
        [.lists(offsets: offsets, values: values)],
        description: "the item's categories, general before special",
        source: source))
  }

  /// Adds MovieLens's tag genome, [items x width].
  package mutating func addGenome(
    width: Int, values: Column<Float>, missing: Column<UInt8>, source: String
  ) {
    items.append(
      Feature(
        Features.genome, .vector(width: width), [.numbers(values, missing: missing)],
        description: "relevance of each tag for the item, 0 to 1", source: source))
  }

  /// Adds what the user did at each event, by the raw value of its `Dataset.Action`.
  package mutating func addActions(_ codes: Column<Int32>, source: String) {
    vocabularies.append(Vocabulary(actionsNamed: Features.action))
    events.append(
      Feature(
        Features.action, .categorical(vocabulary: Features.action, table: Features.action), [.values(codes)],
        description: "what the user did at the event", source: source))
  }
}

extension Vocabulary {
  /// A vocabulary of `values` that are not counted yet: each has a row of its own until then.
  package init(allKnown values: StringColumn, name: String, minimumCount: Int = 0) {
    self.init(
      name, .values(values, known: values.count, minimumCount: minimumCount),
      counts: Column(repeatElement(0, count: values.count)))
  }

  /// What users do, by the raw value of `Dataset.Action`: all kinds are known, whether they occur or not.
  package init(actionsNamed name: String) {
    self.init(allKnown: StringColumn(Dataset.Action.allCases.map { "\($0)" }), name: name)
  }

  /// Whether the values are the kinds of `Dataset.Action`.
  var isOfActions: Bool {
    guard let values, values.count == Dataset.Action.allCases.count else { return false }
    return zip(Dataset.Action.allCases, 0..<values.count).allSatisfy { "\($0)" == values[$1] }
  }
}

extension Dataset {
  /// What the user did at an event, as the importers of logs with actions write it.
  package enum Action: UInt8, CaseIterable, Sendable {
    /// The item was shown, and the event records no action on it.
    case exposure = 0
    case click = 1
    case cart = 2
    case favourite = 3
    case buy = 4
  }

  /// The event feature `action`: the row of its vocabulary at each event, and the row that stands for `exposure`. Nil
  /// where the source does not tell exposures from actions.
  package var actions: (codes: Column<Int32>, exposure: Int32)? {
    guard let feature = features.feature(.events, Features.action), case .values(let codes) = feature.column,
      let values = features.vocabulary(of: feature)?.values,
      let exposure = (0..<values.count).first(where: { values[$0] == "\(Action.exposure)" })
    else { return nil }
    return (codes, Int32(exposure))
  }

  /// The items' feature `category`, with the names of its values; nil where there is none.
  package var categories: (names: StringColumn, offsets: Column<Int64>, values: Column<Int32>)? {
    guard let feature = features.feature(.items, Features.category),
      case .lists(let offsets, let values) = feature.column,
      let names = features.vocabulary(of: feature)?.values
    else { return nil }
    return (names, offsets, values)
  }
}
