import Support

extension Dataset {
  /// Puts the values that are known first in every vocabulary: those that occur as often as its minimum. Both groups
  /// keep their order, and all features over the vocabulary are renumbered.
  ///
  /// Counts must be those of the training part (`countOccurrences`).
  package mutating func orderVocabularies() {
    for index in features.vocabularies.indices {
      let vocabulary = features.vocabularies[index]
      guard case .values(let values, _, let minimum) = vocabulary.content else { continue }
      let counts = vocabulary.counts
      let isKnown = counts.values.map { $0 >= Int64(minimum) }
      let order = isKnown.indices.filter { isKnown[$0] } + isKnown.indices.filter { !isKnown[$0] }
      let places = Column<Int32>(uninitialized: order.count)
      for (place, row) in order.enumerated() { places.values[row] = Int32(place) }
      features.vocabularies[index].content = .values(
        values.selected(order), known: isKnown.count { $0 }, minimumCount: minimum)
      features.vocabularies[index].counts = Column(order.map { counts[$0] })
      features.renumber(vocabulary.name, places)
    }
  }
}
