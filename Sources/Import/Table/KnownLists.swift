import Support

/// The rows of lists that have been met, by the text of the whole field: what a log says of an item, it says again and
/// again.
struct KnownLists: ~Copyable {
  /// More different lists than these are not remembered.
  private static let limit = 4096
  /// Texts of more bytes are not.
  private static let maximumBytes = 128

  private var texts = IdentifierTable(field: "list")
  private var rows = GrowableBuffer<Int32>()
  /// Where the rows of each text end in `rows`.
  private var ends = GrowableBuffer<Int>()
  private var hashes = GrowableBuffer<UInt64>()
  private var found = GrowableBuffer<Int32>()

  /// Finds the `count` texts from `start` on, of a padded text; -1 of those that are not known.
  mutating func find(_ start: UnsafePointer<Bytes>, count: Int) -> UnsafePointer<Int32> {
    let found = found.resetUninitialized(count)
    texts.find(start, count: count, hashes.resetUninitialized(count), rows: found)
    return UnsafePointer(found)
  }

  /// The rows of known text `index`.
  subscript(index: Int32) -> UnsafeBufferPointer<Int32> {
    let start = index == 0 ? 0 : ends.pointer[Int(index) - 1]
    return UnsafeBufferPointer(start: rows.pointer + start, count: ends.pointer[Int(index)] - start)
  }

  /// Remembers the rows of a text, unless it is known or there are too many.
  mutating func insert(_ text: Bytes, _ rows: UnsafeBufferPointer<Int32>) {
    let known = texts.count
    if text.count == 0 || text.count > KnownLists.maximumBytes || known == KnownLists.limit { return }
    _ = texts.insert(text)
    if texts.count == known { return }
    self.rows.append(contentsOf: rows)
    ends.append(self.rows.count)
  }
}
