import Models

/// The gradients of a user's weights: of the dense ones [layout.parameterCount], and those that `tables` hold.
struct Gradients: BitwiseCopyable {
  var dense: UnsafeMutablePointer<Float>
  var tables: Submodel

  /// Where some of a model's weights lie.
  enum Block {
    case dense
    /// By index: [local rows x width].
    case table(Int)
  }

  subscript(block: Block) -> UnsafeMutablePointer<Float> {
    switch block {
    case .dense: dense
    case .table(let index): tables.tables[index].gradients
    }
  }
}

/// What a step goes along: gradients, and others that are added to them with factors.
struct StepGradients: BitwiseCopyable {
  var base: Gradients
  var first: (gradients: Gradients, factor: Float)?
  var second: (gradients: Gradients, factor: Float)?

  init(_ base: Gradients) { self.base = base }

  /// Adds `gradients` times `factor`.
  mutating func add(_ gradients: Gradients, times factor: Float) {
    if first == nil { first = (gradients, factor) } else { second = (gradients, factor) }
  }

  /// Calls `body` with `range` of the gradients of `block` in runs that follow one another: where a run starts, its values
  /// and how many there are. What is added up is written to `scratch`, run by run.
  @inline(__always)
  func forEachRun(
    _ range: Range<Int>, of block: Gradients.Block, scratch: UnsafeMutableBufferPointer<Float>,
    _ body: (Int, UnsafePointer<Float>, Int) -> Void
  ) {
    let base = base[block]
    guard let first, let run = scratch.baseAddress else {
      return body(range.lowerBound, base + range.lowerBound, range.count)
    }
    for start in stride(from: range.lowerBound, to: range.upperBound, by: scratch.count) {
      let count = min(scratch.count, range.upperBound - start)
      let (own, added) = (base + start, first.gradients[block] + start)
      if let second {
        let last = second.gradients[block] + start
        for i in 0..<count {
          run[i] = own[i].addingProduct(first.factor, added[i]).addingProduct(second.factor, last[i])
        }
      } else {
        for i in 0..<count { run[i] = own[i].addingProduct(first.factor, added[i]) }
      }
      body(start, run, count)
    }
  }
}
