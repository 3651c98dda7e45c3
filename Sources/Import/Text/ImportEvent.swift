/// What an importer tells while it works; the command line turns it into progress and log lines.
package enum ImportEvent: Equatable, Sendable {
  /// A file is being read: bytes on disk read so far, the file's size on disk (0 where unknown), lines.
  case reading(file: String, bytes: Int64, size: Int64, lines: Int)
  /// A malformed line was skipped; told for the first `reportedLines` of a file only.
  case skipped(file: String, line: Int, reason: MalformedLine)
  /// Rows of the data set are being put in order; users done.
  case arranging(users: Int, of: Int)
  /// A count worth a line in the log, for example of movies that have a genome vector.
  case note(String)
  /// What became of every row; told last.
  case account(ImportAccount)

  /// How many malformed lines of a file are told one by one.
  package static let reportedLines = 5
}

package typealias ImportProgress = (ImportEvent) -> Void
