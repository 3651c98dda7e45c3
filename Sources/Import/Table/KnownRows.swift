import Support

/// The rows of a column's identifiers in their table, found for a whole block of records at once.
struct KnownRows: ~Copyable {
  private let slot: Int
  private var column = GrowableBuffer<Bytes>()
  private var hashes = GrowableBuffer<UInt64>()
  private var rows = GrowableBuffer<Int32>()

  /// - Parameter slot: the column of the identifiers.
  init(_ slot: Int) { self.slot = slot }

  /// Looks the identifiers of the reader's block up in `table`.
  mutating func find(_ reader: RecordReader, in table: borrowing IdentifierTable) {
    let texts = column.resetUninitialized(RecordReader.blockRows)
    let count = reader.gather(slot, into: texts)
    table.find(
      texts, count: count, hashes.resetUninitialized(count), rows: rows.resetUninitialized(count))
  }

  /// The row of record `place` of the block; nil where it had none then, or where no block has been looked up.
  @inline(__always)
  subscript(place: Int) -> Int32? {
    guard place < rows.count, rows.pointer[place] >= 0 else { return nil }
    return rows.pointer[place]
  }
}
