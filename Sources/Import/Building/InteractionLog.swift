import Support

/// Interactions as they were read, in file order, users and items numbered by first appearance.
struct InteractionLog: ~Copyable {
  var users = IdentifierTable(field: "user")
  var items = IdentifierTable(field: "item")
  private(set) var user = GrowableBuffer<Int32>()
  private(set) var item = GrowableBuffer<Int32>()
  private(set) var timestamp = GrowableBuffer<Int64>()
  /// A label, 0 or 1, or in logs with actions the code of a `Dataset.Action`.
  private(set) var outcome = GrowableBuffer<UInt8>()

  /// Seconds since 1970 up to the year 9999: milliseconds, the usual mistake, lie above.
  static let timestamps: ClosedRange<Int64> = 0...253_402_300_799

  var count: Int { user.count }

  /// Adds one interaction and returns its item's row; where it throws, nothing was added.
  @inline(__always)
  @discardableResult
  mutating func append(
    user: Bytes, item: Bytes, timestamp: Int64, outcome: UInt8
  ) throws(MalformedLine) -> Int32 {
    let knownUser = users.find(user)
    let knownItem = items.find(item)
    if knownUser == nil { try users.check(user) }
    if knownItem == nil { try items.check(item) }
    self.user.append(knownUser ?? users.insert(user))
    let row = knownItem ?? items.insert(item)
    self.item.append(row)
    self.timestamp.append(timestamp)
    self.outcome.append(outcome)
    return row
  }

  /// Frees the interactions; users and items stay.
  mutating func removeInteractions() {
    user = GrowableBuffer()
    item = GrowableBuffer()
    timestamp = GrowableBuffer()
    outcome = GrowableBuffer()
  }

  @inline(__always)
  static func timestamp(_ spelling: Bytes, _ field: String) throws(MalformedLine) -> Int64 {
    guard let value = spelling.wholeNumber else {
      throw .notAWholeNumber(field: field, text: spelling.excerpt)
    }
    guard timestamps.contains(value) else {
      throw .outOfRange(
        field: field, text: spelling.excerpt,
        allowed: "seconds since 1970, 0 to \(timestamps.upperBound)")
    }
    return value
  }

  @inline(__always)
  static func rating(_ spelling: Bytes, _ field: String) throws(MalformedLine) -> Double {
    guard let value = spelling.decimalNumber else {
      throw .notANumber(field: field, text: spelling.excerpt)
    }
    guard value.isFinite else { throw .notFinite(field: field, text: spelling.excerpt) }
    return value
  }

  @inline(__always)
  static func label(_ spelling: Bytes) throws(MalformedLine) -> UInt8 {
    if spelling.spells("1") { return 1 }
    if spelling.spells("0") { return 0 }
    throw .notALabel(text: spelling.excerpt)
  }

  static func check(threshold: Double) throws(ImportError) {
    if !threshold.isFinite {
      throw .option(name: "threshold", value: "\(threshold)", allowed: "a finite rating")
    }
  }
}
