/// What became of the rows of one file.
package struct RowAccount: Equatable, Sendable {
  /// Something that happened to rows or values, how often, and the first time as an example.
  package struct Entry: Equatable, Sendable {
    /// In words that complete "3 rows: ...", without the value itself.
    package var what: String
    package var count: Int
    /// Line of the first time, from 1; 0 where it is not known.
    package var line: Int
    /// What stood there, ready to print; empty where the line says enough.
    package var example: String
    /// Whether it was asked for, or lies in the nature of the file: no sign of a mistake.
    package var isExpected = false
  }

  package let file: String
  /// Rows read: every line that is neither blank nor the header.
  package var rows = 0
  /// Why rows were left out.
  package private(set) var leftOut: [Entry] = []
  /// Values that were lost while their rows were kept.
  package private(set) var lostValues: [Entry] = []
  package var usedColumns: [String] = []
  package var unusedColumns: [String] = []
  /// What was guessed about the file, and the option that says otherwise.
  package var guesses: [String] = []

  /// Kinds of reason that are told apart per file; a damaged file could make up any number.
  package static let kinds = 12

  /// Why rows are left out that say again what another one has said.
  package static let repeated = "they repeat the user, item and time of another row"

  package init(file: String) { self.file = file }

  package var leftOutRows: Int { leftOut.reduce(0) { $0 + $1.count } }
  package var usedRows: Int { rows - leftOutRows }

  /// Counts rows that are left out because of `what`.
  package mutating func leaveOut(
    _ what: String, count: Int = 1, line: Int, example: String = "", isExpected: Bool = false
  ) {
    RowAccount.add(
      Entry(what: what, count: count, line: line, example: example, isExpected: isExpected), to: &leftOut)
  }

  /// Counts values that are lost because of `what`.
  package mutating func lose(_ what: String, count: Int = 1, line: Int, example: String = "") {
    RowAccount.add(Entry(what: what, count: count, line: line, example: example), to: &lostValues)
  }

  private static func add(_ entry: Entry, to entries: inout [Entry]) {
    guard entry.count > 0 else { return }
    var entry = entry
    if entries.count >= kinds, !entries.contains(where: { $0.what == entry.what }) { entry.what = "other" }
    if let index = entries.firstIndex(where: { $0.what == entry.what }) {
      entries[index].count += entry.count
    } else {
      entries.append(entry)
    }
  }
}

/// How often something happened in a file and the line of the first time: for loops that must stay fast.
package struct LineTally: Equatable, Sendable {
  package private(set) var count = 0
  package private(set) var line = 0

  package init() {}

  @inline(__always)
  package mutating func add(at line: @autoclosure () -> Int) {
    if count == 0 { self.line = line() }
    count += 1
  }
}
