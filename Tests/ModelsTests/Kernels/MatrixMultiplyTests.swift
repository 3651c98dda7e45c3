import Models
import Support
import Testing

/// Products against sums in double precision, for shapes around every width and height of the kernels' tiles.
@Suite struct MatrixMultiplyTests {
  private static let sizes = [
    0, 1, 2, 5, 6, 7, 8, 9, 12, 15, 16, 17, 18, 31, 32, 33, 40, 47, 63, 80, 200, 300,
  ]

  private let arena = Arena()

  private func numbers(_ count: Int, _ seed: UInt64) -> UnsafeMutablePointer<Float> {
    var random = KeyedRandom(seed: seed)
    let values = arena.take(count, of: Float.self)
    for i in 0..<count { values[i] = Float(random.uniform() - 0.5) }
    return values
  }

  /// Every start, with rows that lie further apart than they are long. The gaps must stay as they are.
  @Test(arguments: [false, true])
  func productsAreThoseOfDoublePrecision(transposedLeft: Bool) {
    var shapes = KeyedRandom(seed: 5)
    for trial in 0..<600 {
      arena.reset()
      let m = Self.sizes[shapes.below(Self.sizes.count)]
      let n = Self.sizes[shapes.below(Self.sizes.count)]
      let k = Self.sizes[shapes.below(Self.sizes.count)]
      let (aRows, aColumns) = transposedLeft ? (k, m) : (m, k)
      let (aStride, bStride, cStride) = (aColumns + trial % 3, n + trial % 2, n + trial % 5)
      let a = numbers(aRows * aStride, 1)
      let b = numbers(k * bStride, 2)
      let c = numbers(m * cStride, 3)
      let row = numbers(n, 4)
      let before = Array(UnsafeBufferPointer(start: c, count: m * cStride))
      let start: MatrixMultiply.Start =
        switch trial % 3 {
        case 0: .zero
        case 1: .sum
        default: .row(row)
        }
      let left = MatrixView(a, rows: aRows, columns: aColumns, stride: aStride)
      let right = MatrixView(b, rows: k, columns: n, stride: bStride)
      let result = MutableMatrixView(c, rows: m, columns: n, stride: cStride)
      if transposedLeft {
        MatrixMultiply.multiplyTransposedLeft(left, right, into: result, start: start)
      } else {
        MatrixMultiply.multiply(left, right, into: result, start: start)
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
      let wrong = before.indices.first { !(abs(Double(c[$0]) - expected[$0]) <= tolerance) }
      #expect(wrong == nil, "\(m) x \(n) x \(k), trial \(trial), element \(wrong ?? -1)")
    }
  }

  /// A row's bits are the same alone and among others: what makes results independent of how samples are
  /// divided among ranks.
  @Test func rowsDoNotDependOnTheirCompany() {
    for (n, k) in [(1, 80), (7, 20), (40, 80), (63, 200), (200, 63), (18, 300)] {
      arena.reset()
      let rows = 23
      let a = numbers(rows * k, 1)
      let b = MatrixView(numbers(k * n, 2), rows: k, columns: n)
      let together = arena.take(rows * n, of: Float.self)
      MatrixMultiply.multiply(
        MatrixView(a, rows: rows, columns: k), b,
        into: MutableMatrixView(together, rows: rows, columns: n), start: .zero)
      let alone = arena.take(rows * n, of: Float.self)
      for first in 0..<rows {
        for count in 1...min(7, rows - first) {
          MatrixMultiply.multiply(
            MatrixView(a + first * k, rows: count, columns: k), b,
            into: MutableMatrixView(alone, rows: count, columns: n), start: .zero)
          let same = (0..<count * n).allSatisfy {
            alone[$0].bitPattern == together[first * n + $0].bitPattern
          }
          #expect(same, "\(n) x \(k)")
        }
      }
    }
  }
}
