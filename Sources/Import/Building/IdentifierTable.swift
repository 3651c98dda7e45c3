import CBytes
import Support

/// Identifiers numbered in the order of their first appearance: an open hash table over one block of
/// bytes, with no String and no allocation per identifier.
package struct IdentifierTable: ~Copyable {
  /// Longest identifier, in bytes: in a file each takes the room of the longest.
  package static let maximumBytes = 256

  /// What the identifiers are called in messages, for example `user`.
  package let field: String
  private var bytes = GrowableBuffer<UInt8>(staysInMemory: true)
  /// Where each identifier begins in `bytes`, and where the last one ends.
  private var starts = GrowableBuffer<Int>(staysInMemory: true)
  private var longest = 1
  /// The upper half of a hash and the row; row -1 marks an empty slot.
  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  /// Differs from run to run, so that no file can be made to collide; nothing depends on it.
  private let salt = UInt64.random(in: .min ... .max)

  /// Up to so many slots, less one, the whole table lies in a cache that is near.
  private static let smallMask = 4095

  private static let largeMask = 32767

  private struct Slot: BitwiseCopyable {
    var hash: UInt32
    var row: Int32
  }

  package init(field: String) {
    self.field = field
    mask = 1023
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(hash: 0, row: -1), count: mask + 1)
    starts.append(0)
  }

  deinit { slots.deallocate() }

  package var count: Int { starts.count - 1 }

  package subscript(row: Int) -> Bytes {
    let start = starts.pointer[row]
    return Bytes(start: bytes.pointer + start, count: starts.pointer[row + 1] &- start)
  }

  package func string(_ row: Int) -> String { String(decoding: self[row], as: UTF8.self) }

  /// The row of `identifier`, or nil if it has none.
  @inline(__always)
  package func find(_ identifier: Bytes) -> Int32? {
    let row = slots[place(identifier.hash(salt)) { $0.equals(identifier) }].row
    return row < 0 ? nil : row
  }

  /// The rows of `count` identifiers that a padded text has, -1 of those that have none. Big tables lie outside the
  /// caches: what is looked at is asked for ahead, for all of them, and waited for together.
  func find(
    _ identifiers: UnsafePointer<Bytes>, count: Int, _ hashes: UnsafeMutablePointer<UInt64>,
    rows: UnsafeMutablePointer<Int32>
  ) {
    for index in 0..<count {
      hashes[index] = identifiers[index].baseAddress == nil ? 0 : identifiers[index].paddedHash(salt)
      lcft_prefetch(slots + Int(truncatingIfNeeded: hashes[index]) & mask)
    }
    if mask > IdentifierTable.smallMask {
      for index in 0..<count {
        let row = slots[Int(truncatingIfNeeded: hashes[index]) & mask].row
        lcft_prefetch(bytes.pointer + starts.pointer[max(Int(row), 0)])
      }
    }
    for index in 0..<count {
      let (identifier, hash) = (identifiers[index], hashes[index])
      rows[index] = slots[place(hash) { $0.equals(padded: identifier) }].row
    }
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
    let hash = identifier.hash(salt)
    let place = place(hash) { $0.equals(identifier) }
    let row = slots[place].row
    return row >= 0 ? row : add(identifier, hash, at: place)
  }

  /// The identifiers as a file's column.
  package func column() -> StringColumn {
    StringColumn(count: count, width: longest) { row, target in
      let identifier = self[row]
      target.update(from: identifier.baseAddress!, count: identifier.count)
      return identifier.count
    }
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
    // So that each is padded.
    bytes.reserve(8)
    starts.append(bytes.count)
    longest = max(longest, identifier.count)
    slots[place] = Slot(hash: UInt32(truncatingIfNeeded: hash >> 32), row: row)
    // Large tables lie outside the caches, and a full one less far.
    if mask < IdentifierTable.largeMask ? count * 2 > mask : count * 4 > mask * 3 { grow() }
    return row
  }

  private mutating func grow() {
    slots.deallocate()
    mask = mask * 2 + 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(hash: 0, row: -1), count: mask + 1)
    for row in 0..<count {
      let hash = self[row].hash(salt)
      var place = Int(truncatingIfNeeded: hash) & mask
      while slots[place].row >= 0 { place = (place + 1) & mask }
      slots[place] = Slot(hash: UInt32(truncatingIfNeeded: hash >> 32), row: Int32(row))
    }
  }

  /// The slot of the identifier of this hash that `isIt`, or the empty one where it belongs.
  @inline(__always)
  private func place(_ hash: UInt64, _ isIt: (Bytes) -> Bool) -> Int {
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = slots[place]
      if slot.row < 0 { return place }
      if slot.hash == tag {
        if isIt(self[Int(slot.row)]) { return place }
      }
      place = (place + 1) & mask
    }
  }
}
