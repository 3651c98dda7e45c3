import Support

/// A data set in memory, as `lcft-dataset` files hold it: flat columns, one row range per user.
///
/// A user's histories are prefixes of that user's events in time order: a sample names how many of its
/// user's events came before it and no history is ever materialised.
package struct Dataset: Sendable, Codable {
  package var users: Users
  package var events: Events
  package var train: Samples
  package var test: Samples
  package var items: Items
  package var features: Features
  package var provenance: Provenance
  /// The users cut into blocks. A version 2 file states the cut (`block_users`); for others the rule of
  /// `UserBlocks` gives it.
  package var blocks: UserBlocks
  /// Which users' rows there are; nil where all are.
  package var part: Part?
  /// Users' events of some kinds by themselves, where they have been picked out: made from the columns, not part of
  /// the file.
  package var histories: [String: Histories] = [:]

  package init(
    users: Users, events: Events, train: Samples, test: Samples, items: Items,
    features: Features = Features(), provenance: Provenance, blocks: UserBlocks? = nil
  ) {
    self.blocks = blocks ?? UserBlocks(users: users.count)
    self.users = users
    self.events = events
    self.train = train
    self.test = test
    self.items = items
    self.features = features
    self.provenance = provenance
  }

  package struct Users: Sendable, Codable {
    /// `/users/id`: the identifiers of the source, one per user.
    package var id: StringColumn
    /// `/users/event_offsets` [users + 1]: user u's events are rows `offsets[u] ..< offsets[u + 1]`.
    package var eventOffsets: Column<Int64>

    package init(id: StringColumn, eventOffsets: Column<Int64>) {
      self.id = id
      self.eventOffsets = eventOffsets
    }

    package var count: Int { id.count }
  }

  package struct Events: Sendable, Codable {
    /// `/events/item`: row in `/items`.
    package var item: Column<Int32>
    /// `/events/timestamp`: seconds since 1970; does not fall within a user.
    package var timestamp: Column<Int64>
    /// `/events/label`: 1 a positive event (review, high rating, click), 0 a negative one (low rating,
    /// exposure without a click).
    package var label: Column<UInt8>

    package init(item: Column<Int32>, timestamp: Column<Int64>, label: Column<UInt8>) {
      self.item = item
      self.timestamp = timestamp
      self.label = label
    }

    package var count: Int { item.count }
  }

  /// The events of one kind, in time order per user. A user's entries lie at the beginning of the rows that the user's
  /// events have in `Events`, so that each user's can be filled in alone.
  package struct Histories: Sendable, Codable {
    /// [events] items of the entries.
    package var item: Column<Int32>
    /// [events] the row in `Events` of each entry; nil when every event is an entry, or where it is not asked for.
    package var event: Column<Int64>?
    /// [events + users] how many entries precede each event of a user, and last how many there are in all;
    /// nil when every event is an entry.
    package var entriesBefore: Column<Int32>?

    package init(item: Column<Int32>, event: Column<Int64>?, entriesBefore: Column<Int32>?) {
      self.item = item
      self.event = event
      self.entriesBefore = entriesBefore
    }
  }

  package struct Samples: Sendable, Codable {
    /// `/users/train_offsets` or `/users/test_offsets` [users + 1].
    package var offsets: Column<Int64>
    /// The candidate: row in `/items`.
    package var item: Column<Int32>
    /// 0 or 1.
    package var label: Column<UInt8>
    /// How many of the user's events lie before this sample; its histories are drawn from those.
    package var eventPosition: Column<Int32>
    /// The true click probability, known only in a synthetic world.
    package var probability: Column<Float>?
    /// Seconds since 1970; needed to split the samples anew. Nil where the file does not tell.
    package var timestamp: Column<Int64>?
    /// 1 where the sample is not in the log but was drawn as a negative; nil where none is.
    package var drawn: Column<UInt8>?

    /// Samples with label 1.
    package var positives: Int { label.reduce(into: 0) { $0 += Int($1) } }

    package init(
      offsets: Column<Int64>, item: Column<Int32>, label: Column<UInt8>,
      eventPosition: Column<Int32>, probability: Column<Float>? = nil, timestamp: Column<Int64>? = nil,
      drawn: Column<UInt8>? = nil
    ) {
      self.offsets = offsets
      self.item = item
      self.label = label
      self.eventPosition = eventPosition
      self.probability = probability
      self.timestamp = timestamp
      self.drawn = drawn
    }

    package var count: Int { item.count }

    package func rows(ofUser user: Int) -> Range<Int> { Int(offsets[user])..<Int(offsets[user + 1]) }
  }

  package struct Items: Sendable, Codable {
    /// `/items/id`: the identifiers of the source, one per item.
    package var id: StringColumn

    package init(id: StringColumn) { self.id = id }

    package var count: Int { id.count }
  }

  /// Where a data set came from and by which rules; root attributes of the file.
  package struct Provenance: Sendable, Equatable, Codable {
    /// The setting that says how the log was read, in the words of a schema: for other tables of the same things.
    package static let reading = "reading"

    package struct Source: Sendable, Equatable, Codable {
      package var path: String
      /// SHA-256 of the file's bytes as they lie on disk, in hexadecimal.
      package var sha256: String

      package init(path: String, sha256: String) {
        self.path = path
        self.sha256 = sha256
      }
    }

    /// The command's name for the source: movielens, amazon, csv, synthetic.
    package var kind: String
    /// For example `timestamp <= 1385078400` or `first 0.8 of each user's samples`.
    package var splitRule: String
    package var seed: UInt64
    /// For example `uniform 1...9 per user`, or `none` where nothing is sampled.
    package var negativeSampling: String
    package var sources: [Source]
    /// Lines of the sources that were malformed and skipped.
    package var skippedLines: Int64
    /// Further settings worth keeping, by name.
    package var settings: [String: String]
    /// What became of the rows of the sources; nil where nothing says so.
    package var record: ImportRecord?

    package init(
      kind: String, splitRule: String, seed: UInt64, negativeSampling: String,
      sources: [Source] = [], skippedLines: Int64 = 0, settings: [String: String] = [:]
    ) {
      self.kind = kind
      self.splitRule = splitRule
      self.seed = seed
      self.negativeSampling = negativeSampling
      self.sources = sources
      self.skippedLines = skippedLines
      self.settings = settings
    }
  }

  /// Positives over samples of all users' training parts: w_g of the paper's eq. 10. NaN without samples.
  package var globalCTR: Double { Double(trainPositives) / Double(train.count) }
}
