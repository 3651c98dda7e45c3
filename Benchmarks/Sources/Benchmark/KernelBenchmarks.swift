import CBLAS
import Models
import Support

/// The loops that everything else is made of, on operands that lie in the cache, as they do in a step.
struct KernelBenchmarks {
  let report: Report

  /// The machine's own BLAS on one core, in FLOP/s: the ceiling.
  static func ceiling() throws -> Measurement {
    openblas_set_num_threads(1)
    let n = 1024
    let a = numbers(n * n)
    var c = a
    return try .best {
      for _ in 0..<3 {
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(n), Int32(n), Int32(n), 1, a, Int32(n), a,
          Int32(n), 0, &c, Int32(n))
      }
      return 3 * 2 * Double(n * n * n)
    }
  }

  func run() throws {
    // Rows x columns x terms of the forward passes, at the reference sizes and at the original ones: a user's batch,
    // one shard's part of a batch of 1,024, and the pairs of a batch.
    for (m, n, k) in [
      (30, 200, 63), (30, 80, 200), (30, 80, 18), (220, 40, 80), (128, 200, 63), (128, 80, 200),
      (1000, 40, 80),
      (1000, 80, 18), (220, 80, 128), (1000, 80, 128), (128, 80, 448), (1024, 1024, 1024),
    ] {
      try product(m, n, k)
    }
    try elementwise()
    try rows()
  }

  private func product(_ m: Int, _ n: Int, _ k: Int) throws {
    let operations = 2 * Double(m * n * k)
    report.line(
      "multiply \(m) x \(n) x \(k)", try Self.product(m, n, k), "products", operations: operations)
    let arena = Arena()
    let (a, c) = (Self.matrix(m, k, in: arena), Self.matrix(m, n, in: arena))
    let gradient = Self.matrix(k, n, in: arena)
    let repeats = Self.repeats(m, n, k)
    let backward = try Measurement.best {
      for _ in 0..<repeats {
        MatrixMultiply.multiplyTransposedLeft(MatrixView(a), MatrixView(c), into: gradient, start: .sum)
      }
      return Double(repeats)
    }
    report.line("  gradient of its weights", backward, "products", operations: operations)
  }

  /// [m x k] [k x n], in products a second.
  static func product(_ m: Int, _ n: Int, _ k: Int, runs: Int = 5) throws -> Measurement {
    let arena = Arena()
    let (a, b, c) = (matrix(m, k, in: arena), matrix(k, n, in: arena), matrix(m, n, in: arena))
    let repeats = repeats(m, n, k)
    return try .best(of: runs) {
      for _ in 0..<repeats { MatrixMultiply.multiply(MatrixView(a), MatrixView(b), into: c, start: .zero) }
      return Double(repeats)
    }
  }

  private static func repeats(_ m: Int, _ n: Int, _ k: Int) -> Int { max(1, 20_000_000 / (m * n * k)) }

  private static func matrix(_ rows: Int, _ columns: Int, in arena: Arena) -> MutableMatrixView {
    let values = arena.take(rows * columns, of: Float.self)
    values.update(from: numbers(rows * columns), count: rows * columns)
    return MutableMatrixView(values, rows: rows, columns: columns)
  }

  static func sigmoid() throws -> Measurement {
    let count = 8192
    var x = numbers(count)
    return try .best {
      for _ in 0..<500 { Elementwise.sigmoid(&x, count: count) }
      return Double(500 * count)
    }
  }

  private func elementwise() throws {
    let count = 8192
    report.line("sigmoid", try Self.sigmoid(), "elements")
    var scores = Self.numbers(count)
    let softmax = try Measurement.best {
      for _ in 0..<500 {
        for start in stride(from: 0, to: count, by: 8) {
          scores.withUnsafeMutableBufferPointer {
            Elementwise.softmax($0.baseAddress! + start, count: 8)
          }
        }
      }
      return Double(500 * count)
    }
    report.line("softmax over 8", softmax, "elements")
    let arena = Arena()
    let transpose = try Measurement.best {
      for _ in 0..<500 {
        arena.reset()
        let matrix = arena.take(count, of: Float.self)
        _ = Transposition.transpose(MatrixView(matrix, rows: 128, columns: 64), in: arena)
      }
      return Double(500 * count)
    }
    report.line("transpose 128 x 64", transpose, "elements")
  }

  /// Gathering rows of a table and adding to them, as embeddings do, in random order.
  private func rows() throws {
    let (width, tableRows, count) = (9, 63_002, 8192)
    var table = Self.numbers(tableRows * width)
    var random = KeyedRandom(seed: 2)
    let ids = (0..<count).map { _ in Int32(random.below(tableRows)) }
    var values = [Float](repeating: 0, count: count * width)
    let gather = try Measurement.best {
      for _ in 0..<50 { Rows.gather(table, ids, width: width, count: count, into: &values) }
      return Double(50 * count)
    }
    report.line("gather rows of \(width) from \(tableRows)", gather, "rows")
    let scatter = try Measurement.best {
      for _ in 0..<50 { Rows.scatterAdd(values, ids, width: width, count: count, to: &table) }
      return Double(50 * count)
    }
    report.line("scatter-add rows of \(width) to \(tableRows)", scatter, "rows")
  }

  static func numbers(_ count: Int) -> [Float] {
    var random = KeyedRandom(seed: 1)
    return (0..<count).map { _ in Float(random.uniform() - 0.5) }
  }
}
