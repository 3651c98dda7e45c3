import Support

/// Identifiers numbered in the order of their first appearance: an open hash table over one block of
/// bytes, with no String and no allocation per identifier.
package struct IdentifierTable: ~Copyable {
  /// Longest identifier, in bytes: in a file each takes the room of the longest.
  package static let maximumBytes = 256

  /// What the identifiers are called in messages, for example `user`.
  package let field: String
  private var bytes = GrowableBuffer<UInt8>()
  /// Where each identifier ends in `bytes`.
  private var ends = GrowableBuffer<Int>()
  private var longest = 1
  /// The upper half of a hash and the row; row -1 marks an empty slot.
  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  /// Differs from run to run, so that no file can be made to collide; nothing depends on it.
  private let salt = UInt64.random(in: .min ... .max)

  private struct Slot: BitwiseCopyable {
    var hash: UInt32
    var row: Int32
  }

  package init(field: String) {
    self.field = field
    mask = 1023
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(hash: 0, row: -1), count: mask + 1)
  }

  deinit { slots.deallocate() }

  package var count: Int { ends.count }

  package subscript(row: Int) -> Bytes {
    let start = row == 0 ? 0 : ends.pointer[row - 1]
    return Bytes(start: bytes.pointer + start, count: ends.pointer[row] - start)
  }

  package func string(_ row: Int) -> String { String(decoding: self[row], as: UTF8.self) }

  /// The row of `identifier`, or nil if it has none.
  @inline(__always)
  package func find(_ identifier: Bytes) -> Int32? {
    let row = slots[place(identifier, hash(identifier))].row
    return row < 0 ? nil : row
  }

  /// That `identifier` may be added: not empty, not overlong, UTF-8 without NUL.
  package func check(_ identifier: Bytes) throws(MalformedLine) {
    if identifier.count == 0 { throw .emptyField(field) }
    if identifier.count > IdentifierTable.maximumBytes {
      throw .tooLong(field: field, bytes: identifier.count, limit: IdentifierTable.maximumBytes)
    }
    if identifier.contains(0) { throw .containsNUL(field: field) }
    if String(validating: identifier, as: UTF8.self) == nil { throw .notUTF8(field: field) }
  }

  /// The row of `identifier`, which has passed `check` if it has none yet.
  @inline(__always)
  package mutating func insert(_ identifier: Bytes) -> Int32 {
    let hash = hash(identifier)
    let place = place(identifier, hash)
    let row = slots[place].row
    return row >= 0 ? row : add(identifier, hash, at: place)
  }

  /// The identifiers as a file's column.
  package func column() -> StringColumn {
    let column = Column<UInt8>(uninitialized: count * longest)
    column.values.initialize(repeating: 0)
    for row in 0..<count {
      let identifier = self[row]
      for index in 0..<identifier.count { column.values[row * longest + index] = identifier[index] }
    }
    return StringColumn(width: longest, bytes: column)
  }

  /// Rows in the byte order of their identifiers.
  package func sortedRows() -> [Int32] {
    (0..<Int32(count)).sorted { first, second in
      let left = self[Int(first)]
      let right = self[Int(second)]
      let order = memcmp(
        left.baseAddress.unsafelyUnwrapped, right.baseAddress.unsafelyUnwrapped, min(left.count, right.count))
      return order == 0 ? left.count < right.count : order < 0
    }
  }

  @inline(never)
  private mutating func add(_ identifier: Bytes, _ hash: UInt64, at place: Int) -> Int32 {
    precondition(count < Int32.max, "rows are counted in 32 bits")
    let row = Int32(count)
    bytes.append(contentsOf: identifier)
    ends.append(bytes.count)
    longest = max(longest, identifier.count)
    slots[place] = Slot(hash: UInt32(truncatingIfNeeded: hash >> 32), row: row)
    if count * 2 > mask { grow() }
    return row
  }

  private mutating func grow() {
    slots.deallocate()
    mask = mask * 2 + 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(hash: 0, row: -1), count: mask + 1)
    for row in 0..<count {
      let hash = hash(self[row])
      var place = Int(truncatingIfNeeded: hash) & mask
      while slots[place].row >= 0 { place = (place + 1) & mask }
      slots[place] = Slot(hash: UInt32(truncatingIfNeeded: hash >> 32), row: Int32(row))
    }
  }

  /// The slot that holds `identifier`, or the empty one where it belongs.
  @inline(__always)
  private func place(_ identifier: Bytes, _ hash: UInt64) -> Int {
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = slots[place]
      if slot.row < 0 { return place }
      if slot.hash == tag {
        let known = self[Int(slot.row)]
        if known.count == identifier.count && known.elementsEqual(identifier) { return place }
      }
      place = (place + 1) & mask
    }
  }

  /// Eight bytes at a time, folded by a full-width product as in wyhash (github.com/wangyi-fudan/wyhash).
  @inline(__always)
  private func hash(_ identifier: Bytes) -> UInt64 {
    var hash = salt ^ UInt64(identifier.count)
    var index = 0
    while index < identifier.count {
      var word: UInt64 = 0
      if index + 8 <= identifier.count {
        word = UnsafeRawPointer(identifier.baseAddress.unsafelyUnwrapped + index)
          .loadUnaligned(as: UInt64.self)
        index += 8
      } else {
        while index < identifier.count {
          word = word << 8 | UInt64(identifier[index])
          index += 1
        }
      }
      let product = (hash ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
      hash = product.high ^ product.low
    }
    let product = (hash ^ 0xE703_7ED1_A0B4_28DB).multipliedFullWidth(by: 0x8EBC_6AF0_9C88_C6E3)
    return product.high ^ product.low
  }
}
