import Support

extension Features {
  /// The digests of the item side's features and of the vocabularies, and of the attributes that say what all features
  /// are.
  func digestsOfParts() -> [DatasetDigests.Part] {
    var parts: [DatasetDigests.Part] = []
    for feature in items {
      let path = Features.path(.items, feature.name)
      var digest = ContentDigest()
      digest.add(path, feature.column, width: feature.vectorWidth, rows: nil)
      parts.append(.init(path: path, digest: digest.finalize()))
    }
    for vocabulary in vocabularies {
      let path = Features.path(ofVocabulary: vocabulary.name)
      var digest = ContentDigest()
      digest.add(path + "/count", vocabulary.counts)
      switch vocabulary.content {
      case .values(let values, _, _): digest.add(path + "/value", values)
      case .hashed(let distinct): digest.add(path + "/distinct", distinct)
      }
      parts.append(.init(path: path, digest: digest.finalize()))
    }
    if !isEmpty {
      let text = Array(attributesText.utf8).withUnsafeBytes(SHA256.digest)
      parts.append(.init(path: "/features", digest: hexadecimal(text)))
    }
    return parts
  }

  /// One line `PATH@NAME=VALUE` per attribute of a feature or vocabulary, but for words that only describe.
  private var attributesText: String {
    var lines: [(path: String, attributes: [FeatureAttribute])] = []
    for owner in FeatureOwner.allCases {
      for (index, feature) in self[owner].enumerated() {
        lines.append((Features.path(owner, feature.name), FeatureAttribute.of(feature, index: index)))
      }
    }
    for vocabulary in vocabularies {
      lines.append((Features.path(ofVocabulary: vocabulary.name), FeatureAttribute.of(vocabulary)))
    }
    lines.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return lines.reduce(into: "") { text, line in
      for attribute in line.attributes { text += "\(line.path)@\(attribute.name)=\(attribute.digestText)\n" }
    }
  }

  /// Adds a block's rows of the features of events, samples and users, in the order of the bytes of their paths.
  func addUserSide(
    to digest: inout ContentDigest, users: Range<Int>, events: Range<Int>, train: Range<Int>, test: Range<Int>
  ) {
    for (owner, feature) in byPath {
      let path = Features.path(owner, feature.name)
      switch owner {
      case .users: digest.add(path, feature.column, width: feature.vectorWidth, rows: users)
      case .events: digest.add(path, feature.column, width: feature.vectorWidth, rows: events)
      case .samples:
        digest.add(path + "/test", feature.columns[1], width: feature.vectorWidth, rows: test)
        digest.add(path + "/train", feature.columns[0], width: feature.vectorWidth, rows: train)
      case .items: break
      }
    }
  }
}

extension ContentDigest {
  /// Adds the columns of a feature at `path`, in the order of the bytes of their names: those of `rows`, or of all.
  mutating func add(_ path: String, _ column: FeatureColumn, width: Int?, rows: Range<Int>?) {
    let columns = width ?? 1
    let rows = rows ?? 0..<column.count(width: columns)
    switch column {
    case .values(let values): add(path + "/values", values, rows: rows)
    case .lists(let offsets, let values):
      add(path + "/offsets", offsets: offsets, of: rows)
      add(path + "/values", values, rows: Int(offsets[rows.lowerBound])..<Int(offsets[rows.upperBound]))
    case .numbers(let numbers, let missing):
      if let missing { add(path + "/missing", missing, rows: rows) }
      withExtendedLifetime(numbers) {
        add(
          path + "/values",
          UnsafeBufferPointer(
            rebasing: numbers.values[rows.lowerBound * columns..<rows.upperBound * columns]),
          shape: width.map { [rows.count, $0] })
      }
    }
  }
}
