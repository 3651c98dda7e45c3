import Models
import Support
import Testing

/// Products against sums in double precision, for shapes around every width and height of the kernels' tiles.
@Suite struct MatrixMultiplyTests {
  private static let sizes = [
    0, 1, 2, 5, 6, 7, 8, 9, 12, 15, 16, 17, 18, 31, 32, 33, 40, 47, 63, 80, 200, 300,
  ]

  private func numbers(_ count: Int, _ seed: UInt64) -> [Float] {
    var random = KeyedRandom(seed: seed)
    return (0..<count).map { _ in Float(random.uniform() - 0.5) }
  }

  /// Every start, with rows that lie further apart than they are long, whose gaps have to stay as they are.
  @Test(arguments: [false, true])
  func productsAreThoseOfDoublePrecision(transposedLeft: Bool) {
    var shapes = KeyedRandom(seed: 5)
    for trial in 0..<600 {
      let m = Self.sizes[shapes.below(Self.sizes.count)]
      let n = Self.sizes[shapes.below(Self.sizes.count)]
      let k = Self.sizes[shapes.below(Self.sizes.count)]
      let aStride = (transposedLeft ? m : k) + trial % 3
      let (bStride, cStride) = (n + trial % 2, n + trial % 5)
      let a = numbers((transposedLeft ? k : m) * aStride + 1, 1)
      let b = numbers(k * bStride + 1, 2)
      let before = numbers(m * cStride + 1, 3)
      let row = numbers(n + 1, 4)
      var c = before
      row.withUnsafeBufferPointer { row in
        let start: MatrixMultiply.Start =
          switch trial % 3 {
          case 0: .zero
          case 1: .sum
          default: .row(row.baseAddress!)
          }
        if transposedLeft {
          MatrixMultiply.multiplyTransposedLeft(m, n, k, a, aStride, b, bStride, &c, cStride, start: start)
        } else {
          MatrixMultiply.multiply(m, n, k, a, aStride, b, bStride, &c, cStride, start: start)
        }
      }
      var expected = before.map(Double.init)
      for i in 0..<m {
        for j in 0..<n {
          var sum = trial % 3 == 0 ? 0 : Double(trial % 3 == 1 ? before[i * cStride + j] : row[j])
          for p in 0..<k {
            let left = transposedLeft ? a[p * aStride + i] : a[i * aStride + p]
            sum += Double(left) * Double(b[p * bStride + j])
          }
          expected[i * cStride + j] = sum
        }
      }
      // Errors of a chain of k additions of terms below 1/4, in units of a float's precision.
      let tolerance = 1.2e-7 * Double(k + 4) / 4
      let wrong = c.indices.first { abs(Double(c[$0]) - expected[$0]) > tolerance }
      #expect(wrong == nil, "\(m) x \(n) x \(k), trial \(trial), element \(wrong ?? -1)")
    }
  }

  /// A row's bits are the same alone and among others: what makes results independent of how samples are
  /// divided among ranks.
  @Test func rowsDoNotDependOnTheirCompany() {
    for (n, k) in [(1, 80), (7, 20), (40, 80), (63, 200), (200, 63), (18, 300)] {
      let rows = 23
      let a = numbers(rows * k, 1)
      let b = numbers(k * n, 2)
      var together = [Float](repeating: 0, count: rows * n)
      MatrixMultiply.multiply(rows, n, k, a, k, b, n, &together, n, start: .zero)
      for first in 0..<rows {
        for count in 1...min(7, rows - first) {
          var alone = [Float](repeating: 0, count: count * n)
          a.withUnsafeBufferPointer {
            MatrixMultiply.multiply(
              count, n, k, $0.baseAddress! + first * k, k, b, n, &alone, n, start: .zero)
          }
          #expect(alone == Array(together[first * n..<(first + count) * n]), "\(n) x \(k)")
        }
      }
    }
  }

  @Test func transposes() {
    let arena = Arena()
    for rows in [1, 3, 8, 9, 16, 63] {
      for columns in [1, 7, 8, 20, 200] {
        let x = numbers(rows * columns, 9)
        let y = Transposition.transpose(x, rows: rows, columns: columns, in: arena)
        var same = true
        for i in 0..<rows {
          for j in 0..<columns where y[j * rows + i] != x[i * columns + j] { same = false }
        }
        #expect(same, "\(rows) x \(columns)")
      }
    }
  }
}
