import IO

/// What keeps two data sets from being joined: their features or optional columns differ.
enum DatasetDifference {
  /// The first difference in words; nil where there is none. Parameters of the steps of numbers may differ, since they
  /// are those of the training part, and so may what only describes.
  static func first(_ left: Dataset, _ right: Dataset) -> String? {
    for owner in FeatureOwner.allCases {
      let (mine, others) = (left.features[owner], right.features[owner])
      for (feature, other) in zip(mine, others) {
        let path = Features.path(owner, feature.name)
        if feature.name != other.name {
          return "feature \(index(feature, mine)) of \(owner.rawValue) is \(feature.name) in the one and "
            + "\(other.name) in the other"
        }
        if let what = difference(feature, other) { return "\(path) is \(what)" }
      }
      if let extra = mine.dropFirst(others.count).first {
        return "\(Features.path(owner, extra.name)) is missing in the second"
      }
      if let extra = others.dropFirst(mine.count).first {
        return "\(Features.path(owner, extra.name)) is missing in the first"
      }
    }
    for vocabulary in left.features.vocabularies {
      guard let other = right.features.vocabulary(vocabulary.name) else {
        return "\(Features.path(ofVocabulary: vocabulary.name)) is missing in the second"
      }
      let (text, otherText) = (describe(vocabulary), describe(other))
      if text != otherText {
        return "\(Features.path(ofVocabulary: vocabulary.name)) is \(either(text, otherText))"
      }
    }
    let clocks = [left, right].compactMap { $0.provenance.settings["utc_offset"] }
    if clocks.count == 2, clocks[0] != clocks[1] {
      return
        "the log's clock (log.time.utc_offset) is \(clocks[0]) seconds ahead of UTC in the one and \(clocks[1]) in "
        + "the other, so that their days and hours differ"
    }
    let probabilities = [left, right].map { $0.train.probability != nil && $0.test.probability != nil }
    return probabilities[0] == probabilities[1] ? nil : "only one of them has the samples' true probabilities"
  }

  private static func index(_ feature: Feature, _ features: [Feature]) -> Int {
    (features.firstIndex { $0.name == feature.name } ?? 0) + 1
  }

  private static func difference(_ feature: Feature, _ other: Feature) -> String? {
    let (text, otherText) = (describe(feature), describe(other))
    return text == otherText ? nil : either(text, otherText)
  }

  private static func either(_ text: String, _ other: String) -> String {
    "\(text) in the one and \(other) in the other"
  }

  private static func describe(_ feature: Feature) -> String {
    switch feature.kind {
    case .categorical(let vocabulary, let table):
      return (feature.isList ? "a list" : "a value") + " of \(vocabulary) with table \(table)"
    case .numeric:
      let names = feature.intendedStepNames
      return "a number" + (names.isEmpty ? "" : " with " + names.joined(separator: ", "))
    case .vector(let width): return "a vector of \(width)"
    }
  }

  private static func describe(_ vocabulary: Vocabulary) -> String {
    switch vocabulary.content {
    case .values(_, _, let minimum): "of values with minimum count \(minimum)"
    case .hashed(let distinct): "hashed to \(distinct.count) rows"
    }
  }
}
