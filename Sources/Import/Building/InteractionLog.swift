import Support

/// Interactions as they were read, in file order, users and items numbered by first appearance.
struct InteractionLog: ~Copyable {
  var users = IdentifierTable(field: "user")
  var items = IdentifierTable(field: "item")
  private(set) var user = GrowableBuffer<Int32>()
  private(set) var item = GrowableBuffer<Int32>()
  private(set) var timestamp = GrowableBuffer<Int64>()
  /// Nanoseconds after `timestamp`; empty while all times are whole seconds.
  private(set) var fraction = GrowableBuffer<Int32>()
  /// A label, 0 or 1, or in logs with actions the code of a `Dataset.Action`; with `historyOnly` added for what is
  /// an event and no sample.
  private(set) var outcome = GrowableBuffer<UInt8>()

  /// Added to the outcome of what is an event and no sample.
  static let historyOnly: UInt8 = 0x80

  /// Identifiers that had spaces around them, which were taken off.
  private(set) var trimmed = 0

  /// Seconds since 1970 up to the year 9999: milliseconds, the usual mistake, lie above.
  static let timestamps: ClosedRange<Int64> = 0...253_402_300_799

  var count: Int { user.count }

  /// Adds one interaction and returns its item's row; where it throws, nothing was added.
  /// - Parameter known: the rows of the user and the item, where they have been found already.
  @inline(__always)
  @discardableResult
  mutating func append(
    user: Bytes, item: Bytes, at time: LogTime, outcome: UInt8,
    known: (user: Int32?, item: Int32?) = (nil, nil)
  ) throws(MalformedLine) -> Int32 {
    let (wholeUser, wholeItem) = (user.count, item.count)
    let (user, item) = (user.trimmed, item.trimmed)
    let knownUser = known.user ?? users.find(user)
    let knownItem = known.item ?? items.find(item)
    if knownUser == nil { try users.check(user) }
    if knownItem == nil { try items.check(item) }
    if user.count != wholeUser { trimmed += 1 }
    if item.count != wholeItem { trimmed += 1 }
    self.user.append(knownUser ?? users.insert(user))
    let row = knownItem ?? items.insert(item)
    self.item.append(row)
    append(time)
    self.outcome.append(outcome)
    return row
  }

  @inline(__always)
  private mutating func append(_ time: LogTime) {
    timestamp.append(time.seconds)
    if time.nanoseconds == 0 && fraction.count == 0 { return }
    while fraction.count < timestamp.count - 1 { fraction.append(0) }
    fraction.append(time.nanoseconds)
  }

  /// Adds an interaction of a known user, which is no sample, and returns its item's row; where it throws, nothing was
  /// added.
  @discardableResult
  mutating func appendHistory(
    user: Int32, item: Bytes, at time: LogTime, outcome: UInt8
  ) throws(MalformedLine) -> Int32 {
    let item = item.trimmed
    let known = items.find(item)
    if known == nil { try items.check(item) }
    let row = known ?? items.insert(item)
    self.user.append(user)
    self.item.append(row)
    append(time)
    self.outcome.append(outcome | InteractionLog.historyOnly)
    return row
  }

  /// The user of the interaction added last.
  var lastUser: Int32 { user.pointer[user.count - 1] }

  /// [users + 1]: where each user's interactions begin, where they stand user after user.
  func offsets() throws(ImportError) -> Column<Int64> {
    let offsets = Column<Int64>(uninitialized: users.count + 1)
    try checkMemory()
    offsets.values.initialize(repeating: 0)
    let counts = offsets.values.baseAddress.unsafelyUnwrapped + 1
    let user = user.pointer
    for rows in Pieces(count, bytesPerRow: MemoryLayout<Int32>.stride) {
      for row in rows { counts[Int(user[row])] += 1 }
    }
    for user in 0..<users.count {
      // An event's position within its user is stored in 32 bits.
      if counts[user] > Int64(Int32.max) {
        throw .tooMany(what: "events of user \(users.string(user))", limit: Int(Int32.max))
      }
      counts[user] += offsets[user]
    }
    return offsets
  }

  /// Puts the interactions in an `order` that is made of their users.
  mutating func arrange(_ order: RowOrder) throws(ImportError) {
    item = try order.arranged(item, missing: 0)
    timestamp = try order.arranged(timestamp, missing: 0)
    if fraction.count > 0 { fraction = try order.arranged(fraction, missing: 0) }
    outcome = try order.arranged(outcome, missing: 0)
    // Last, as the order is read from it.
    user = try order.arranged(user, missing: 0)
  }

  /// The first and the last time of the first `rows` interactions; nil where there are none.
  func times(ofFirst rows: Int) -> ClosedRange<Int64>? {
    let time = timestamp.pointer
    var (first, last) = (Int64.max, Int64.min)
    for rows in Pieces(min(rows, count), bytesPerRow: MemoryLayout<Int64>.stride) {
      for row in rows { (first, last) = (min(first, time[row]), max(last, time[row])) }
    }
    return first <= last ? first...last : nil
  }

  /// Frees the interactions; users and items stay.
  mutating func removeInteractions() {
    user = GrowableBuffer()
    item = GrowableBuffer()
    timestamp = GrowableBuffer()
    fraction = GrowableBuffer()
    outcome = GrowableBuffer()
  }

  @inline(__always)
  static func rating(
    _ spelling: Bytes, _ field: String, decimalComma: Bool = false
  ) throws(MalformedLine) -> Double {
    // JSON's numbers have a point in any case.
    let plain = (decimalComma ? spelling.amountWithComma : nil) ?? spelling.decimalNumber
    let number = plain ?? spelling.trimmed.decimalNumber
    guard let value = number else {
      throw .notANumber(
        field: field, text: spelling.excerpt, isDecimalComma: !decimalComma && spelling.hasDecimalComma)
    }
    guard value.isFinite else { throw .notFinite(field: field, text: spelling.excerpt) }
    return value
  }

  /// 1 or 0, also as 1.0 and 0.0, true and false, yes and no, in any case.
  @inline(__always)
  static func label(_ spelling: Bytes) throws(MalformedLine) -> UInt8 {
    if spelling.spells("1") { return 1 }
    if spelling.spells("0") { return 0 }
    return try slowLabel(spelling)
  }

  @inline(never)
  private static func slowLabel(_ spelling: Bytes) throws(MalformedLine) -> UInt8 {
    let text = spelling.trimmed
    if let number = text.decimalNumber, number == 0 || number == 1 { return number == 1 ? 1 : 0 }
    switch text.count < 6 ? String(decoding: text, as: UTF8.self).lowercased() : "" {
    case "true", "yes": return 1
    case "false", "no": return 0
    default: throw .notALabel(text: spelling.excerpt)
    }
  }
}
