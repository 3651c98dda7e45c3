/// Lists of rows of a table: list n is `rows[offsets[n] ..< offsets[n + 1]]`.
package struct RaggedRows: BitwiseCopyable {
  package var offsets: UnsafePointer<Int32>
  package var rows: UnsafePointer<Int32>

  package init(offsets: UnsafePointer<Int32>, rows: UnsafePointer<Int32>) {
    self.offsets = offsets
    self.rows = rows
  }

  @inline(__always)
  subscript(list: Int) -> UnsafeBufferPointer<Int32> {
    let start = Int(offsets[list])
    return UnsafeBufferPointer(start: rows + start, count: Int(offsets[list + 1]) - start)
  }
}

/// The values of one feature for the samples of a batch, or for the entries of one of its histories.
package struct FeatureValues: BitwiseCopyable {
  /// Of a feature with values: the local rows of each sample's.
  package var lists: RaggedRows?
  /// Of a number or a vector: [samples x width].
  package var numbers: UnsafeMutablePointer<Float>?
  /// Of a number: [samples] 1 where it is missing.
  package var missing: UnsafePointer<UInt8>?

  package init(lists: RaggedRows) { self.lists = lists }

  package init(numbers: UnsafeMutablePointer<Float>, missing: UnsafePointer<UInt8>? = nil) {
    self.numbers = numbers
    self.missing = missing
  }
}
