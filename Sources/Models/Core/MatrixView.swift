/// A row-major matrix in someone else's memory, to read: element (i, j) lies at `values[i * stride + j]`.
public struct MatrixView: BitwiseCopyable {
  @usableFromInline package let values: UnsafePointer<Float>
  @usableFromInline package let rows: Int
  @usableFromInline package let columns: Int
  /// Floats from one row to the next, at least `columns`.
  @usableFromInline package let stride: Int

  @inlinable
  package init(_ values: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int) {
    assert(rows >= 0 && columns >= 0 && stride >= columns, "a matrix has sizes, and its rows do not overlap")
    self.values = values
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// A matrix whose rows follow each other without gaps.
  @inlinable
  package init(_ values: UnsafePointer<Float>, rows: Int, columns: Int) {
    self.init(values, rows: rows, columns: columns, stride: columns)
  }

  /// The start of row `index`.
  @inlinable
  package func row(_ index: Int) -> UnsafePointer<Float> {
    assert(index >= 0 && index < rows, "the row is in the matrix")
    return values + index * stride
  }
}

extension MatrixView {
  /// The same matrix, to read.
  @inlinable
  package init(_ matrix: MutableMatrixView) {
    self.init(matrix.values, rows: matrix.rows, columns: matrix.columns, stride: matrix.stride)
  }
}

/// A row-major matrix in someone else's memory, to read and to write.
public struct MutableMatrixView: BitwiseCopyable {
  @usableFromInline package let values: UnsafeMutablePointer<Float>
  @usableFromInline package let rows: Int
  @usableFromInline package let columns: Int
  /// Floats from one row to the next, at least `columns`.
  @usableFromInline package let stride: Int

  @inlinable
  package init(_ values: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
    assert(rows >= 0 && columns >= 0 && stride >= columns, "a matrix has sizes, and its rows do not overlap")
    self.values = values
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// A matrix whose rows follow each other without gaps.
  @inlinable
  package init(_ values: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    self.init(values, rows: rows, columns: columns, stride: columns)
  }

  /// The start of row `index`.
  @inlinable
  package func row(_ index: Int) -> UnsafeMutablePointer<Float> {
    assert(index >= 0 && index < rows, "the row is in the matrix")
    return values + index * stride
  }
}

extension Matrix {
  /// All rows, to read.
  @inlinable package var view: MatrixView { view(0..<rows) }

  /// All rows, to read and to write.
  @inlinable package var mutableView: MutableMatrixView { mutableView(0..<rows) }

  /// Rows `range`, to read.
  @inlinable
  package func view(_ range: Range<Int>) -> MatrixView {
    assert(range.upperBound <= rows, "the rows are in the matrix")
    return MatrixView(row(range.lowerBound), rows: range.count, columns: columns, stride: stride)
  }

  /// Rows `range`, to read and to write.
  @inlinable
  package func mutableView(_ range: Range<Int>) -> MutableMatrixView {
    assert(range.upperBound <= rows, "the rows are in the matrix")
    return MutableMatrixView(row(range.lowerBound), rows: range.count, columns: columns, stride: stride)
  }
}
