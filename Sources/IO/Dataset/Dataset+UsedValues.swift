import Support

extension Dataset {
  /// Takes the values that no row of any feature has out of the vocabularies: values of rows that were left out, or that
  /// another value took the place of. The others keep their order. Counts are set to 0.
  ///
  /// Hashed values have no rows of their own, and the program knows the kinds of action also where nobody has them.
  package mutating func dropUnusedValues() {
    for index in features.vocabularies.indices {
      let vocabulary = features.vocabularies[index]
      guard case .values(let values, _, let minimum) = vocabulary.content, !vocabulary.isOfActions
      else { continue }
      var isUsed = [Bool](repeating: false, count: vocabulary.count)
      for (_, feature) in features.byPath where feature.categorical?.vocabulary == vocabulary.name {
        for column in feature.columns {
          let values = column.codes.values
          for rows in Pieces(values.count, bytesPerRow: 4) {
            for row in rows where values[row] >= 0 { isUsed[Int(values[row])] = true }
          }
        }
      }
      let used = isUsed.indices.filter { isUsed[$0] }
      if used.count == vocabulary.count { continue }
      let places = Column<Int32>(repeatElement(-1, count: vocabulary.count))
      for (place, row) in used.enumerated() { places.values[row] = Int32(place) }
      features.vocabularies[index].content = .values(
        values.selected(used), known: used.count, minimumCount: minimum)
      features.vocabularies[index].counts = Column(repeatElement(0, count: used.count))
      features.renumber(vocabulary.name, places)
    }
  }
}
