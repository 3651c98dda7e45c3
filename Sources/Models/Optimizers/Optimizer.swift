/// How weights follow their gradients, and what the optimiser keeps per weight.
///
/// The state of a block of n weights is flat, [slots x n]: slot s of weight i at s n + i. It starts at 0.
package enum Optimizer: Sendable, Equatable {
  case sgd
  case adam(Adam)
  case adagrad(Adagrad)

  /// Each in its standard settings.
  package static let all: [Optimizer] = [.sgd, .adam(Adam()), .adagrad(Adagrad())]
  package static let names = all.map(\.name)

  package var name: String {
    switch self {
    case .sgd: "sgd"
    case .adam: "adam"
    case .adagrad: "adagrad"
    }
  }

  /// What is kept per weight, by name.
  package var slots: [String] {
    switch self {
    case .sgd: []
    case .adam: ["first_moment", "second_moment"]
    case .adagrad: ["sum_of_squares"]
    }
  }

  /// Step `number` of a training, counted from 1, at learning rate `rate`.
  package func step(_ number: Int, rate: Double) -> Step {
    switch self {
    case .sgd: .sgd(rate: Float(rate))
    case .adam(let settings): .adam(Adam.Step(settings, number: number, rate: rate))
    case .adagrad(let settings): .adagrad(Adagrad.Step(settings, rate: rate))
    }
  }

  /// One step's update, the same for all weights.
  package enum Step: Sendable {
    case sgd(rate: Float)
    case adam(Adam.Step)
    case adagrad(Adagrad.Step)

    /// Updates `count` weights; with `source` it updates the values at `source` and writes them to the weights.
    /// `state` points to the first weight's first slot, `stride` is the size of the block that the weights are
    /// part of.
    @inline(__always)
    package func apply(
      _ weights: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>? = nil,
      _ gradients: UnsafePointer<Float>, state: UnsafeMutablePointer<Float>, stride: Int, count: Int
    ) {
      let source = source ?? UnsafePointer(weights)
      switch self {
      case .sgd(let rate): SGD.step(weights, from: source, gradients, rate: rate, count: count)
      case .adam(let step): step.apply(weights, from: source, gradients, state, state + stride, count: count)
      case .adagrad(let step): step.apply(weights, from: source, gradients, state, count: count)
      }
    }

    /// Updates rows of a table of `width` columns: row `rows[r]` by row r of `gradients`. No row is listed twice.
    /// `state` and `stride` are the whole table's. Rows that are not listed stay as they are.
    package func apply(
      table: UnsafeMutablePointer<Float>, rows: UnsafePointer<Int32>, count: Int, width: Int,
      _ gradients: UnsafePointer<Float>, state: UnsafeMutablePointer<Float>, stride: Int
    ) {
      for r in 0..<count {
        let start = Int(rows[r]) * width
        apply(table + start, gradients + r * width, state: state + start, stride: stride, count: width)
      }
    }
  }
}
