/// How the rows of a matrix divide among the virtual shards that share a pass: shard s has rows
/// `offsets[s] ..< offsets[s + 1]`.
///
/// Sums over samples never cross a shard's bounds: a shard's numbers then do not depend on which other shards are
/// computed beside it, that is, on the number of ranks.
public struct RowPartition: BitwiseCopyable {
  /// [shards + 1], rising from 0.
  public let offsets: UnsafePointer<Int>
  public let shards: Int

  public init(offsets: UnsafePointer<Int>, shards: Int) {
    self.offsets = offsets
    self.shards = shards
  }

  /// Rows of all shards.
  @inlinable public var count: Int { offsets[shards] }
  @inlinable public func rows(ofShard shard: Int) -> Range<Int> { offsets[shard]..<offsets[shard + 1] }
}

/// A view of row-major activations [rows x columns] whose memory an arena owns. A slice of columns is a
/// view with the same `stride`, so that fields are written where the next layer reads them.
public struct Matrix: BitwiseCopyable {
  public let values: UnsafeMutablePointer<Float>
  public let partition: RowPartition
  public let columns: Int
  /// Floats from one row to the next, at least `columns`.
  public let stride: Int

  public init(values: UnsafeMutablePointer<Float>, partition: RowPartition, columns: Int, stride: Int) {
    self.values = values
    self.partition = partition
    self.columns = columns
    self.stride = stride
  }

  /// An uninitialised matrix.
  public init(_ partition: RowPartition, columns: Int, in arena: Arena) {
    self.init(
      values: arena.take(partition.count * columns), partition: partition, columns: columns,
      stride: columns)
  }

  /// A matrix of zeros.
  public init(zeros partition: RowPartition, columns: Int, in arena: Arena) {
    self.init(
      values: arena.takeZeros(partition.count * columns), partition: partition, columns: columns,
      stride: columns)
  }

  @inlinable public var rows: Int { partition.count }
  @inlinable public func row(_ index: Int) -> UnsafeMutablePointer<Float> { values + index * stride }

  /// The view of columns `range` of every row.
  @inlinable
  public func columns(_ range: Range<Int>) -> Matrix {
    assert(range.lowerBound >= 0 && range.upperBound <= columns)
    return Matrix(
      values: values + range.lowerBound, partition: partition, columns: range.count, stride: stride)
  }
}
