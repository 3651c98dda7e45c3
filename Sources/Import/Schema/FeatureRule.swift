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

    /// As it stands in the data set, without the file.
    package var text: String {
      switch self {
      case .column(let name): name
      case .time(let part): "time, as \(part.rawValue)"
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
  }

  package struct Categorical: Equatable, Sendable {
    /// Occurrences in the training part that a value needs for a row of its own.
    package var minimumCount = 1
    /// What separates the values of one field, empty for lists in brackets; a JSON list needs none. Nil for one value
    /// per field.
    package var separator: [UInt8]?
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

    package init(file: String, key: String, index: String, value: String) {
      self.file = file
      self.key = key
      self.index = index
      self.value = value
    }
  }

  /// The column that is read for it; nil where there is none.
  package var column: String? {
    if case .vector(.long) = kind { return nil }
    if case .column(let name) = source { return name }
    return nil
  }
}
