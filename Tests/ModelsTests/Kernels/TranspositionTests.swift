import Models
import Testing

@Suite struct TranspositionTests {
  /// Matrices with and without gaps between their rows, around the size of the squares that are transposed at once.
  @Test(arguments: [0, 3]) func transposes(gap: Int) {
    let arena = Arena()
    for rows in [1, 3, 8, 9, 16, 63] {
      for columns in [1, 7, 8, 20, 200] {
        arena.reset()
        let stride = columns + gap
        let x = arena.take(rows * stride, of: Float.self)
        for i in 0..<rows * stride { x[i] = Float(i) }
        let y = Transposition.transpose(
          MatrixView(x, rows: rows, columns: columns, stride: stride), in: arena)
        var same = (y.rows, y.columns, y.stride) == (columns, rows, rows)
        for i in 0..<rows {
          for j in 0..<columns where y.values[j * rows + i] != x[i * stride + j] { same = false }
        }
        #expect(same, "\(rows) x \(columns)")
      }
    }
  }
}
