import Foundation
import HDF5
import Models
import TestSupport
import Testing

/// Ten steps of each optimiser against PyTorch's (Tests/Fixtures/make_optimizer_numbers.py).
///
/// PyTorch's arithmetic is double, ours single: ten updates of some 0.05 on weights of about 1 round to a
/// few 1e-7, moments likewise in proportion to their size.
@Suite struct OptimizerTests {
  static let file = FixtureFile.path("optimizer_numbers.h5")
  static let width = 3

  static func numbers(_ path: String) throws -> [Double] {
    try HDF5.File(reading: file).root().dataset(path).array(of: Double.self)
  }

  static func integers(_ path: String) throws -> [Int32] {
    try HDF5.File(reading: file).root().dataset(path).array(of: Int32.self)
  }

  static func optimizer(_ name: String, _ settings: String) throws -> (optimizer: Optimizer, rate: Double) {
    let rate = try numbers("\(settings)/rate")[0]
    if name == "adagrad" {
      var adagrad = Adagrad()
      adagrad.epsilon = try numbers("\(settings)/adagrad_epsilon")[0]
      if settings == "defaults" { #expect(adagrad == Adagrad()) }
      return (.adagrad(adagrad), rate)
    }
    guard name == "adam" else { return (.sgd, rate) }
    var adam = Adam()
    adam.beta1 = try numbers("\(settings)/beta1")[0]
    adam.beta2 = try numbers("\(settings)/beta2")[0]
    adam.epsilon = try numbers("\(settings)/epsilon")[0]
    if settings == "defaults" { #expect(adam == Adam()) }
    return (.adam(adam), rate)
  }

  static func expectClose(
    _ found: some Collection<Float>, _ expected: [Double], _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    let scale = expected.map(abs).max() ?? 0
    for (a, b) in zip(found, expected) {
      #expect(abs(Double(a) - b) <= 1e-6 * scale, "\(name)", sourceLocation: sourceLocation)
    }
  }

  static func expectState(
    _ optimizer: Optimizer, _ state: [Float], _ count: Int, _ path: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(state.count == optimizer.slots.count * count, sourceLocation: sourceLocation)
    for (slot, name) in optimizer.slots.enumerated() {
      expectClose(
        state[slot * count..<(slot + 1) * count], try numbers("\(path)/\(name)"), name,
        sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: Optimizer.names, ["defaults", "others"])
  func denseBlock(_ name: String, _ settings: String) throws {
    let (optimizer, rate) = try OptimizerTests.optimizer(name, settings)
    var weights = try OptimizerTests.numbers("dense/initial").map(Float.init)
    let gradients = try OptimizerTests.numbers("dense/gradients").map(Float.init)
    let count = weights.count
    var state = [Float](repeating: 0, count: optimizer.slots.count * count)
    #expect(gradients.count == 10 * count)
    for step in 0..<10 {
      let own = Array(gradients[step * count..<(step + 1) * count])
      optimizer.step(step + 1, rate: rate).apply(&weights, own, state: &state, stride: count, count: count)
    }
    OptimizerTests.expectClose(
      weights, try OptimizerTests.numbers("\(settings)/\(name)/dense/weights"), "weights")
    try OptimizerTests.expectState(optimizer, state, count, "\(settings)/\(name)/dense")
  }

  /// Lazily updated rows are SparseAdam's; SGD and Adagrad know no difference.
  @Test(arguments: Optimizer.names, ["defaults", "others"])
  func tableRows(_ name: String, _ settings: String) throws {
    let (optimizer, rate) = try OptimizerTests.optimizer(name, settings)
    let initial = try OptimizerTests.numbers("table/initial").map(Float.init)
    var table = initial
    var state = [Float](repeating: 0, count: optimizer.slots.count * table.count)
    let gradients = try OptimizerTests.numbers("table/gradients").map(Float.init)
    let rows = try OptimizerTests.integers("table/rows")
    let width = OptimizerTests.width
    var next = 0
    let counts = try OptimizerTests.integers("table/row_counts").map(Int.init)
    #expect(counts.count == 10 && counts[3] == 0)
    for (step, count) in counts.enumerated() {
      optimizer.step(step + 1, rate: rate).apply(
        table: &table, rows: Array(rows[next..<next + count]), count: count, width: width,
        Array(gradients[next * width..<(next + count) * width]), state: &state, stride: initial.count)
      next += count
    }
    #expect(next == rows.count)
    OptimizerTests.expectClose(
      table, try OptimizerTests.numbers("\(settings)/\(name)/table/weights"), "weights")
    try OptimizerTests.expectState(optimizer, state, table.count, "\(settings)/\(name)/table")

    // A row that no step touches keeps its bits, and its state stays zero.
    #expect(table[7 * width..<8 * width] == initial[7 * width..<8 * width])
    for slot in optimizer.slots.indices {
      #expect(state[(slot * 8 + 7) * width..<(slot * 8 + 8) * width].allSatisfy { $0 == 0 })
    }
    guard name == "adam" else { return }
    // Dense Adam is another thing for a row that some step passes over (3), and the same for one that all
    // steps touch since its first (6).
    let dense = try OptimizerTests.numbers("\(settings)/adam/table_dense/weights")
    func differences(_ row: Int) -> [Double] {
      (row * width..<(row + 1) * width).map { abs(Double(table[$0]) - dense[$0]) }
    }
    #expect(differences(3).contains { $0 > 1e-3 })
    #expect(differences(6).allSatisfy { $0 < 1e-6 })
  }

  /// A weight whose gradient has always been zero stays where it is.
  @Test(arguments: Optimizer.all) func zeroGradientsMoveNothing(_ optimizer: Optimizer) {
    var weights: [Float] = [1, -2, 0]
    var state = [Float](repeating: 0, count: 6)
    for step in 1...3 {
      optimizer.step(step, rate: 0.1).apply(
        &weights, [0, 0, 0], state: &state, stride: 3, count: 3)
    }
    #expect(weights == [1, -2, 0] && state.allSatisfy { $0 == 0 })
  }
}
