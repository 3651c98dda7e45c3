import Support

/// The values of a block's records.
extension RecordReader {
  /// Makes `value` that of a column of the present record.
  @inline(__always)
  func set(_ value: Bytes, _ slot: Int) { cells.pointer[slot * RecordReader.blockRows + place] = value }

  /// The values of a column of the block's records, untrimmed, by place.
  @inline(__always)
  func column(_ slot: Int) -> UnsafePointer<Bytes> {
    UnsafePointer(cells.pointer + slot * RecordReader.blockRows)
  }

  /// Puts the values of a column of the block's records into `column`, without spaces around them, and returns how many
  /// records there are. Empty where a record has none or more than one.
  func gather(_ slot: Int, into column: UnsafeMutablePointer<Bytes>) -> Int {
    let (cells, count) = (self.column(slot), block.count)
    for index in 0..<count { column[index] = cells[index].trimmed }
    return count
  }

  /// The same of `rows`, and without an address also where the value says that there is none.
  func gather(_ slot: Int, _ rows: TakenRecords, into column: UnsafeMutablePointer<Bytes>) {
    let cells = self.column(slot)
    for index in 0..<rows.count {
      let text = cells[rows[index].place].trimmed
      column[index] = missing.contains(text) ? Bytes(start: nil, count: 0) : text
    }
  }

  /// The value of a column without spaces around it, or nil where it has none or more than one.
  @inline(__always)
  func text(_ slot: Int, at place: Int) -> Bytes? {
    let cell = column(slot)[place]
    return cell.baseAddress == nil ? nil : present(cell.trimmed)
  }

  /// The same of the present record.
  @inline(__always)
  func text(_ slot: Int) -> Bytes? { text(slot, at: place) }

  /// As `text` of the present record, with the spaces.
  @inline(__always)
  func required(_ slot: Int) throws(MalformedLine) -> Bytes {
    let cell = column(slot)[place]
    if cell.baseAddress != nil && present(cell.trimmed) != nil { return cell }
    if cell.baseAddress != nil && cell.trimmed.count > 0 {
      throw .noValue(field: names[slot], text: cell.trimmed.excerpt)
    }
    throw !isCSV && list(slot, at: place).count < 0 ? .missingField(names[slot]) : .emptyField(names[slot])
  }

  /// How many values a column has: more than one where it is a JSON list.
  func count(_ slot: Int, at place: Int) -> Int { isCSV ? 1 : max(list(slot, at: place).count, 0) }

  /// Which of the block's values those of a column of JSON objects are.
  func list(_ slot: Int, at place: Int) -> ValueList { lists.pointer[place * names.count + slot] }

  /// The lists of the present record.
  var recordLists: UnsafeMutablePointer<ValueList> { lists.pointer + place * names.count }

  /// `text` unless it says that there is no value.
  @inline(__always)
  func present(_ text: Bytes) -> Bytes? {
    missing.contains(text) ? nil : text
  }
}

/// Which of the values of a block a column of a JSON object has.
struct ValueList: BitwiseCopyable {
  var start: Int
  /// -1 where the key is not there.
  var count: Int
  var isList: Bool

  static let absent = ValueList(start: 0, count: -1, isList: false)
}

/// A value that cannot be kept.
struct Loss {
  let place: Int
  let turn: Int
  let order: Int
  let reason: MalformedLine
}

/// A record of a reader's block.
struct TakenRecord: BitwiseCopyable {
  let place: Int
  /// Its time, in seconds since 1970.
  let timestamp: Int64
}

typealias TakenRecords = UnsafeBufferPointer<TakenRecord>
