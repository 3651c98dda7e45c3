/// How the rows of a matrix divide among the virtual shards that share a pass: shard s has rows
/// `offsets[s] ..< offsets[s + 1]`.
///
/// Sums over samples never cross a shard's bounds: a shard's numbers then do not depend on which other shards are
/// computed beside it, that is, on the number of ranks.
package struct RowPartition: BitwiseCopyable {
  /// [shards + 1], rising from 0.
  package let offsets: UnsafePointer<Int>
  package let shards: Int

  package init(offsets: UnsafePointer<Int>, shards: Int) {
    self.offsets = offsets
    self.shards = shards
  }

  /// Rows of all shards.
  @inlinable package var count: Int { offsets[shards] }
  @inlinable package func rows(ofShard shard: Int) -> Range<Int> { offsets[shard]..<offsets[shard + 1] }
}

/// A view of row-major activations [rows x columns] whose memory an arena owns. A slice of columns is a
/// view with the same `stride`, so that fields are written where the next layer reads them.
package struct Matrix: BitwiseCopyable {
  package let values: UnsafeMutablePointer<Float>
  package let partition: RowPartition
  package let columns: Int
  /// Floats from one row to the next, at least `columns`.
  package let stride: Int

  package init(values: UnsafeMutablePointer<Float>, partition: RowPartition, columns: Int, stride: Int) {
    self.values = values
    self.partition = partition
    self.columns = columns
    self.stride = stride
  }

  /// An uninitialised matrix.
  package init(_ partition: RowPartition, columns: Int, in arena: Arena) {
    self.init(
      values: arena.take(partition.count * columns), partition: partition, columns: columns,
      stride: columns)
  }

  /// A matrix of zeros.
  package init(zeros partition: RowPartition, columns: Int, in arena: Arena) {
    self.init(
      values: arena.takeZeros(partition.count * columns), partition: partition, columns: columns,
      stride: columns)
  }

  @inlinable package var rows: Int { partition.count }
  @inlinable package func row(_ index: Int) -> UnsafeMutablePointer<Float> { values + index * stride }

  /// The view of columns `range` of every row.
  @inlinable
  package func columns(_ range: Range<Int>) -> Matrix {
    assert(range.lowerBound >= 0 && range.upperBound <= columns)
    return Matrix(
      values: values + range.lowerBound, partition: partition, columns: range.count, stride: stride)
  }
}
