/// What became of every row of the sources of a data set, in its group `/import`: of an import, then of the subsets and
/// merges that followed. It is no part of the content.
package struct ImportRecord: Sendable, Equatable, Codable {
  /// A file, or a table of one, that rows were read from.
  package struct File: Sendable, Equatable, Codable {
    package var path: String
    /// Of the file's bytes as they lie on disk; empty where it is not known.
    package var sha256: String
    package var rows: Int
    package var used: Int

    package init(path: String, sha256: String, rows: Int, used: Int) {
      self.path = path
      self.sha256 = sha256
      self.rows = rows
      self.used = used
    }
  }

  package enum Outcome: String, Sendable, Codable {
    case leftOut = "left out"
    /// The row was used without one of its values.
    case lostValue = "no value"
  }

  /// Rows of one file with one outcome for one reason.
  package struct Rows: Sendable, Equatable, Codable {
    /// The place of their file.
    package var file: Int
    package var outcome: Outcome
    package var reason: String
    package var count: Int
    /// Line of the first, from 1, and what stood there; 0 and empty where it is not known.
    package var line: Int
    package var example: String

    package init(file: Int, outcome: Outcome, reason: String, count: Int, line: Int, example: String) {
      self.file = file
      self.outcome = outcome
      self.reason = reason
      self.count = count
      self.line = line
      self.example = example
    }
  }

  /// A column of a file, and whether anything was made of it.
  package struct Field: Sendable, Equatable, Codable {
    package var file: Int
    package var name: String
    package var isUsed: Bool

    package init(file: Int, name: String, isUsed: Bool) {
      self.file = file
      self.name = name
      self.isUsed = isUsed
    }
  }

  package var files: [File] = []
  package var rows: [Rows] = []
  package var fields: [Field] = []

  package init() {}

  /// Adds what followed, or what came from other sources.
  package mutating func append(_ other: ImportRecord) {
    let start = files.count
    files += other.files
    rows += other.rows.map { row in
      var row = row
      row.file += start
      return row
    }
    fields += other.fields.map { Field(file: $0.file + start, name: $0.name, isUsed: $0.isUsed) }
  }
}
