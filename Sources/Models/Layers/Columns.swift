/// The columns of a matrix, taken from left to right: what is joined is written where the next layer reads it.
struct Columns {
  private let matrix: Matrix
  private var next = 0

  init(_ matrix: Matrix) { self.matrix = matrix }

  /// The next `count` columns.
  mutating func take(_ count: Int) -> Matrix {
    defer { next += count }
    return matrix.columns(next..<next + count)
  }
}
