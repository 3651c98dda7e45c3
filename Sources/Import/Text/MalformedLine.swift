import Support

/// What is wrong with a line, in words that complete "line 7: ...".
package enum MalformedLine: Error, Equatable, Sendable, CustomStringConvertible {
  case fieldCount(found: Int, expected: Int)
  case missingField(String)
  case emptyField(String)
  /// A field with a word that stands for no value.
  case noValue(field: String, text: String)
  /// `isDecimalComma`: a comma may stand before the fraction.
  case notANumber(field: String, text: String, isDecimalComma: Bool = false)
  case notAWholeNumber(field: String, text: String)
  /// Neither a number nor a date; `format` would read it.
  case notATime(field: String, text: String, format: String? = nil)
  /// A date where times are numbers, or a number where they are dates; `unit` is what the file's times are read as.
  case otherTime(field: String, text: String, isDate: Bool, unit: String, isGiven: Bool)
  /// A time with an exponent, which has lost its last digits.
  case roundedTime(field: String, text: String)
  /// A time that is not as the given format says.
  case notInFormat(field: String, text: String, format: String)
  case notFinite(field: String, text: String)
  case outOfRange(field: String, text: String, allowed: String)
  /// A label other than 0 and 1.
  case notALabel(text: String)
  /// A label that is none of the values that are one.
  case unknownLabel(field: String, text: String)
  /// A column of flags with a value other than 0 and 1.
  case notAFlag(field: String)
  /// An item without a label where each of a row has one.
  case noLabel(field: String, text: String)
  case notAString(field: String)
  /// An object, or a list within lists, where a value is expected.
  case notASingleValue(field: String)
  /// A list where one value is expected.
  case severalValues(field: String, count: Int)
  /// A vector of another width than it is said to have.
  case otherWidth(field: String, found: Int, width: Int)
  /// A value that a vocabulary does not have, which has no row for such values either.
  case unknownValue(field: String, text: String)
  case notUTF8(field: String)
  case containsNUL(field: String)
  case tooLong(field: String, bytes: Int, limit: Int)
  /// A quoted CSV field; columns are counted in bytes from 1.
  case quoting(column: Int, String)
  /// A JSON or Python object; columns are counted in bytes from 1.
  case syntax(column: Int, String)
  /// A line that says again what an earlier line has said.
  case repeated(String)

  /// A quoted field that may go on in the next line.
  static let openQuote = "a quote opens here and does not close on this line"

  package var description: String {
    switch self {
    case .fieldCount(let found, let expected):
      "\(counted(found, "field")) where \(expected) \(expected == 1 ? "is" : "are") expected"
    case .missingField(let field): "field \(field) is missing"
    case .emptyField(let field): "\(field) is empty"
    case .noValue(let field, let text):
      "\(field) is \(text), which stands for no value (missing: in a schema says what does)"
    case .notANumber(let field, let text, let isDecimalComma):
      "\(field) \(text) is not a number" + (isDecimalComma ? " (decimal: \",\" in a schema reads it)" : "")
    case .notAWholeNumber(let field, let text): "\(field) \(text) is not a whole number"
    case .notATime(let field, let text, let format):
      "\(field) \(text) is neither a number nor a date"
        + (format.map { "; log.time.format: \($0) in a schema reads it" } ?? "")
    case .roundedTime(let field, let text):
      "\(field) \(text) has an exponent, as programs write a rounded number: write all of its digits"
    case .otherTime(let field, let text, let isDate, let unit, let isGiven):
      "\(field) \(text) is a \(isDate ? "date" : "number"), but times are read as \(unit), as "
        + (isGiven
          ? "is given: give another --time-unit, or unit: in a schema"
          : "the first row's is: give --time-unit, or unit: in a schema")
    case .notInFormat(let field, let text, let format): "\(field) \(text) is no time in the format \(format)"
    case .notFinite(let field, let text): "\(field) \(text) is not finite"
    case .outOfRange(let field, let text, let allowed): "\(field) \(text) is out of range (\(allowed))"
    case .notALabel(let text): "label \(text) is neither 0 nor 1 (nor false, true, no, yes)"
    case .unknownLabel(let field, let text): "\(field) \(text) is neither a positive nor a negative value"
    case .severalValues(let field, let count):
      "\(field) has \(count) values where one is expected (list: says so)"
    case .notAFlag(let field): "\(field) is neither 0 nor 1"
    case .notASingleValue(let field):
      "\(field) is an object or a list where a value is expected (\(field).KEY is a column, too)"
    case .noLabel(let field, let text): "\(field) \(text) has no label 0 or 1 at its end"
    case .notAString(let field): "\(field) is not a string"
    case .otherWidth(let field, let found, let width):
      "\(field) has \(counted(found, "number")) where each row has \(width) (width: says how many)"
    case .unknownValue(let field, let text):
      "\(field) \(text) is not known, and there is no row for such values"
    case .notUTF8(let field): "\(field) is not UTF-8"
    case .containsNUL(let field): "\(field) contains a NUL byte"
    case .tooLong(let field, let bytes, let limit): "\(field) has \(bytes) bytes, more than \(limit)"
    case .quoting(let column, MalformedLine.openQuote):
      "column \(column): \(MalformedLine.openQuote); a row must be one line: write a break within a field as a space, or "
        + "give quotes: false in a schema where quotes are part of the text"
    case .quoting(let column, let what): "column \(column): \(what)"
    case .syntax(let column, let what): "column \(column): \(what)"
    case .repeated(let what): "\(what) is listed a second time"
    }
  }
}

extension MalformedLine {
  /// What is wrong without the value itself, under which lines are counted.
  package var kind: String {
    switch self {
    case .fieldCount(_, let expected): "not \(counted(expected, "field"))"
    case .noValue(let field, _): "\(field) has no value"
    case .roundedTime(let field, _): "\(field) has an exponent"
    case .otherTime(let field, _, let isDate, let unit, _):
      "\(field) is a \(isDate ? "date" : "number") where times are read as \(unit)"
    case .notANumber(let field, _, _): "\(field) is not a number"
    case .notAWholeNumber(let field, _): "\(field) is not a whole number"
    case .notATime(let field, _, _): "\(field) is neither a number nor a date"
    case .notInFormat(let field, _, let format): "\(field) is no time in the format \(format)"
    case .notFinite(let field, _): "\(field) is not finite"
    case .outOfRange(let field, _, let allowed): "\(field) is out of range (\(allowed))"
    case .notALabel: "the label is neither 0 nor 1"
    case .severalValues(let field, _): "\(field) has several values where one is expected"
    case .unknownLabel(let field, _): "\(field) is neither a positive nor a negative value"
    case .noLabel(let field, _): "\(field) has an item without a label 0 or 1 at its end"
    case .otherWidth(let field, _, let width): "\(field) does not have \(counted(width, "number"))"
    case .unknownValue(let field, _): "\(field) is not known, and there is no row for such values"
    case .tooLong(let field, _, let limit): "\(field) has more than \(limit) bytes"
    case .quoting: "quotes that do not fit"
    case .syntax: "no object in JSON or Python's form"
    case .repeated: "listed a second time"
    case .missingField, .emptyField, .notAFlag, .notASingleValue, .notAString, .notUTF8, .containsNUL:
      description
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// These bytes without white space around them.
  @inline(__always)
  package var trimmed: Bytes {
    // What nearly every field is: no space at either end.
    guard count > 0, self[0] <= 0x20 || self[0] == 0xC2 || self[count - 1] <= 0x20 || self[count - 1] == 0xA0
    else { return self }
    return slowlyTrimmed
  }

  @inline(never)
  private var slowlyTrimmed: Bytes {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
    var (first, last) = (0, count)
    while first < last {
      if isSpace(self[first]) {
        first += 1
      } else if last - first >= 2 && self[first] == 0xC2 && self[first + 1] == 0xA0 {
        // A space that does not break.
        first += 2
      } else {
        break
      }
    }
    while first < last {
      if isSpace(self[last - 1]) {
        last -= 1
      } else if last - first >= 2 && self[last - 2] == 0xC2 && self[last - 1] == 0xA0 {
        last -= 2
      } else {
        break
      }
    }
    return Bytes(rebasing: self[first..<last])
  }

  /// These bytes for a one-line message: quoted, control characters escaped, cut after 40 bytes.
  package var excerpt: String { excerpt(40) }

  /// The same, cut after `limit` bytes.
  func excerpt(_ limit: Int) -> String {
    var text = "\""
    for scalar in String(decoding: prefix(limit), as: UTF8.self).unicodeScalars {
      text += scalar.escaped(asASCII: false)
    }
    return text + (count > limit ? "\"..." : "\"")
  }
}
