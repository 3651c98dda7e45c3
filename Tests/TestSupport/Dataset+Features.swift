import IO
import Support
import Testing

/// What tests look at and change of the features that importers make.
extension Dataset {
  package var categoryNames: StringColumn { categories?.names ?? StringColumn([]) }
  package var itemCategories: Column<Int32> { categories?.values ?? Column([]) }
  package var categoryOffsets: Column<Int64> {
    categories?.offsets ?? Column(repeatElement(0, count: items.count + 1))
  }
  package var actionCodes: Column<Int32>? { actions?.codes }
  /// The items' feature `genome`, [items x width]; nil where there is none.
  package var genome: (width: Int, values: Column<Float>)? {
    guard let feature = features.feature(.items, Features.genome), let width = feature.vectorWidth,
      case .numbers(let values, _) = feature.column
    else { return nil }
    return (width, values)
  }
  /// [items] 1 where the source has no genome for the item.
  package var genomeMissing: Column<UInt8>? {
    guard case .numbers(_, let missing)? = features.feature(.items, Features.genome)?.column else {
      return nil
    }
    return missing
  }

  /// Takes a feature away, and its vocabulary where no other feature has it.
  package mutating func removeFeature(_ owner: FeatureOwner, _ name: String) {
    features[owner].removeAll { $0.name == name }
    let used = Set(features.byPath.compactMap { $0.feature.categorical?.vocabulary })
    features.vocabularies.removeAll { !used.contains($0.name) }
  }

  /// Exchanges the columns of a feature.
  package mutating func setColumns(_ owner: FeatureOwner, _ name: String, _ columns: FeatureColumn...) {
    guard let index = features[owner].firstIndex(where: { $0.name == name }) else {
      Issue.record("no feature \(name)")
      return
    }
    features[owner][index].columns = columns
  }

  package mutating func setCategories(offsets: Column<Int64>? = nil, values: Column<Int32>? = nil) {
    setColumns(
      .items, Features.category, .lists(offsets: offsets ?? categoryOffsets, values: values ?? itemCategories)
    )
  }

  package mutating func setGenome(values: Column<Float>? = nil, missing: Column<UInt8>? = nil) {
    guard let genome else {
      Issue.record("no genome")
      return
    }
    setColumns(.items, Features.genome, .numbers(values ?? genome.values, missing: missing ?? genomeMissing))
  }

  package mutating func setActions(_ codes: Column<Int32>) {
    setColumns(.events, Features.action, .values(codes))
  }
}

/// Expects the same features and vocabularies, bit for bit.
func expectEqual(_ left: Features, _ right: Features, _ sourceLocation: SourceLocation) {
  for owner in FeatureOwner.allCases {
    #expect(left[owner].map(\.name) == right[owner].map(\.name), sourceLocation: sourceLocation)
    for (left, right) in zip(left[owner], right[owner]) {
      #expect(left.kind == right.kind, "\(left.name)", sourceLocation: sourceLocation)
      #expect(
        left.columns.map(texts) == right.columns.map(texts), "\(left.name)", sourceLocation: sourceLocation)
    }
  }
  let names = left.vocabularies.map(\.name).sorted()
  #expect(names == right.vocabularies.map(\.name).sorted(), sourceLocation: sourceLocation)
  for name in names {
    guard let left = left.vocabulary(name), let right = right.vocabulary(name) else { continue }
    #expect(texts(left) == texts(right), "vocabulary \(name)", sourceLocation: sourceLocation)
  }
}

private func texts(_ column: FeatureColumn) -> [String] {
  switch column {
  case .values(let values): ["\(Array(values.values))"]
  case .lists(let offsets, let values): ["\(Array(offsets.values))", "\(Array(values.values))"]
  case .numbers(let numbers, let missing):
    ["\(numbers.values.map(\.bitPattern))", missing.map { "\(Array($0.values))" } ?? "never"]
  }
}

private func texts(_ vocabulary: Vocabulary) -> [String] {
  let counts = "\(Array(vocabulary.counts.values))"
  switch vocabulary.content {
  case .values(let values, let known, let minimum):
    return [counts, "\(known)", "\(minimum)"] + (0..<values.count).map { values[$0] }
  case .hashed(let distinct): return [counts, "\(Array(distinct.values))"]
  }
}
