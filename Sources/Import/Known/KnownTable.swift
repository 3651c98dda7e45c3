import Foundation
import IO
import Support

/// Rows of users, items, times and labels with features, as text (separated values or JSON lines, plain or gzip) or HDF5:
/// what is asked of a model, or what a user has done since. The features are those of a catalogue or a data set; values
/// that it does not know are counted.
package struct KnownTable {
  /// Whether a column is looked for, and whether it must be there.
  package enum Need: Sendable { case none, optional, required }

  /// What the columns are. A name is nil where the usual ones are looked for.
  package struct Columns: Sendable {
    package var user: (need: Need, name: String?) = (.none, nil)
    package var item: (need: Need, name: String?) = (.required, nil)
    package var time: (need: Need, name: String?) = (.optional, nil)
    package var label: (need: Need, name: String?) = (.none, nil)
    /// The user that the table is about: where it has a column of users, rows of others are left out.
    package var onlyUser: String?
    /// Nil for that of the log, or else of the first time.
    package var timeUnit: TimeUnit?
    /// How the log was read, which the table is like.
    package var reading = LogReading()
    package var malformed = MalformedLines.fail

    package init() {}
  }

  /// Different users and items, in the order in which they come first; no users where the table is about one.
  package let users: StringColumn
  package let items: StringColumn
  /// [rows] each row's; empty where there is no such column.
  package let user: [Int32]
  package let item: [Int32]
  /// Seconds since 1970, and what is more in nanoseconds; the latter is empty where all times are whole seconds.
  package let time: [Int64]
  package let fraction: [Int32]
  package let label: [UInt8]
  /// [rows] 1 where a negative was drawn for the row before it, as data sets say it; empty where none is.
  package let drawn: [UInt8]
  /// Nanoseconds after a row's time.
  package func fraction(ofRow row: Int) -> Int32 { row < fraction.count ? fraction[row] : 0 }

  /// By owner, in the order of its features.
  package let features: [FeatureOwner: [FeatureColumn]]
  /// How many rows there are.
  package let count: Int
  package let account: RowAccount
  /// Vocabularies, and how many values of rows they do not have.
  package let unknownValues: [(vocabulary: String, count: Int)]
  /// Features without a column, which are missing in all rows: `samples/price`.
  package let withoutColumn: [String]

  /// Reads `path`. The features are those of `owners` among `features`. Throws `ImportError` and, of HDF5, file errors.
  package init(
    _ path: String, _ columns: Columns, _ features: Features, of owners: [FeatureOwner], utcOffset: Int64
  ) throws {
    // Its first line is looked at before it is read.
    try FileBytes.checkIsKept(path, mend: "write it to a file first")
    var columns = columns
    if PairColumns.isHDF5(path) {
      columns.reading = columns.reading.ofHDF5
      let text = try UnlinkedText(try PairColumns.csv(path), reportedAs: path)
      try self.init(text: text.path, path, columns, features, owners, utcOffset)
      withExtendedLifetime(text) {}
    } else {
      try self.init(text: path, path, columns, features, owners, utcOffset)
    }
  }

  private init(
    text: String, _ path: String, _ columns: Columns, _ features: Features, _ owners: [FeatureOwner],
    _ utcOffset: Int64
  ) throws(ImportError) {
    let table = try OpenTable(text, knownAs: path, columns, features, owners, utcOffset)
    var rows = KnownTableRows(table, only: columns.onlyUser)
    try rows.read()
    users = rows.users.column()
    items = rows.items.column()
    user = rows.user.array
    item = rows.item.array
    time = rows.time.array
    fraction = rows.fraction.array
    label = rows.label.array
    drawn = rows.drawn.array
    count = rows.count
    account = table.reader.lines.account
    unknownValues = table.features.vocabularies.filter { $0.unknown > 0 }.map { ($0.name, $0.unknown) }
    withoutColumn = table.known.withoutColumn
    self.features = rows.columns(features, owners)
  }
}

/// A text in a file without a name, for readers of files.
private final class UnlinkedText {
  /// Where the text can be read as long as this lives.
  var path: String { "/dev/fd/\(descriptor)" }
  private let descriptor: Int32

  init(_ text: String, reportedAs file: String) throws {
    var name = Array((FileManager.default.temporaryDirectory.path + "/lcft-XXXXXX").utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else {
      throw SystemError.failed(file: file, action: "copy to a temporary file", code: errno)
    }
    unlink(name)
    guard writeAll(text, to: descriptor), lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw SystemError.failed(file: file, action: "copy to a temporary file", code: errno)
    }
  }

  deinit { close(descriptor) }
}

extension GrowableBuffer {
  fileprivate var array: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
