import IO
import Support

/// What an import has done with every row: collected by every importer, printed at its end and kept in the
/// data set.
package struct ImportAccount: Equatable, Sendable {
  /// One per file, in the order of reading; the log first.
  package var files: [RowAccount] = []
  /// Where labels came from, for example `rating >= 4.0`.
  package var labelSource = ""
  /// Samples that are no sampled negatives, and how many of them have label 1.
  package var labelled = Labelled()
  /// The rule that parts samples, and how many of both parts train; nil where nothing was parted.
  package var split: Split?
  /// Rows of one user, item and time (and action, in logs that have them) beyond the first.
  package var repeats = 0
  /// Of these the samples that have another label than the first.
  package var otherLabels = OtherLabels()
  /// Whether repeats were kept.
  package var keepsRepeats = true
  /// Identifiers with spaces around them, which were taken off.
  package var trimmedIds = 0
  /// Times that had a fraction of a second, which orders rows and is not kept.
  package var fractionalTimes = 0
  /// Whether the first time of a file told that its times are millionths of seconds.
  package var hasMicroseconds = false
  /// The first and the last time of the log, seconds since 1970.
  package var times: ClosedRange<Int64>?
  package var users = Users()
  /// Users that a minimum of training samples leaves without samples; nil where there is no minimum.
  package var belowMinimum: BelowMinimum?
  package var items = 0
  /// Of data sets that were joined: users and items that several of them have.
  package var sharedUsers: Int?
  package var sharedItems: Int?
  /// Items that the file of items does not describe or gives no category; nil without such a file.
  package var itemsWithoutMetadata: Int?
  package var categories = Categories()
  /// Users and items without a row in the file that describes them; nil without such a file.
  package var usersWithoutRow: Int?
  package var itemsWithoutRow: Int?
  package var features: [Feature] = []
  /// Where negatives were sampled.
  package var negatives: Negatives?
  package var warnings: [ImportWarning] = []

  package init() {}

  package struct Users: Equatable, Sendable {
    package var all = 0
    /// Users with samples of one part alone.
    package var withoutTraining = 0
    package var withoutTest = 0
    /// Users with training and test samples: those that can be evaluated.
    package var withBoth = 0
    /// Users without any sample, but for those that a minimum leaves without.
    package var withoutSamples = 0

    package init() {}
  }

  package struct OtherLabels: Equatable, Sendable {
    package var count = 0
    /// The first of them in words.
    package var example = ""

    package init() {}

    static func example(user: String, item: String, time: Int64, _ first: UInt8, _ label: UInt8) -> String {
      "user \(quoted(user)), item \(quoted(item)), time \(time): \(first), then \(label)"
    }
  }

  package struct Negatives: Equatable, Sendable {
    package var drawn = 0
    /// Draws that met an item which must not be a negative, and were made again.
    package var redrawn = 0
    /// Those that were drawn before for the same positive.
    package var alike = 0
    /// Positives for which no item was left to draw, and which have no negatives.
    package var positivesWithout = 0
    /// Whether all of them were drawn for a data set that this one was made of.
    package var areKept = false

    package init() {}
  }

  package struct BelowMinimum: Equatable, Sendable {
    /// They have no more training samples than this.
    package var minimum: Int
    package var users = 0
    package var samples = 0

    package init(minimum: Int) { self.minimum = minimum }

    /// Adds a user of so many samples; of none, none.
    package mutating func add(_ samples: Int) {
      users += samples > 0 ? 1 : 0
      self.samples += samples
    }
  }

  package struct Split: Equatable, Sendable {
    package var rule: String
    package var training: Int
    package var samples: Int
  }

  package struct Labelled: Equatable, Sendable {
    package var samples = 0
    package var positives = 0

    package init() {}
  }

  /// What became of a feature's values.
  package struct Feature: Equatable, Sendable {
    /// Its owner and name: `items/brand`.
    package var path: String
    package var kind: String
    /// Rows that it could have a value in, and those where it has none.
    package var rows = 0
    package var missing = 0
    /// Different values, of categorical features; those of them that are rare, and the share of occurrences that have a
    /// rare one.
    package var values = 0
    package var rare = 0
    package var rareShare = 0.0
    /// Of hashed values: how many different ones there were, and how many share their row.
    package var collisions: (distinct: Int, colliding: Int)?

    package init(path: String, kind: String) {
      self.path = path
      self.kind = kind
    }

    package static func == (left: Feature, right: Feature) -> Bool {
      (left.path, left.kind, left.rows, left.missing) == (right.path, right.kind, right.rows, right.missing)
        && (left.values, left.rare, left.rareShare) == (right.values, right.rare, right.rareShare)
        && left.collisions.map { [$0.distinct, $0.colliding] }
          == right.collisions.map { [$0.distinct, $0.colliding] }
    }
  }

  package struct Categories: Equatable, Sendable {
    package var all = 0
    package var ofOneItem = 0

    package init() {}
  }
}

extension ImportAccount {
  /// Counts users, samples, times and categories of what was made.
  mutating func count(_ dataset: Dataset, hasItemsFile: Bool) {
    users = Users()
    users.all = dataset.users.count
    for user in 0..<dataset.users.count {
      let (training, test) = (dataset.train.rows(ofUser: user), dataset.test.rows(ofUser: user))
      switch (training.isEmpty, test.isEmpty) {
      case (false, false): users.withBoth += 1
      case (true, false): users.withoutTraining += 1
      case (false, true): users.withoutTest += 1
      case (true, true): users.withoutSamples += 1
      }
    }
    // They had samples.
    users.withoutSamples -= belowMinimum?.users ?? 0
    let samples = dataset.train.count + dataset.test.count
    let positives = dataset.train.positives + dataset.test.positives
    labelled.samples = samples - (negatives?.drawn ?? 0)
    labelled.positives = positives
    items = dataset.items.count
    split = Split(rule: dataset.provenance.splitRule, training: dataset.train.count, samples: samples)

    if dataset.events.count > 0 {
      let first = dataset.events.timestamp[0]
      let (least, most) = dataset.events.timestamp.reduce(into: (first, first)) {
        $0 = (min($0.0, $1), max($0.1, $1))
      }
      times = least...most
    }
    guard let (names, offsets, values) = dataset.categories else { return }
    var itemsOf = [Int32](repeating: 0, count: names.count)
    for category in values.values { itemsOf[Int(category)] += 1 }
    categories.all = itemsOf.count
    categories.ofOneItem = itemsOf.count { $0 == 1 }
    if hasItemsFile {
      itemsWithoutMetadata = (0..<dataset.items.count).count { offsets[$0] == offsets[$0 + 1] }
    }
  }
}
