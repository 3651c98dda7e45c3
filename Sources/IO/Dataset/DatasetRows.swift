import Support

/// The rows of a data set's columns that belong to consecutive users.
package struct DatasetRows: Sendable, Equatable {
  package let users: Range<Int>
  package let events: Range<Int>
  package let train: Range<Int>
  package let test: Range<Int>

  /// Those of `users`, rows of `dataset`, whose offsets have been read.
  package init(of users: Range<Int>, in dataset: Dataset) {
    func rows(_ offsets: Column<Int64>) -> Range<Int> {
      Int(offsets[users.lowerBound])..<Int(offsets[users.upperBound])
    }
    self.users = users
    events = rows(dataset.users.eventOffsets)
    train = rows(dataset.train.offsets)
    test = rows(dataset.test.offsets)
  }

  /// The rows of the columns of a feature of `owner`, in the order of its parts; none for what belongs to items.
  package subscript(owner: FeatureOwner) -> [Range<Int>] {
    switch owner {
    case .users: [users]
    case .items: []
    case .samples: [train, test]
    case .events: [events]
    }
  }
}

extension Dataset {
  /// What a process that works on some users holds of a data set: its columns have the length of the file's, and addresses
  /// for all of it, but only the rows of these users are filled and take memory. Offsets, and what belongs to items, are
  /// whole.
  package struct Part: Sendable, Equatable, Codable {
    /// The users whose rows there are: whole blocks.
    package var users: Range<Int>
    /// The users whose identifiers and features there are: those, or more.
    package var names: Range<Int>
    /// Clicks among the training samples of all users.
    package var trainPositives: Int

    package init(users: Range<Int>, names: Range<Int>, trainPositives: Int) {
      self.users = users
      self.names = names
      self.trainPositives = trainPositives
    }
  }

  /// The users whose rows are there.
  package var heldUsers: Range<Int> { part?.users ?? 0..<users.count }

  /// Training samples with label 1, of all users.
  package var trainPositives: Int { part?.trainPositives ?? train.positives }
}

extension Dataset {
  /// The same data set without the rows that belong to users: those columns have their length in `memory`, for
  /// `DatasetFile.RowReader` to fill. Throws what `memory` throws.
  package func withoutRows(in memory: any MemorySource) throws -> Dataset {
    var empty = self
    empty.histories = [:]
    empty.users.id = StringColumn(
      width: users.id.width, bytes: try users.id.bytes.withoutValues(in: memory))
    empty.events.item = try events.item.withoutValues(in: memory)
    empty.events.timestamp = try events.timestamp.withoutValues(in: memory)
    empty.events.label = try events.label.withoutValues(in: memory)
    empty.train = try train.withoutValues(in: memory)
    empty.test = try test.withoutValues(in: memory)
    for owner in FeatureOwner.allCases where owner != .items {
      for index in features[owner].indices {
        empty.features[owner][index].columns = try features[owner][index].columns.map {
          try $0.withoutValues(in: memory)
        }
      }
    }
    return empty
  }
}

extension Dataset.Samples {
  fileprivate func withoutValues(in memory: any MemorySource) throws -> Dataset.Samples {
    Dataset.Samples(
      offsets: offsets, item: try item.withoutValues(in: memory), label: try label.withoutValues(in: memory),
      eventPosition: try eventPosition.withoutValues(in: memory),
      probability: try probability?.withoutValues(in: memory),
      timestamp: try timestamp?.withoutValues(in: memory), drawn: try drawn?.withoutValues(in: memory))
  }
}

extension FeatureColumn {
  fileprivate func withoutValues(in memory: any MemorySource) throws -> FeatureColumn {
    switch self {
    case .values(let values): .values(try values.withoutValues(in: memory))
    case .lists(let offsets, let values):
      .lists(
        offsets: try offsets.withoutValues(in: memory), values: try values.withoutValues(in: memory))
    case .numbers(let numbers, let missing):
      .numbers(
        try numbers.withoutValues(in: memory), missing: try missing?.withoutValues(in: memory))
    }
  }
}

extension Column {
  fileprivate func withoutValues(in memory: any MemorySource) throws -> Column {
    try Column(count, in: memory)
  }
}
