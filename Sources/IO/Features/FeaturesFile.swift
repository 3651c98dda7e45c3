import HDF5
import Support

/// The groups `/features` and `/vocabularies` of a data set's file.
enum FeaturesFile {
  static let groups = ["features", "vocabularies"]

  static func write(_ features: Features, to root: borrowing HDF5.Group) throws {
    for owner in FeatureOwner.allCases {
      for (index, feature) in features[owner].enumerated() {
        let group = try root.makeGroup(String(Features.path(owner, feature.name).dropFirst()))
        try write(feature, index: index, to: group)
        for (part, column) in zip(owner.parts, feature.columns) {
          if part.isEmpty {
            try write(column, of: feature, to: group)
          } else {
            try write(column, of: feature, to: group.makeGroup(part))
          }
        }
      }
    }
    for vocabulary in features.vocabularies {
      let users = features.byPath.filter { $0.feature.categorical?.vocabulary == vocabulary.name }
      try write(
        vocabulary, usedBy: users.map { Features.path($0.owner, $0.feature.name) },
        to: root.makeGroup(String(Features.path(ofVocabulary: vocabulary.name).dropFirst())))
    }
  }

  private static func write(_ feature: Feature, index: Int, to group: borrowing HDF5.Group) throws {
    try group.setAttribute("description", feature.description)
    try group.setAttribute("source", feature.source)
    for attribute in FeatureAttribute.of(feature, index: index) { try attribute.write(to: group) }
    // No part of the digest: models read the edges, and older files do not have it.
    if let intervals = feature.intervals { try group.setAttribute("intervals", Int64(intervals)) }
  }

  private static func write(
    _ column: FeatureColumn, of feature: Feature, to group: borrowing HDF5.Group
  ) throws {
    switch column {
    case .values(let values):
      try group.write("values", values, description: "row in the vocabulary; -1 where missing")
    case .lists(let offsets, let values):
      try group.write(
        "offsets", offsets, description: "row r's values are values[offsets[r]] up to values[offsets[r + 1]]")
      try group.write("values", values, description: "rows in the vocabulary")
    case .numbers(let numbers, let missing):
      let shape = feature.vectorWidth.map { [numbers.count / max($0, 1), $0] }
      try withExtendedLifetime(numbers) {
        try group.write(
          "values", UnsafeBufferPointer(numbers.values), shape: shape,
          description: feature.description + ", before any transformation")
      }
      if let missing {
        try group.write("missing", missing, description: "1 where the source has no value")
      }
    }
  }

  private static func write(
    _ vocabulary: Vocabulary, usedBy features: [String], to group: borrowing HDF5.Group
  ) throws {
    try group.setAttribute("used_by", features)
    for attribute in FeatureAttribute.of(vocabulary) { try attribute.write(to: group) }
    try group.write("count", vocabulary.counts, description: "occurrences in the training part")
    switch vocabulary.content {
    case .values(let values, _, _):
      try group.write("value", values, description: "the value as the source has it")
    case .hashed(let distinct):
      try group.write("distinct", distinct, description: "different values met in the row")
    }
  }
}
