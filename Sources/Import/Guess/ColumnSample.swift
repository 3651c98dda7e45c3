/// What the first rows of a table say of one of its columns.
struct ColumnSample {
  let name: String
  private(set) var rows = 0
  /// Rows with a value.
  private(set) var present = 0
  private var numbers = 0
  private var fractions = 0
  private var times = 0
  private var dates = 0
  private var hours = 0
  /// Whether a value was a JSON list.
  private(set) var isList = false
  /// Values with each of the separators in them.
  private var separated = [0, 0]
  private(set) var lowest = Double.infinity
  private(set) var highest = -Double.infinity
  /// Up to `distinctLimit` different values.
  private(set) var distinct: Set<String> = []

  static let distinctLimit = 5000
  private static let separators = [UInt8(ascii: "|"), UInt8(ascii: ";")]
  private static let hourFormat = TimeFormat("%y%m%d%H")

  init(_ name: String) { self.name = name }

  mutating func add(_ text: Bytes?, count: Int) {
    rows += 1
    if count > 1 {
      isList = true
      present += 1
    }
    guard let text else { return }
    present += 1
    if distinct.count < ColumnSample.distinctLimit { distinct.insert(String(decoding: text, as: UTF8.self)) }
    for (index, separator) in ColumnSample.separators.enumerated() where text.contains(separator) {
      separated[index] += 1
    }
    if let number = text.decimalNumber, number.isFinite {
      numbers += 1
      if number != number.rounded() { fractions += 1 }
      lowest = min(lowest, number)
      highest = max(highest, number)
      if number >= 1e8 { times += 1 }
      // `20140101` would be read as an hour of 2020, too; years up to now begin with 0 to 2 then.
      if text.count == 8, ColumnSample.hourFormat?.seconds(text, utcOffset: 0) != nil { hours += 1 }
    } else if TimeReader.date(text) != nil {
      dates += 1
    }
  }

  var isNumber: Bool { present > 0 && numbers == present }
  var isDate: Bool { present > 0 && dates == present }
  /// Seconds, or their thousandths, since 1970 from 1973 on, or dates.
  var isTime: Bool { present > 0 && (times == present || dates == present) }
  /// YYMMDDHH as in Avazu's log.
  var isHour: Bool { present > 0 && hours == present }
  /// A different value in every row says nothing of other rows.
  var isUnique: Bool {
    present >= 20 && distinct.count == min(present, ColumnSample.distinctLimit) && fractions == 0
  }
  var hasFractions: Bool { fractions > 0 }

  /// Numbers that are amounts, not names of categories: with fractions, or so called.
  var isAmount: Bool {
    guard isNumber else { return false }
    if hasFractions { return true }
    let words = name.lowercased().split { !$0.isLetter }.map(String.init)
    let amounts = [
      "price", "count", "cnt", "num", "number", "amount", "size", "width", "height", "length", "duration",
      "dwell",
      "age", "year", "score", "rank", "position", "views", "likes", "ms", "seconds",
    ]
    return distinct.count > 20 && words.contains(where: amounts.contains)
  }

  /// What separates the values of a field where at least one field in ten has several.
  var separator: String? {
    if isList { return "|" }
    for (index, separator) in ColumnSample.separators.enumerated()
    where separated[index] * 10 >= present && separated[index] > 0 {
      return String(Unicode.Scalar(separator))
    }
    return nil
  }

  /// Whether all values are 0 and 1, or words for them.
  var isFlag: Bool {
    present > 0
      && distinct.allSatisfy {
        ["0", "1", "0.0", "1.0", "true", "false", "yes", "no"].contains($0.lowercased())
      }
  }
}
