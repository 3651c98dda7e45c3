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
    trainPositives = dataset.train.positives
    splitRule = dataset.provenance.splitRule
    datasetDigest = digest
  }

  init(
    users: StringColumn, items: StringColumn, features: Features, trainSamples: Int, trainPositives: Int,
    splitRule: String, datasetDigest: String
  ) {
    self.users = users
    self.items = items
    self.features = features
    self.trainSamples = trainSamples
    self.trainPositives = trainPositives
    self.splitRule = splitRule
    self.datasetDigest = datasetDigest
  }

  /// w_g, the share of positives among the training samples (eq. 10).
  package var globalCTR: Double { Double(trainPositives) / Double(trainSamples) }

  /// A data set of these users and items in which nothing has happened yet.
  package func emptyDataset() -> Dataset {
    func offsets() -> Column<Int64> { Column(repeatElement(0, count: users.count + 1)) }
    func samples() -> Dataset.Samples {
      Dataset.Samples(
        offsets: offsets(), item: Column([]), label: Column([]), eventPosition: Column([]))
    }
    return Dataset(
      users: Dataset.Users(id: users, eventOffsets: offsets()),
      events: Dataset.Events(item: Column([]), timestamp: Column([]), label: Column([])), train: samples(),
      test: samples(), items: Dataset.Items(id: items), features: features,
      provenance: Dataset.Provenance(
        kind: "catalogue", splitRule: splitRule, seed: 0, negativeSampling: "none", settings: [:]))
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
