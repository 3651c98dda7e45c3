/// What the first rows of a table say of one of its columns.
struct ColumnSample {
  let name: String
  /// The type that a header of RecBole's gives: `token`, `token_seq`, `float`, `float_seq`. Nil for other headers.
  let type: String?
  private(set) var rows = 0
  /// Rows with a value.
  private(set) var present = 0
  private var numbers = 0
  private var fractions = 0
  private var times = 0
  private var dates = 0
  /// Values that are dates in each of the compact formats.
  private var compact = [Int](repeating: 0, count: TimeFormat.compact.count)
  private var sum = 0.0
  /// Values that are times in each of the formats.
  private var formatted = [Int](repeating: 0, count: TimeFormat.usual.count)
  /// Whether a value was a JSON list.
  private(set) var isList = false
  /// Values with each of the separators in them.
  private var separated = [0, 0]
  private(set) var lowest = Double.infinity
  private(set) var highest = -Double.infinity
  /// Values that came before.
  private var repeats = 0
  /// Up to `distinctLimit` different values.
  private(set) var distinct: Set<String> = []

  static let distinctLimit = 5000
  private static let separators = [UInt8(ascii: "|"), UInt8(ascii: ";")]
  /// Values with a space in them.
  private var spaced = 0
  /// Words of the first value.
  private(set) var words = 0

  init(_ name: String, type: String? = nil) {
    self.name = name
    self.type = type
  }

  mutating func add(_ text: Bytes?, count: Int) {
    rows += 1
    if count > 1 {
      isList = true
      present += 1
    }
    guard let text else { return }
    present += 1
    if text.contains(UInt8(ascii: " ")) { spaced += 1 }
    if words == 0 { words = text.split(separator: UInt8(ascii: " ")).count }
    let value = String(decoding: text, as: UTF8.self)
    if distinct.contains(value) {
      repeats += 1
    } else if distinct.count < ColumnSample.distinctLimit {
      distinct.insert(value)
    }
    for (index, separator) in ColumnSample.separators.enumerated() where text.contains(separator) {
      separated[index] += 1
    }
    if let number = text.decimalNumber, number.isFinite {
      numbers += 1
      if number != number.rounded() { fractions += 1 }
      lowest = min(lowest, number)
      highest = max(highest, number)
      sum += number
      if ColumnSample.isTime(number) { times += 1 }
      for index in compact.indices where compact[index] == present - 1 {
        if TimeFormat.compact[index].isCompactDate(text) { compact[index] += 1 }
      }
    } else if TimeReader.date(text) != nil {
      dates += 1
    } else {
      for index in formatted.indices {
        if TimeFormat.usual[index].time(text, utcOffset: 0) != nil { formatted[index] += 1 }
      }
    }
  }

  var isNumber: Bool { present > 0 && numbers == present }
  var isDate: Bool { isMostOf(dates) }
  /// Seconds, or their thousandths, since 1970 from 1973 on, or dates.
  var isTime: Bool { present > 0 && (times == present || isDate || !timeFormats.isEmpty) }

  /// Whether so many values are nearly all: real logs have some dates such as 0000-00-00.
  private func isMostOf(_ count: Int) -> Bool { count > 0 && count * 10 >= present * 9 }

  /// The formats, as strptime has them, in which most values are times.
  var timeFormats: [String] {
    let most = formatted.max() ?? 0
    return isMostOf(most)
      ? formatted.indices.filter { formatted[$0] == most }.map { TimeFormat.usual[$0].text } : []
  }

  /// What the values say that a user did, if they are known words for it; nil otherwise, or where nothing is only shown.
  var actions: (exposures: [String], actions: [(value: String, action: String)])? {
    guard (2...20).contains(distinct.count) else { return nil }
    var (exposures, actions) = ([String](), [(value: String, action: String)]())
    for value in distinct.sorted() {
      switch value.lowercased() {
      case "pv", "view", "impression", "exposure", "show", "shown": exposures.append(value)
      case "click", "clk": actions.append((value, "click"))
      case "cart", "addtocart", "add_to_cart": actions.append((value, "cart"))
      case "fav", "favourite", "favorite": actions.append((value, "favourite"))
      case "buy", "purchase", "transaction", "order": actions.append((value, "buy"))
      default: return nil
      }
    }
    return exposures.isEmpty || actions.isEmpty ? nil : (exposures, actions)
  }
  /// The mean of the numbers.
  var mean: Double { sum / Double(max(numbers, 1)) }

  /// Seconds from 1989 to 2100, or their thousandths, millionths or billionths.
  private static func isTime(_ number: Double) -> Bool {
    [1, 1e3, 1e6, 1e9].contains { (6e8...4.1e9).contains(number / $0) }
  }

  /// The format of numbers such as 20240131; the likeliest where there are several, and nil where there is none.
  var compactFormat: String? {
    present == 0
      ? nil : compact.firstIndex(of: present).map { TimeFormat.compact[$0].text }
  }
  /// Numbers such as 20240131.
  var isDay: Bool { compactFormat != nil }
  /// Dates that say the hour, as Avazu's YYMMDDHH.
  var isHour: Bool { compactFormat?.contains("%H") ?? false }
  /// A different value in every row says nothing of other rows.
  var isUnique: Bool {
    present >= 20 && repeats == 0 && fractions == 0 && !isList
  }
  var hasFractions: Bool { fractions > 0 }
  /// Titles, summaries: texts of several words, few of which come again.
  var isNearlyUniqueText: Bool {
    type == nil && present >= 20 && numbers == 0 && !isList && separator == nil && spaced * 2 > present
      && repeats * 10 <= present
  }
  /// Of a log's column that is not its time: a date, or a number of a time by its name.
  var isOtherTime: Bool {
    if isDate || !timeFormats.isEmpty { return true }
    let isNamed = UsualColumns.times.contains { $0.lowercased() == name.lowercased() }
    return isNamed && (isTime || isDay || isHour)
  }

  /// Whether the values may say how rows are labelled: numbers, or a few words.
  var mayBeLabel: Bool {
    let missing = Set(TableForm.usualMissing + TableForm.usualMissingIds)
    return rows == 0 || isNumber || (distinct.count <= 20 && !distinct.isSubset(of: missing))
  }

  /// Whether the name says a mean of what users did: `average_rating`.
  var isMean: Bool {
    let words = name.lowercased().split { !$0.isLetter }
    return ["avg", "average", "mean"].contains { words.first?.hasPrefix($0) ?? false }
  }

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

  /// What an import reads as 1 and as 0 by itself, and further words for yes and no.
  private static let ones: Set = ["1", "1.0", "true", "yes"]
  private static let zeros: Set = ["0", "0.0", "false", "no"]
  private static let yes = ones.union(["y", "t", "positive", "pos", "click", "clicked", "like", "liked"])
  private static let no = zeros.union(["n", "f", "negative", "neg"])

  /// The values that say yes, those that say no, and at most two others; nil where there are more of these, or none of the
  /// others.
  var answers: (positive: [String], negative: [String], others: [String])? {
    let values = distinct.sorted()
    let positive = values.filter { ColumnSample.yes.contains($0.lowercased()) }
    let negative = values.filter { ColumnSample.no.contains($0.lowercased()) }
    let others = values.filter { !positive.contains($0) && !negative.contains($0) }
    return positive.isEmpty || negative.isEmpty || others.count > 2 ? nil : (positive, negative, others)
  }

  /// Whether all values are 0 and 1, or words for them.
  var isFlag: Bool {
    present > 0
      && distinct.allSatisfy { ColumnSample.ones.contains($0.lowercased()) || ColumnSample.isZero($0) }
  }

  static func isZero(_ value: String) -> Bool { zeros.contains(value.lowercased()) }
}
