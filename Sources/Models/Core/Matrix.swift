/// How the rows of a matrix divide among the virtual shards that share a pass: shard s has rows
/// `offsets[s] ..< offsets[s + 1]`.
///
/// Sums over samples never cross a shard's bounds: a shard's numbers then do not depend on which other shards are
/// computed together with it, that is, on the number of ranks.
public struct RowPartition: BitwiseCopyable {
  /// [shards + 1], rising from 0.
  @usableFromInline package let offsets: UnsafePointer<Int>
  @usableFromInline package let shards: Int

  package init(offsets: UnsafePointer<Int>, shards: Int) {
    self.offsets = offsets
    self.shards = shards
    assert(shards >= 0 && offsets[0] == 0 && isRising, "offsets rise from 0")
  }

  private var isRising: Bool { (0..<shards).allSatisfy { offsets[$0] <= offsets[$0 + 1] } }

  /// Rows of all shards.
  @inlinable package var count: Int { offsets[shards] }
  @inlinable
  package func rows(ofShard shard: Int) -> Range<Int> {
    assert(shard >= 0 && shard < shards, "the shard is one of the partition's")
    return offsets[shard]..<offsets[shard + 1]
  }
}

/// A view of row-major activations [rows x columns] whose memory an arena owns. A slice of columns is a
/// view with the same `stride`, so that fields are written where the next layer reads them.
public struct Matrix: BitwiseCopyable {
  @usableFromInline package let values: UnsafeMutablePointer<Float>
  @usableFromInline package let partition: RowPartition
  @usableFromInline package let columns: Int
  /// Floats from one row to the next, at least `columns`.
  @usableFromInline package let stride: Int

  @usableFromInline
  package init(values: UnsafeMutablePointer<Float>, partition: RowPartition, columns: Int, stride: Int) {
    assert(columns >= 0 && stride >= columns, "rows do not overlap")
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

  /// The start of row `index`, or, for `index` = `rows`, the end.
  @inlinable
  package func row(_ index: Int) -> UnsafeMutablePointer<Float> {
    assert(index >= 0 && index <= rows, "the row is in the matrix")
    return values + index * stride
  }

  /// The view of columns `range` of every row.
  @inlinable
  package func columns(_ range: Range<Int>) -> Matrix {
    assert(range.lowerBound >= 0 && range.upperBound <= columns, "the columns are in the matrix")
    return Matrix(
      values: values + range.lowerBound, partition: partition, columns: range.count, stride: stride)
  }
}
