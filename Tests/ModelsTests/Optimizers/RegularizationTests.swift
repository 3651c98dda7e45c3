import HDF5
import Models
import TestSupport
import Testing

/// Ten steps on a loss with penalties, whose gradient is clipped, against PyTorch's
/// (Tests/Fixtures/make_optimizer_numbers.py), to what `OptimizerTests` allows for rounding.
@Suite struct RegularizationTests {
  private static func layout(_ count: Int) -> ModelLayout {
    var layout = ModelLayout()
    _ = Linear("x", inputs: count, outputs: 1, bias: false, in: &layout)
    return layout
  }

  @Test(arguments: ["sgd", "adam"])
  func tenSteps(_ name: String) throws {
    let (optimizer, rate) = try OptimizerTests.optimizer(name, "defaults")
    let settings = try OptimizerTests.numbers("regularised/settings")
    let rule = Regularization(dense: settings[0], embeddings: settings[1], clip: settings[2])
    var weights = try OptimizerTests.numbers("dense/initial").map(Float.init)
    var table = try OptimizerTests.numbers("table/initial").map(Float.init)
    let (count, floats, width) = (weights.count, table.count, OptimizerTests.width)
    let layout = RegularizationTests.layout(count)
    let dense = try OptimizerTests.numbers("dense/gradients").map(Float.init)
    let sparse = try OptimizerTests.numbers("table/gradients").map(Float.init)
    let rows = try OptimizerTests.integers("table/rows")
    let counts = try OptimizerTests.integers("table/row_counts").map(Int.init)
    let norms = try OptimizerTests.numbers("regularised/\(name)/norms")
    var state = [Float](repeating: 0, count: optimizer.slots.count * count)
    var tableState = [Float](repeating: 0, count: optimizer.slots.count * floats)
    var next = 0
    for (step, own) in counts.enumerated() {
      var gradient = Array(dense[step * count..<(step + 1) * count])
      var rowGradient = Array(sparse[next * width..<(next + own) * width])
      let touched = Array(rows[next..<next + own])
      rule.addPenalty(layout, weights, to: &gradient)
      rule.addPenalty(table: table, rows: touched, count: own, width: width, to: &rowGradient)
      let squares =
        Regularization.squaredNorm(gradient, count: count)
        + Regularization.squaredNorm(rowGradient, count: own * width)
      #expect(abs(squares.squareRoot() - norms[step]) < 1e-5)
      let factor = rule.factor(squaredNorm: squares)
      #expect((factor == nil) == (norms[step] < settings[2]))
      Regularization.scale(&gradient, factor ?? 1, count: count)
      Regularization.scale(&rowGradient, factor ?? 1, count: own * width)
      let update = optimizer.step(step + 1, rate: rate)
      update.apply(&weights, gradient, state: &state, stride: count, count: count)
      update.apply(
        table: &table, rows: touched, count: own, width: width, rowGradient, state: &tableState,
        stride: floats)
      next += own
    }
    OptimizerTests.expectClose(weights, try OptimizerTests.numbers("regularised/\(name)/dense"), "weights")
    OptimizerTests.expectClose(table, try OptimizerTests.numbers("regularised/\(name)/table"), "table")
  }

  /// Biases, slopes and normalisations' scales are not penalised.
  @Test func penalisesMatricesOnly() {
    var layout = ModelLayout()
    _ = Linear("x", inputs: 3, outputs: 2, in: &layout)
    _ = PReLU("x", columns: 2, in: &layout)
    _ = BatchNormalization("x", columns: 2, in: &layout)
    var gradients = [Float](repeating: 0, count: layout.parameterCount)
    Regularization(dense: 0.5).addPenalty(
      layout, [Float](repeating: 2, count: layout.parameterCount), to: &gradients)
    for parameter in layout.parameters {
      let expected: Float = parameter.name == "x/weight" ? 1 : 0
      #expect((0..<parameter.count).allSatisfy { gradients[parameter.offset + $0] == expected })
    }
  }
}
