/// Transposes row-major matrices.
package enum Transposition {
  /// x^T [columns x rows] in memory of `arena`, with x [rows x columns].
  package static func transpose(_ x: MatrixView, in arena: Arena) -> MatrixView {
    let result = arena.take(x.rows * x.columns, of: Float.self)
    transpose(x.values, x.stride, rows: x.rows, columns: x.columns, into: result)
    return MatrixView(result, rows: x.columns, columns: x.rows)
  }

  private static func transpose(
    _ x: UnsafePointer<Float>, _ stride: Int, rows: Int, columns: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    var row = 0
    while row + 8 <= rows {
      var column = 0
      while column + 8 <= columns {
        square(x + row * stride + column, stride, result + column * rows + row, rows)
        column += 8
      }
      for rest in column..<columns {
        for i in row..<row + 8 { result[rest * rows + i] = x[i * stride + rest] }
      }
      row += 8
    }
    for i in row..<rows {
      for j in 0..<columns { result[j * rows + i] = x[i * stride + j] }
    }
  }

  /// Eight rows of eight, in registers: neighbours change places one by one, then by twos, then by fours.
  @inline(__always)
  private static func square(
    _ x: UnsafePointer<Float>, _ stride: Int, _ y: UnsafeMutablePointer<Float>, _ yStride: Int
  ) {
    typealias Row = SIMD8<Float>
    @inline(__always) func row(_ i: Int) -> Row { Lanes8(x + i * stride).values }
    @inline(__always) func ones(_ a: Row, _ b: Row) -> (Row, Row) {
      (
        Row(a[0], b[0], a[2], b[2], a[4], b[4], a[6], b[6]),
        Row(a[1], b[1], a[3], b[3], a[5], b[5], a[7], b[7])
      )
    }
    @inline(__always) func twos(_ a: Row, _ b: Row) -> (Row, Row) {
      (
        Row(a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5]),
        Row(a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7])
      )
    }
    @inline(__always) func fours(_ a: Row, _ b: Row, _ i: Int) {
      Lanes8(values: Row(lowHalf: a.lowHalf, highHalf: b.lowHalf)).store(y + i * yStride)
      Lanes8(values: Row(lowHalf: a.highHalf, highHalf: b.highHalf)).store(y + (i + 4) * yStride)
    }
    let (a0, a1) = ones(row(0), row(1))
    let (a2, a3) = ones(row(2), row(3))
    let (a4, a5) = ones(row(4), row(5))
    let (a6, a7) = ones(row(6), row(7))
    let (b0, b2) = twos(a0, a2)
    let (b1, b3) = twos(a1, a3)
    let (b4, b6) = twos(a4, a6)
    let (b5, b7) = twos(a5, a7)
    fours(b0, b4, 0)
    fours(b1, b5, 1)
    fours(b2, b6, 2)
    fours(b3, b7, 3)
  }
}
