import Models
import Testing

enum Assertions {
  /// Whether the library checks `assert`: not so in release builds, in which the tests do.
  static var areEnabled: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }
}

/// Mistakes of whoever calls the primitives, which debug builds stop at; other builds do not look.
@Suite(.enabled(if: Assertions.areEnabled, "assertions are checked in debug builds"))
struct AssertionTests {
  @Test func partitionsRiseAndHaveTheirShards() async {
    await #expect(processExitsWith: .failure) { _ = Sample.partition([0, 3, 2]) }
    await #expect(processExitsWith: .failure) { _ = Sample.partition([1, 2]) }
    await #expect(processExitsWith: .failure) { _ = Sample.partition([0, 2]).rows(ofShard: 1) }
    let partition = Sample.partition([0, 2, 2, 5])
    #expect((0..<3).map { partition.rows(ofShard: $0) } == [0..<2, 2..<2, 2..<5])
  }

  @Test func rowsAndColumnsAreInTheMatrix() async {
    await #expect(processExitsWith: .failure) { _ = Sample.matrix(rows: 2, columns: 3).row(3) }
    await #expect(processExitsWith: .failure) { _ = Sample.matrix(rows: 2, columns: 3).row(-1) }
    await #expect(processExitsWith: .failure) { _ = Sample.matrix(rows: 2, columns: 3).columns(1..<4) }
    await #expect(processExitsWith: .failure) { _ = Sample.matrix(rows: 2, columns: 3).view(1..<3) }
  }

  @Test func shapesOfProductsFit() async {
    await #expect(processExitsWith: .failure) {
      let (a, b) = (Sample.matrix(rows: 2, columns: 3), Sample.matrix(rows: 2, columns: 4))
      MatrixMultiply.multiply(
        a.view, b.view, into: Sample.matrix(rows: 2, columns: 4).mutableView, start: .zero)
    }
    await #expect(processExitsWith: .failure) {
      let (a, b) = (Sample.matrix(rows: 2, columns: 3), Sample.matrix(rows: 2, columns: 4))
      MatrixMultiply.multiplyTransposedLeft(
        a.view, b.view, into: Sample.matrix(rows: 2, columns: 4).mutableView, start: .zero)
    }
    await #expect(processExitsWith: .failure) {
      _ = MatrixView(Sample.matrix(rows: 2, columns: 3).values, rows: 2, columns: 3, stride: 2)
    }
  }

  @Test func labelsAreFinite() async {
    await #expect(processExitsWith: .failure) {
      var (labels, sums): ([Float], [Double]) = ([1, .nan], [0])
      let logits = Sample.matrix(rows: 2, columns: 1)
      Loss.crossEntropy.evaluate(logits, labels: &labels, batchCount: 2, sums: &sums, dlogits: logits)
    }
  }

  @Test func idsAreRowsOfTheSubmodel() async {
    // Three users: 3 is none.
    await #expect(processExitsWith: .failure) { try Sample.forward(user: 3, candidate: 0) }
    await #expect(processExitsWith: .failure) { try Sample.forward(user: -1, candidate: 0) }
    // Six items: 6 is none.
    await #expect(processExitsWith: .failure) { try Sample.forward(user: 0, candidate: 6) }
    await #expect(processExitsWith: .success) { try Sample.forward(user: 2, candidate: 5) }
  }
}

private enum Sample {
  /// In memory that stays.
  static func partition(_ offsets: [Int]) -> RowPartition {
    let values = UnsafeMutablePointer<Int>.allocate(capacity: offsets.count)
    values.update(from: offsets, count: offsets.count)
    return RowPartition(offsets: values, shards: offsets.count - 1)
  }

  static func matrix(rows: Int, columns: Int) -> Matrix {
    let values = UnsafeMutablePointer<Float>.allocate(capacity: rows * columns)
    values.update(repeating: 1, count: rows * columns)
    return Matrix(values: values, partition: partition([0, rows]), columns: columns, stride: columns)
  }

  /// The logit of one sample by a small model of three users and six items.
  static func forward(user: Int32, candidate: Int32) throws {
    let (harness, _) = try GradientTests.world(ModelRegistry.configuration("LR"), shards: 1)
    let history = RaggedHistory(items: [0, 1], windows: [0..<2])
    let batch = RaggedBatch(users: [user], candidates: [candidate], labels: [1], histories: [history])
    _ = try harness.run(batch, .moving, loss: .crossEntropy, backward: false)
  }
}
