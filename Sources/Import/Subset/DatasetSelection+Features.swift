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
      let vocabulary = JoinedVocabulary(vocabularies)
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
