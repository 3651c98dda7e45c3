/// A data set in memory, as `lcft-dataset` files hold it: flat columns, one row range per user.
///
/// A user's histories are prefixes of that user's events in time order: a sample names how many of its
/// user's events came before it and no history is ever materialised.
public struct Dataset: Sendable, Codable {
  public var users: Users
  public var events: Events
  public var train: Samples
  public var test: Samples
  public var items: Items
  public var categories: StringColumn
  public var provenance: Provenance
  /// Users' events of some kinds by themselves, where they have been picked out: made from the columns, not part of
  /// the file.
  public var histories: [String: Histories] = [:]

  public init(
    users: Users, events: Events, train: Samples, test: Samples, items: Items,
    categories: StringColumn, provenance: Provenance
  ) {
    self.users = users
    self.events = events
    self.train = train
    self.test = test
    self.items = items
    self.categories = categories
    self.provenance = provenance
  }

  public struct Users: Sendable, Codable {
    /// `/users/id`: the identifiers of the source, one per user.
    public var id: StringColumn
    /// `/users/event_offsets` [users + 1]: user u's events are rows `offsets[u] ..< offsets[u + 1]`.
    public var eventOffsets: Column<Int64>

    public init(id: StringColumn, eventOffsets: Column<Int64>) {
      self.id = id
      self.eventOffsets = eventOffsets
    }

    public var count: Int { id.count }
  }

  public struct Events: Sendable, Codable {
    /// `/events/item`: row in `/items`.
    public var item: Column<Int32>
    /// `/events/timestamp`: seconds since 1970; does not fall within a user.
    public var timestamp: Column<Int64>
    /// `/events/label`: 1 a positive event (review, high rating, click), 0 a negative one (low rating,
    /// exposure without a click).
    public var label: Column<UInt8>
    /// `/events/action`: the code of an `Action`; nil where the source does not tell exposures from actions.
    public var action: Column<UInt8>?

    public init(
      item: Column<Int32>, timestamp: Column<Int64>, label: Column<UInt8>, action: Column<UInt8>? = nil
    ) {
      self.item = item
      self.timestamp = timestamp
      self.label = label
      self.action = action
    }

    public var count: Int { item.count }
  }

  /// What the user did at an event, by its code in `/events/action`.
  public enum Action: UInt8, CaseIterable, Sendable {
    /// The item was shown, and the event records no action on it.
    case exposure = 0
    case click = 1
    case cart = 2
    case favourite = 3
    case buy = 4

    /// All codes and what they stand for: `0 exposure, 1 click, ...`.
    public static var legend: String {
      allCases.map { "\($0.rawValue) \($0)" }.joined(separator: ", ")
    }
  }

  /// The events of one kind of all users, in time order per user.
  public struct Histories: Sendable, Codable {
    /// Items of the entries.
    public var item: Column<Int32>
    /// The code of the action at each entry; nil where the kind does not tell actions apart.
    public var action: Column<UInt8>?
    /// [users + 1] where each user's entries start.
    public var offsets: Column<Int64>
    /// [events + users] how many entries precede each event of a user, and last how many there are in all;
    /// nil when every event is an entry.
    public var entriesBefore: Column<Int32>?

    public init(
      item: Column<Int32>, action: Column<UInt8>?, offsets: Column<Int64>, entriesBefore: Column<Int32>?
    ) {
      self.item = item
      self.action = action
      self.offsets = offsets
      self.entriesBefore = entriesBefore
    }
  }

  public struct Samples: Sendable, Codable {
    /// `/users/train_offsets` or `/users/test_offsets` [users + 1].
    public var offsets: Column<Int64>
    /// The candidate: row in `/items`.
    public var item: Column<Int32>
    /// 0 or 1.
    public var label: Column<UInt8>
    /// How many of the user's events lie before this sample; its histories are drawn from those.
    public var eventPosition: Column<Int32>
    /// The true click probability, known only in a synthetic world.
    public var probability: Column<Float>?

    public init(
      offsets: Column<Int64>, item: Column<Int32>, label: Column<UInt8>,
      eventPosition: Column<Int32>, probability: Column<Float>? = nil
    ) {
      self.offsets = offsets
      self.item = item
      self.label = label
      self.eventPosition = eventPosition
      self.probability = probability
    }

    public var count: Int { item.count }

    @inlinable
    public func rows(ofUser user: Int) -> Range<Int> { Int(offsets[user])..<Int(offsets[user + 1]) }
  }

  public struct Items: Sendable, Codable {
    public var id: StringColumn
    /// `/items/category_offsets` [items + 1] into `categories`; an item may have no category.
    public var categoryOffsets: Column<Int64>
    /// `/items/categories`: rows in `/categories`.
    public var categories: Column<Int32>
    public var genome: Genome?

    public init(
      id: StringColumn, categoryOffsets: Column<Int64>, categories: Column<Int32>,
      genome: Genome? = nil
    ) {
      self.id = id
      self.categoryOffsets = categoryOffsets
      self.categories = categories
      self.genome = genome
    }

    public var count: Int { id.count }
  }

  /// MovieLens's tag genome: a dense vector per item; an item without one has the mean of the others.
  public struct Genome: Sendable, Codable {
    public var width: Int
    /// `/items/genome` [items, width].
    public var values: Column<Float>
    /// `/items/genome_known` [items]: 1 where the source gave the vector, 0 where the mean stands in.
    public var known: Column<UInt8>

    public init(width: Int, values: Column<Float>, known: Column<UInt8>) {
      self.width = width
      self.values = values
      self.known = known
    }
  }

  /// Where a data set came from and by which rules; root attributes of the file.
  public struct Provenance: Sendable, Equatable, Codable {
    public struct Source: Sendable, Equatable, Codable {
      public var path: String
      /// SHA-256 of the file's bytes as they lie on disk, in hexadecimal.
      public var sha256: String

      public init(path: String, sha256: String) {
        self.path = path
        self.sha256 = sha256
      }
    }

    /// The command's name for the source: movielens, amazon, csv, synthetic.
    public var kind: String
    /// For example `timestamp <= 1385078400` or `first 0.8 of each user's samples`.
    public var splitRule: String
    public var seed: UInt64
    /// For example `uniform 1...9 per user`, or `none` where nothing is sampled.
    public var negativeSampling: String
    public var sources: [Source]
    /// Lines of the sources that were malformed and skipped.
    public var skippedLines: Int64
    /// Further settings worth keeping, by name.
    public var settings: [String: String]

    public init(
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
  public var globalCTR: Double {
    let positives = train.label.values.reduce(0) { $0 + Int($1) }
    return Double(positives) / Double(train.count)
  }
}
