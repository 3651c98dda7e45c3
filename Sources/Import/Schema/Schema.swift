import IO
import Support

/// What the columns of a log's files are, and how they become a data set: what a schema file says.
package struct Schema: Equatable, Sendable {
  /// The command's name for the source, for the data set's provenance.
  package var kind = "table"
  package var log: Log
  package var label = Label.unstated
  /// Where every row is a positive.
  package var negatives = NegativeSampling()
  /// Where every row is a positive: whether a user's first row, with an empty history, is a sample too.
  package var keepFirst = false
  /// Known when an item is shown.
  package var sampleFeatures: [FeatureRule] = []
  /// Known afterwards: for histories only.
  package var eventFeatures: [FeatureRule] = []
  package var users: Entities?
  package var items: Entities?
  /// A second log, whose rows are events and never samples.
  package var history: History?
  package var split = Split.fraction(0.8)
  /// Nil for what fits the label: `exclude` where rows are exposures, `before` otherwise.
  package var sameTime: SameTime?
  package var repeats = RepeatedRows.first
  /// Only users with more training samples than this have samples; nil for all users.
  package var minimumTrainingSamples: Int?
  package var malformed = MalformedLines.fail
  package var seed: UInt64 = 1
  /// The file's text, kept in the data set.
  package var text = ""
  /// Further settings that the data set keeps.
  package var settings: [String: String] = [:]
  /// What messages call the settings.
  package var words = Words()

  package init(log: Log) { self.log = log }

  /// The log's files, read one after the other as if they were one.
  package struct Log: Equatable, Sendable {
    package var files: [String]
    package var form = TableForm()
    package var user: String
    package var item: String
    package var time: Time
    /// Rows outside these days, of the log's clock, are left out; nil for none.
    package var days: ClosedRange<CalendarDay>?
    /// Where a row holds a whole page of items, each with its label, in the column `item`.
    package var impressions: Impressions?
    /// A column of items that the user had before, without times.
    package var history: ListColumn?
    /// What was guessed to make this schema, for the account.
    package var guesses: [String] = []

    package init(files: [String], user: String, item: String, time: Time) {
      self.files = files
      self.user = user
      self.item = item
      self.time = time
    }
  }

  /// Items of one row that are samples of their own: `N55689-1 N35729-0`.
  package struct Impressions: Equatable, Sendable {
    /// What stands between items.
    package var separator: [UInt8]
    /// What stands between an item and its label, at its last place.
    package var label: [UInt8]
  }

  /// A column with several values in a field.
  package struct ListColumn: Equatable, Sendable {
    package var column: String
    package var separator: [UInt8]
  }

  package struct Time: Equatable, Sendable {
    package var column: String
    /// Nil where the first time tells it.
    package var unit: TimeUnit?
    /// As strptime takes it, instead of a unit.
    package var format: TimeFormat?
    /// Seconds that the log's clock is ahead of UTC: for dates without a zone, for days and hours.
    package var utcOffset: Int64 = 0

    package init(column: String) { self.column = column }
  }

  /// Where labels come from.
  package enum Label: Equatable, Sendable {
    /// Every row is a positive, unless a column looks like a label.
    case unstated
    /// Every row is a positive, whatever its columns are called.
    case none
    /// The values of label 1 and of label 0. With neither, 1 and 0, true and false, yes and no; with one of them, all
    /// others are the other label.
    case values(column: String, positive: [String], negative: [String])
    /// 1 from a threshold on, of a column or of a ratio of two. Rows with a value of `notRated` are left out.
    /// Values outside `allowed` are malformed.
    case threshold(
      columns: [String], atLeast: Double?, notRated: [Double], allowed: ClosedRange<Double>? = nil)
    /// Rows are exposures and actions; an exposure's label is 1 if an action is credited to it.
    case credit(Credit)
    /// Each item of a row stands with its own label.
    case impressions

    /// The columns that labels are made of.
    package var columns: [String] {
      switch self {
      case .unstated, .none, .impressions: []
      case .values(let column, _, _): [column]
      case .threshold(let columns, _, _, _): columns
      case .credit(let credit): [credit.column]
      }
    }
  }

  /// Labels that follow from later rows (`ActionCredit`).
  package struct Credit: Equatable, Sendable {
    package var column: String
    /// Values that say that an item was shown.
    package var exposures: [String]
    /// Values that say what a user did, and what that is.
    package var actions: [NamedAction]
    package var window: ActionCredit.Window
  }

  /// A value of a column that says what a user did.
  package struct NamedAction: Equatable, Sendable {
    package var value: String
    package var action: Dataset.Action
  }

  /// What is known of users or items: by a file with a row for each, or by the log's own rows.
  package struct Entities: Equatable, Sendable {
    /// Nil for the log, whose first row of a user or item says it.
    package var file: String?
    package var form = TableForm()
    /// The file's column of the log's user or item.
    package var key: String
    package var features: [FeatureRule] = []

    package init(file: String?, key: String) {
      self.file = file
      self.key = key
    }
  }

  /// Which samples train.
  package enum Split: Equatable, Sendable {
    /// All but those of the log's last days.
    case lastDays(Int)
    case time(Int64)
    case fraction(Double)
    /// Those of the log's first days.
    case firstDays(Int)
  }

  /// All files that the schema names.
  package var files: [String] {
    var files = log.files + (history?.files ?? [])
    for entities in [users, items].compactMap(\.self) {
      if let file = entities.file { files.append(file) }
      for case .vector(.long(let long)) in entities.features.map(\.kind) { files.append(long.file) }
    }
    return files
  }
}
