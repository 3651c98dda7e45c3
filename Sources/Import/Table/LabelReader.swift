/// Makes the labels of a log's records as a schema says.
struct LabelReader {
  private enum Rule {
    case positive
    case flag(Int)
    case named(Int)
    case threshold(Int)
    case ratio(Int, Int)
    case action(Int)
  }

  private let rule: Rule
  private let label: Schema.Label
  private let names: [String]
  private var positive: [[UInt8]] = []
  private var negative: [[UInt8]] = []
  /// Those of the values that are numbers, which 1.0 spells as well as 1.
  private var positiveNumbers: [Double] = []
  private var negativeNumbers: [Double] = []
  private var actions: ActionValues?
  private var ratings: RatingReader
  /// Records of which a column says "not rated".
  private(set) var notRated = LineTally()

  init(_ schema: Schema, _ columns: inout ColumnSet) throws(ImportError) {
    label = schema.label
    names = label.columns
    ratings = RatingReader(threshold: nil)
    switch label {
    case .unstated, .none, .impressions: rule = .positive
    case .credit(let credit):
      actions = ActionValues(credit)
      rule = .action(columns.slot(credit.column))
    case .values(let column, let positive, let negative):
      let slot = columns.slot(column)
      rule = positive.isEmpty && negative.isEmpty ? .flag(slot) : .named(slot)
      self.positive = positive.map { Array($0.utf8) }
      self.negative = negative.map { Array($0.utf8) }
      positiveNumbers = self.positive.compactMap { $0.withUnsafeBufferPointer(\.decimalNumber) }
      negativeNumbers = self.negative.compactMap { $0.withUnsafeBufferPointer(\.decimalNumber) }
    case .threshold(let names, let threshold, let notRated, let allowed):
      ratings = RatingReader(threshold: threshold, notRated: notRated, allowed: allowed)
      ratings.names = (schema.words.threshold, schema.words.notRated)
      try ratings.check()
      let first = columns.slot(names[0])
      rule = names.count > 1 ? .ratio(first, columns.slot(names[1])) : .threshold(first)
    }
  }

  /// The label of the present record, or with credit what the user did (`Dataset.Action`); nil where it is not rated.
  @inline(__always)
  mutating func label(_ reader: RecordReader) throws(MalformedLine) -> UInt8? {
    switch rule {
    case .positive: return 1
    case .flag(let slot): return try InteractionLog.label(reader.required(slot))
    case .named(let slot): return try named(reader.required(slot))
    case .threshold(let slot):
      let comma = reader.hasDecimalCommas
      return counted(try ratings.label(reader.required(slot), names[0], decimalComma: comma), reader)
    case .action(let slot): return try actions.unsafelyUnwrapped.code(of: reader.required(slot), names[0])
    case .ratio(let above, let below):
      let comma = reader.hasDecimalCommas
      let top = try InteractionLog.rating(reader.required(above), names[0], decimalComma: comma)
      let bottom = try InteractionLog.rating(reader.required(below), names[1], decimalComma: comma)
      guard bottom > 0 else {
        throw .outOfRange(field: names[1], text: try reader.required(below).excerpt, allowed: "above 0")
      }
      return counted(ratings.label(of: top / bottom), reader)
    }
  }

  private func named(_ spelling: Bytes) throws(MalformedLine) -> UInt8 {
    let text = spelling.trimmed
    if positive.contains(where: { text.elementsEqual($0) }) { return 1 }
    if negative.contains(where: { text.elementsEqual($0) }) { return 0 }
    if !positiveNumbers.isEmpty || !negativeNumbers.isEmpty, let number = text.decimalNumber {
      if positiveNumbers.contains(number) { return 1 }
      if negativeNumbers.contains(number) { return 0 }
    }
    if negative.isEmpty { return 0 }
    if positive.isEmpty { return 1 }
    throw .unknownLabel(field: names[0], text: spelling.excerpt)
  }

  private mutating func counted(_ label: UInt8?, _ reader: RecordReader) -> UInt8? {
    if label == nil { notRated.add(at: reader.lines.number) }
    return label
  }

  /// How many records were not rated since the last call, for the account of a file.
  mutating func takeNotRated() -> LineTally {
    defer { notRated = LineTally() }
    return notRated
  }

  /// What the values say about the threshold; nothing about that of a ratio.
  var warnings: [ImportWarning] { if case .threshold = rule { ratings.warnings } else { [] } }

  /// As it stands in the data set's provenance.
  var text: String {
    switch label {
    case .unstated, .none: return "every row is a positive"
    case .values(let column, let positive, let negative):
      if !positive.isEmpty { return "\(column) is \(positive.joined(separator: " or "))" }
      return negative.isEmpty ? column : "\(column) is not \(negative.joined(separator: " or "))"
    case .credit(let credit):
      let actions = credit.actions.map(\.value).joined(separator: ", ")
      return "\(actions) after the \(credit.exposures.joined(separator: " or ")), before the item's next one"
    case .impressions: return "the label of each item of a row"
    case .threshold(let columns, _, _, _): return ratings.text(columns.joined(separator: " / "))
    }
  }
}
