import Support

/// What is needed to use a cloud model without the data set that it was trained on: to find the rows of users, items
/// and values by their names, to transform numbers, and to correct labels.
package struct Catalogue: Sendable {
  /// The identifier of each row of the users' tables.
  package var users: StringColumn
  /// The identifier of each row of the items' tables.
  package var items: StringColumn
  /// Of users and items whole; those of samples and events without rows.
  package var features: Features
  package var trainSamples: Int
  package var trainPositives: Int
  package var splitRule: String
  package var datasetDigest: String
  /// Seconds that the log's clock is ahead of UTC, for features that are parts of the time.
  package var utcOffset: Int64
  /// What samples know of their own second.
  package var sameTime: SameTime
  /// How the log was read, in the words of a schema; nil where nothing says it.
  package var reading: String?

  /// Of a data set whose content has this digest.
  package init(of dataset: Dataset, digest: String) {
    users = dataset.users.id
    items = dataset.items.id
    features = dataset.features
    for owner in [FeatureOwner.samples, .events] {
      for index in features[owner].indices {
        features[owner][index].columns = features[owner][index].columns.map(\.withoutRows)
      }
    }
    trainSamples = dataset.train.count
    trainPositives = dataset.trainPositives
    splitRule = dataset.provenance.splitRule
    datasetDigest = digest
    utcOffset = dataset.provenance.settings["utc_offset"].flatMap { Int64($0) } ?? 0
    sameTime = dataset.sameTime
    // Data sets of earlier versions have the whole schema.
    reading = dataset.provenance.settings[Dataset.Provenance.reading] ?? dataset.provenance.settings["schema"]
  }

  init(
    users: StringColumn, items: StringColumn, features: Features, trainSamples: Int, trainPositives: Int,
    splitRule: String, datasetDigest: String, utcOffset: Int64, sameTime: SameTime,
    reading: String?
  ) {
    self.users = users
    self.items = items
    self.features = features
    self.trainSamples = trainSamples
    self.trainPositives = trainPositives
    self.splitRule = splitRule
    self.datasetDigest = datasetDigest
    self.utcOffset = utcOffset
    self.sameTime = sameTime
    self.reading = reading
  }

  /// w_g, the share of positives among the training samples (eq. 10).
  package var globalCTR: Double { Double(trainPositives) / Double(trainSamples) }

  /// A data set of these users and items in which nothing has happened yet. What it has besides the catalogue is in
  /// `memory`; throws what that throws.
  package func emptyDataset(in memory: any MemorySource) throws -> Dataset {
    func samples() throws -> Dataset.Samples {
      Dataset.Samples(
        offsets: try Column(users.count + 1, in: memory), item: Column([]), label: Column([]),
        eventPosition: Column([]))
    }
    return Dataset(
      users: Dataset.Users(id: users, eventOffsets: try Column(users.count + 1, in: memory)),
      events: Dataset.Events(item: Column([]), timestamp: Column([]), label: Column([])),
      train: try samples(), test: try samples(), items: Dataset.Items(id: items), features: features,
      provenance: Dataset.Provenance(
        kind: "catalogue", splitRule: splitRule, seed: 0, negativeSampling: "none",
        settings: reading.map { [Dataset.Provenance.reading: $0] } ?? [:]))
  }

  /// The digest of the content: SHA-256, in hexadecimal, of a text that follows from the data set's `/parts` and the
  /// digests of what it says of users (docs/files.md).
  package func contentDigest() -> String {
    var digest = ContentDigest()
    digest.add("/items/id", items)
    var parts = [DatasetDigests.Part(path: "/items", digest: digest.finalize())] + features.digestsOfParts()
    digest = ContentDigest()
    digest.add("/users/id", users)
    parts.append(.init(path: "/users", digest: digest.finalize()))
    for feature in features[.users] {
      let path = Features.path(.users, feature.name)
      digest = ContentDigest()
      digest.add(path, feature.column, width: feature.vectorWidth, rows: nil)
      parts.append(.init(path: path, digest: digest.finalize()))
    }
    parts.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    var text = "\(FileKind.catalogue.rawValue) 1\ntrain \(trainSamples)\npositives \(trainPositives)\n"
    for part in parts { text += "part \(part.path) \(part.digest)\n" }
    return hexadecimal(Array(text.utf8).withUnsafeBytes(SHA256.digest))
  }
}

extension FeatureColumn {
  /// A column of the same kind with no rows.
  fileprivate var withoutRows: FeatureColumn {
    switch self {
    case .values: .values(Column([]))
    case .lists: .lists(offsets: Column([0]), values: Column([]))
    case .numbers: .numbers(Column([]), missing: nil)
    }
  }
}
