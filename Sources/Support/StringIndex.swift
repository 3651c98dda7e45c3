/// Rows of a column of identifiers by their text: an open hash table of row numbers over the column's own bytes.
package struct StringIndex: ~Copyable {
  private let column: StringColumn
  /// A row each; -1 marks an empty slot.
  private let slots: UnsafeMutablePointer<Int32>
  private let mask: Int

  /// Of the first `count` rows, of all where it is nil. Of rows with the same text the first one is found.
  package init(_ column: StringColumn, count: Int? = nil) {
    let count = count ?? column.count
    var size = 16
    while size < 2 * count { size *= 2 }
    self.column = column
    mask = size - 1
    slots = .allocate(capacity: size)
    slots.initialize(repeating: -1, count: size)
    for row in 0..<count {
      let place = place(column.bytes(ofRow: row))
      if slots[place] < 0 { slots[place] = Int32(row) }
    }
  }

  deinit { slots.deallocate() }

  /// The row that has `text`; nil where none has.
  package func row(of text: UnsafeBufferPointer<UInt8>) -> Int32? {
    let row = slots[place(text)]
    return row < 0 ? nil : row
  }

  /// The slot of the row that has `text`, or the empty one where it belongs.
  private func place(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(text))
    var place = hasher.finalize() & mask
    while slots[place] >= 0, !column.bytes(ofRow: Int(slots[place])).elementsEqual(text) {
      place = (place + 1) & mask
    }
    return place
  }
}
