import IO
import Support

extension DatasetSelection {
  /// The features of the selected rows, with joined vocabularies that are not counted yet.
  func features(of inputs: [Dataset]) -> Features {
    var result = inputs[0].features
    var joined: [String: JoinedVocabulary] = [:]
    for index in result.vocabularies.indices {
      let name = result.vocabularies[index].name
      let vocabularies = inputs.compactMap { $0.features.vocabulary(name) }
      // The program knows what the values of `action` mean, also those that nobody has.
      let used = name == Features.action ? nil : usedValues(name, vocabularies, inputs)
      let vocabulary = JoinedVocabulary(vocabularies, used: used)
      joined[name] = vocabulary
      result.vocabularies[index] = vocabulary.vocabulary
    }
    for owner in FeatureOwner.allCases {
      for index in result[owner].indices {
        let feature = result[owner][index]
        var tables = columns(owner, feature.name, inputs)
        if let name = feature.categorical?.vocabulary, let vocabulary = joined[name] {
          for table in tables.indices {
            tables[table] = tables[table].renumbered(vocabulary.rows[table / owner.parts.count])
          }
        }
        result[owner][index].columns = rows(of: owner).map {
          .gathered($0, of: tables, width: feature.vectorWidth ?? 1)
        }
      }
    }
    return result
  }

  /// Of each data set: 1 for the values of the vocabulary `name` that a selected row has.
  private func usedValues(
    _ name: String, _ vocabularies: [Vocabulary], _ inputs: [Dataset]
  ) -> [Column<UInt8>] {
    let used = vocabularies.map { Column<UInt8>(repeatElement(0, count: $0.count)) }
    for (owner, feature) in inputs[0].features.byPath where feature.categorical?.vocabulary == name {
      let codes = columns(owner, feature.name, inputs).map(\.codes)
      let marks = codes.indices.map { used[$0 / owner.parts.count].values }
      let values = codes.map(\.values.pointer)
      let offsets = codes.compactMap { $0.offsets?.pointer }
      withExtendedLifetime(codes) {
        for rows in rows(of: owner) {
          for reference in rows.values {
            let (table, row) = (reference.table, reference.row)
            let list =
              offsets.isEmpty ? row..<row + 1 : Int(offsets[table][row])..<Int(offsets[table][row + 1])
            for place in list where values[table][place] >= 0 { marks[table][Int(values[table][place])] = 1 }
          }
        }
      }
    }
    return used
  }

  /// The rows by which the columns of `owner` are gathered, in the order of its parts.
  private func rows(of owner: FeatureOwner) -> [Column<RowReference>] {
    switch owner {
    case .users: [users]
    case .items: [items]
    case .samples: [train.rows, test.rows]
    case .events: [events]
    }
  }

  /// The columns of a feature, data set after data set: the tables of `rows(of:)`.
  private func columns(_ owner: FeatureOwner, _ name: String, _ inputs: [Dataset]) -> [FeatureColumn] {
    inputs.flatMap { $0.features.feature(owner, name)?.columns ?? [] }
  }
}
