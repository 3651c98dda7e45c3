/// How a text file holds records: separated values or one JSON object a line, plain or gzip.
package struct TableForm: Equatable, Sendable {
  package enum Format: String, CaseIterable, Sendable {
    case csv
    /// Strict JSON, or as Python prints a dict.
    case jsonl
  }

  /// Nil where the first line tells it.
  package var format: Format?
  /// One or two bytes between fields; nil where the first line tells it.
  package var delimiter: [UInt8]?
  /// Whether the first line names the columns; nil for yes unless `columns` are given.
  package var header: Bool?
  /// The names of all columns, for a file without a header or one with other names.
  package var columns: [String]?
  /// The column that may hold the delimiter itself: it takes what a line has too much of. Nil for none.
  package var rest: String?
  /// Whether a field may stand in quotes, and hold the delimiter then.
  package var quotes = true
  /// Whether ratings and numeric features have a comma before the fraction, and perhaps points between thousands.
  package var hasDecimalCommas = false
  /// Spellings of "no value".
  package var missing = TableForm.usualMissing
  /// Those of "no user" and "no item" besides; none where a file says itself what stands for no value.
  package var missingIds = TableForm.usualMissingIds

  package static let usualMissing = ["", "NA", "null", "\\N"]
  /// As databases, pandas and Python write them.
  package static let usualMissingIds = ["NULL", "null", "\\N", "None", "nan", "NaN"]

  package init() {}

  /// Delimiters that have a name.
  package static let namedDelimiters = [
    ("comma", ","), ("tab", "\t"), ("semicolon", ";"), ("bar", "|"), ("space", " "), ("double-colon", "::"),
  ]

  /// The delimiter that `text` says, by name or as it is; nil where it cannot be one.
  package static func delimiter(_ text: String) -> [UInt8]? {
    if let named = namedDelimiters.first(where: { $0.0 == text }) { return Array(named.1.utf8) }
    let bytes = Array((text == "\\t" ? "\t" : text).utf8)
    guard (1...2).contains(bytes.count),
      bytes.allSatisfy({ ![UInt8(ascii: "\""), 0, 0x0A, 0x0D].contains($0) })
    else { return nil }
    return bytes
  }
}
