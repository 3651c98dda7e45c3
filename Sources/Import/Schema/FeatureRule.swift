import IO

/// One feature as a schema declares it.
package struct FeatureRule: Equatable, Sendable {
  package var name: String
  package var source: Source
  package var kind: Kind

  package init(_ name: String, _ source: Source, _ kind: Kind) {
    self.name = name
    self.source = source
    self.kind = kind
  }

  package enum Source: Equatable, Sendable {
    case column(String)
    /// A part of the row's time, on the log's clock.
    case time(TimePart)
    /// The values of several columns, one after the other.
    case columns([String])
    /// The names of those columns whose field is 1.
    case flags([String])
    /// What the user did, as the label's column says.
    case label

    /// As it stands in the data set, without the file.
    package var text: String {
      switch self {
      case .column(let name): name
      case .time(let part): "time, as \(part.rawValue)"
      case .columns(let names): names.joined(separator: ", ")
      case .flags(let names): "flags " + names.joined(separator: ", ")
      case .label: "label"
      }
    }
  }

  package enum TimePart: String, CaseIterable, Sendable {
    /// 0 to 23
    case hour
    /// 1, Monday, to 7
    case weekday
    /// 1 to 31
    case day
    /// 1 to 12
    case month

    /// The part of a time, seconds since 1970.
    package func value(of timestamp: Int64, offset: Int64) -> Int {
      let day = CalendarDay(of: timestamp, offset: offset)
      switch self {
      case .hour: return Int((timestamp + offset - day.number * CalendarDay.seconds) / 3600)
      case .weekday:
        // 1970-01-01 was a Thursday.
        let days = (day.number + 3) % 7
        return Int(days < 0 ? days + 7 : days) + 1
      case .day: return Int(day.parts.day)
      case .month: return Int(day.parts.month)
      }
    }
  }

  package enum Kind: Equatable, Sendable {
    case categorical(Categorical)
    /// The steps that readers apply, in turn.
    case numeric([Step])
    case vector(Vector)

    var isCategorical: Bool { if case .categorical = self { true } else { false } }
  }

  /// Bytes of a feature's name; those of its vocabulary and table, with the owner before it, stay within
  /// `Features.nameBytes`.
  package static let nameBytes = 50

  /// Whether `name` can be the name of a feature in a schema.
  package static func isName(_ name: String) -> Bool {
    name.utf8.count <= nameBytes && Features.isName(name)
  }

  /// The name of a feature of the column `column`, another one than `names` has, which takes it: `a b` and `a_b` are two
  /// columns.
  static func name(ofColumn column: String, besides names: inout Set<String>) -> String {
    let whole = column.map { $0.isLetter || ($0.isASCII && $0.isNumber) || $0 == "-" ? $0 : "_" }
    let first = whole.isEmpty ? "_" : shortened(String(whole), to: nameBytes)
    var (name, number) = (first, 1)
    while !names.insert(name).inserted {
      number += 1
      let end = "_\(number)"
      name = shortened(first, to: nameBytes - end.utf8.count) + end
    }
    return name
  }

  private static func shortened(_ text: String, to bytes: Int) -> String {
    var text = text
    while text.utf8.count > bytes { text.removeLast() }
    return text
  }

  package struct Categorical: Equatable, Sendable {
    /// Occurrences in the training part that a value needs for a row of its own.
    package var minimumCount = 1
    /// What separates the values of one field, empty for lists in brackets; a JSON list needs none. Nil for one value
    /// per field.
    package var separator: [UInt8]?
    /// Of more different values of a row the last so many are kept: paths run from general to special.
    package var kept: Int?
    /// Whether values are a path that bullet points may follow, which are cut off (`CategoryPaths`).
    package var isPath = false
    /// Whether a row has a list of values even where fields hold one.
    package var isList = false
    /// Rows that values are hashed into; nil where each value has its own.
    package var hashRows: Int?
    package var vocabulary: String
    package var table: String

    package init(vocabulary: String, table: String) {
      self.vocabulary = vocabulary
      self.table = table
    }
  }

  package enum Step: Equatable, Sendable {
    case log
    case standardised
    /// Up to so many categories of about equal numbers of values.
    case quantiles(Int)

    /// What a schema calls the step; nil for no step.
    package init?(_ text: String) {
      switch text {
      case "log": self = .log
      case "standardised": self = .standardised
      default:
        guard text.hasPrefix("quantiles("), text.hasSuffix(")"),
          let count = Int(text.dropFirst("quantiles(".count).dropLast()), (2...1000).contains(count)
        else { return nil }
        self = .quantiles(count)
      }
    }
  }

  package enum Vector: Equatable, Sendable {
    /// A field holds all numbers of a row, or is a JSON list.
    case list(width: Int, separator: [UInt8])
    /// A file of its own holds a line for each number.
    case long(LongTable)
  }

  /// A file with a line per number of a vector: whose, which from 1 on, and the number.
  package struct LongTable: Equatable, Sendable {
    package var file: String
    package var key: String
    package var index: String
    package var value: String
    /// Numbers outside are malformed; nil where any is one.
    package var allowed: ClosedRange<Double>?

    package init(file: String, key: String, index: String, value: String) {
      self.file = file
      self.key = key
      self.index = index
      self.value = value
    }
  }

  /// The columns that are read for it.
  package var columns: [String] {
    if case .vector(.long) = kind { return [] }
    switch source {
    case .column(let name): return [name]
    case .columns(let names), .flags(let names): return names
    case .time, .label: return []
    }
  }
}
