import HDF5
import Support

extension FeaturesFile {
  /// The features and vocabularies of a file with or without such groups. What it returns fits together within
  /// itself; whether it fits the data set is for `validate`. Where there is memory for `rows`, the columns of users, samples
  /// and events lie there, and are for `fill`.
  static func read(
    _ root: borrowing HDF5.Group, in memory: any MemorySource, rows: (any MemorySource)? = nil
  ) throws -> Features {
    var features = Features()
    if try root.contains("vocabularies") {
      let group = try root.group("vocabularies")
      for name in try group.members() {
        features.vocabularies.append(try readVocabulary(name, group.group(name), in: memory))
      }
    }
    guard try root.contains("features") else { return features }
    let group = try root.group("features")
    for name in try group.members() {
      guard let owner = FeatureOwner(rawValue: name) else {
        throw HDF5Error.invalidName(group.location, name: name)
      }
      let owners = try group.group(name)
      var indexed: [(index: Int64, feature: Feature)] = []
      for name in try owners.members() {
        let group = try owners.group(name)
        let index = try group.attribute("index", as: Int64.self) ?? Int64(indexed.count)
        let isFilledLater = rows != nil && owner != .items
        indexed.append(
          (
            index,
            try readFeature(
              name, owner, group, in: isFilledLater ? rows! : memory, isFilledLater ? .none : .all)
          ))
      }
      // Features without an index keep the order of their names.
      features[owner] = indexed.sorted { $0.index < $1.index }.map(\.feature)
    }
    return features
  }

  private static func readFeature(
    _ name: String, _ owner: FeatureOwner, _ group: borrowing HDF5.Group, in memory: any MemorySource,
    _ which: HDF5.WhichValues
  ) throws -> Feature {
    var kind = try readKind(name, group)
    let isList = try group.attribute("list", as: Int64.self) == 1
    var columns: [FeatureColumn] = []
    for part in owner.parts {
      if part.isEmpty {
        columns.append(try readColumn(&kind, isList: isList, group, in: memory, which))
      } else {
        columns.append(try readColumn(&kind, isList: isList, group.group(part), in: memory, which))
      }
    }
    var feature = Feature(
      name, kind, columns, description: try group.text("description") ?? "",
      source: try group.text("source") ?? "")
    feature.intervals = try readIntervals(kind, group)
    return feature
  }

  private static func readKind(_ name: String, _ group: borrowing HDF5.Group) throws -> Feature.Kind {
    let kind = try required("kind", group)
    switch kind {
    case "categorical":
      let vocabulary = try required("vocabulary", group)
      return .categorical(vocabulary: vocabulary, table: try group.text("table") ?? vocabulary)
    case "numeric": return .numeric(steps: try readSteps(group))
    case "vector": return .vector(width: 0)
    default:
      throw HDF5Error.invalidAttribute(
        group.location, name: "kind", value: kind, allowed: "categorical, numeric or vector")
    }
  }

  private static func readSteps(_ group: borrowing HDF5.Group) throws -> [NumericStep] {
    var steps: [NumericStep] = []
    for name in try group.texts("transform") ?? [] {
      switch name {
      case "log": steps.append(.log)
      case "standardised":
        let mean = try requiredReals("mean", group)[0]
        let deviation = try requiredReals("deviation", group)[0]
        guard deviation > 0, mean.isFinite, deviation.isFinite else {
          throw HDF5Error.invalidAttribute(
            group.location, name: "deviation", value: "\(deviation)",
            allowed: "a positive number, and a finite mean")
        }
        steps.append(.standardised(mean: mean, deviation: deviation))
      case "quantiles":
        let edges = try requiredReals("edges", group)
        guard zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
          throw HDF5Error.invalidAttribute(
            group.location, name: "edges", value: "\(edges)", allowed: "rising numbers")
        }
        steps.append(.quantiles(edges: edges))
      default:
        throw HDF5Error.invalidAttribute(
          group.location, name: "transform", value: name, allowed: "log, standardised, quantiles")
      }
      if case .quantiles? = steps.dropLast().last {
        throw HDF5Error.invalidAttribute(
          group.location, name: "transform", value: name, allowed: "nothing after quantiles")
      }
    }
    return steps
  }

  /// How many intervals were asked for; nil where the file does not say it.
  private static func readIntervals(_ kind: Feature.Kind, _ group: borrowing HDF5.Group) throws -> Int? {
    guard case .numeric(let steps) = kind, let made = steps.categories,
      let asked = try group.attribute("intervals", as: Int64.self)
    else { return nil }
    guard (Int64(made)...100_000).contains(asked) else {
      throw HDF5Error.invalidAttribute(
        group.location, name: "intervals", value: "\(asked)",
        allowed: "\(made), the intervals that there are, or more")
    }
    return Int(asked)
  }

  private static func readColumn(
    _ kind: inout Feature.Kind, isList: Bool, _ group: borrowing HDF5.Group, in memory: any MemorySource,
    _ which: HDF5.WhichValues
  ) throws -> FeatureColumn {
    let values = try group.dataset("values")
    switch kind {
    case .categorical:
      let rows = try values.column(of: Int32.self, in: memory, values: which)
      let isList = try isList || group.contains("offsets")
      guard isList else { return .values(rows) }
      return .lists(
        offsets: try group.dataset("offsets").column(of: Int64.self, in: memory, values: which), values: rows)
    case .numeric:
      return .numbers(
        try values.column(of: Float.self, in: memory, values: which),
        missing: try readMissing(group, in: memory, which))
    case .vector:
      let shape = try values.shape()
      guard shape.count == 2 else {
        throw HDF5Error.wrongShape(values.location, expected: "[rows, width]", found: shape.map { "\($0)" })
      }
      kind = .vector(width: shape[1])
      return .numbers(
        try values.values(in: memory, which), missing: try readMissing(group, in: memory, which))
    }
  }

  private static func readMissing(
    _ group: borrowing HDF5.Group, in memory: any MemorySource, _ which: HDF5.WhichValues
  ) throws -> Column<UInt8>? {
    guard try group.contains("missing") else { return nil }
    return try group.dataset("missing").column(of: UInt8.self, in: memory, values: which)
  }

  private static func readVocabulary(
    _ name: String, _ group: borrowing HDF5.Group, in memory: any MemorySource
  ) throws -> Vocabulary {
    let counts = try group.dataset("count").column(of: Int64.self, in: memory)
    if try group.text("kind") == "hashed" {
      return Vocabulary(
        name, .hashed(distinct: try group.dataset("distinct").column(of: Int64.self, in: memory)),
        counts: counts)
    }
    let values = try group.dataset("value").strings(in: memory)
    let known = try group.attribute("known", as: Int64.self) ?? Int64(values.count)
    guard (0...Int64(values.count)).contains(known) else {
      throw HDF5Error.invalidAttribute(
        group.location, name: "known", value: "\(known)",
        allowed: "0 to \(values.count), the number of values")
    }
    let minimum = try group.attribute("min_count", as: Int64.self) ?? 0
    return Vocabulary(
      name, .values(values, known: Int(known), minimumCount: Int(clamping: minimum)), counts: counts)
  }

  private static func required(_ name: String, _ group: borrowing HDF5.Group) throws -> String {
    guard let text = try group.text(name) else {
      throw HDF5Error.missing(group.location, what: "attribute \(name)")
    }
    return text
  }

  private static func requiredReals(_ name: String, _ group: borrowing HDF5.Group) throws -> [Double] {
    guard case .reals(let values)? = try group.attributeValue(name), !values.isEmpty,
      values.allSatisfy({ !$0.isNaN })
    else { throw HDF5Error.missing(group.location, what: "attribute \(name) of real numbers") }
    return values
  }
}
