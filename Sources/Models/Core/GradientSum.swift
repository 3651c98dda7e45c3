/// One of several sums of gradients that a backward pass makes at once:
///
///     g = sum over the samples b of c_b dz_b/dw
///
/// with z_b the logit of sample b. Gradients of logits are linear in dlogits: a pass with dlogits of 1 goes down to each
/// sample's own gradients once, and each sum takes them with coefficients of its own. c_b = dloss/dz_b gives the
/// gradient of a loss.
package struct GradientSum: BitwiseCopyable {
  /// c [B], 0 outside of `rows`.
  package var coefficients: UnsafePointer<Float>
  /// The samples that the sum goes over; of several sums the first goes over all.
  package var rows: Range<Int> {
    get { firstRow..<endRow }
    set { (firstRow, endRow) = (newValue.lowerBound, newValue.upperBound) }
  }
  private var firstRow: Int
  private var endRow: Int
  /// [layout.parameterCount] the gradients of the dense weights, which are added to; those of `Parameter.addsShards` are
  /// overwritten.
  package var gradients: UnsafeMutablePointer<Float>
  /// The pass's tables, with the sum's own gradients.
  package var submodel: Submodel

  package init(
    coefficients: UnsafePointer<Float>, rows: Range<Int>, gradients: UnsafeMutablePointer<Float>,
    submodel: Submodel
  ) {
    self.coefficients = coefficients
    (firstRow, endRow) = (rows.lowerBound, rows.upperBound)
    self.gradients = gradients
    self.submodel = submodel
  }
}

/// The samples that a layer sums over for one block of gradients: those of a virtual shard, or those of the whole batch
/// with a sum's coefficients.
struct SummedRows {
  /// The sum's place among the sums; 0 for shards.
  let place: Int
  let rows: Range<Int>
  /// The first of the block's gradients of the dense weights.
  let gradients: UnsafeMutablePointer<Float>
  fileprivate let coefficients: UnsafePointer<Float>?

  /// What row `row` counts.
  @inline(__always)
  func coefficient(_ row: Int) -> Float { coefficients.map { $0[row] } ?? 1 }

  /// Those of the rows that `range` has.
  func within(_ range: Range<Int>) -> SummedRows {
    SummedRows(
      place: place, rows: rows.clamped(to: range), gradients: gradients, coefficients: coefficients)
  }

  /// `dy`, whose first row is row `first`, with every row times its coefficient.
  func scaled(_ dy: MatrixView, from first: Int, _ pass: Pass) -> MatrixView {
    guard coefficients != nil else { return dy }
    let scaled = MutableMatrixView(
      pass.arena.take(dy.rows * dy.columns), rows: dy.rows, columns: dy.columns)
    scale(dy, from: first, into: scaled)
    return MatrixView(scaled)
  }

  fileprivate func scale(_ dy: MatrixView, from first: Int, into scaled: MutableMatrixView) {
    for r in 0..<dy.rows {
      let (from, to, c) = (dy.row(r), scaled.row(r), coefficient(first + r))
      for column in 0..<dy.columns { to[column] = c * from[column] }
    }
  }

  /// The gradient of the weight [rows x columns] at `offset`.
  func gradient(offset: Int, rows: Int, columns: Int) -> MutableMatrixView {
    MutableMatrixView(gradients + offset, rows: rows, columns: columns)
  }
}

extension Pass {
  /// How many sums there are of what samples share: an entry of several histories has a gradient for each sum, side by
  /// side in the columns of one matrix (`Matrix.part`).
  var sumCount: Int { sums?.count ?? 1 }

  /// Calls `body` for every block of gradients with the samples that it is summed over.
  @inline(__always)
  func forEachSum(_ samples: RowPartition, _ body: (SummedRows) -> Void) {
    if let sums { return forEachSum(of: sums, body) }
    for shard in 0..<samples.shards { body(rows(samples, ofShard: shard)) }
  }

  /// The same for the rows of shard `shard` of `partition` alone, or for those of `sums`, which are of samples or of pairs as
  /// the partition is.
  @inline(__always)
  func forEachSum(
    _ partition: RowPartition, ofShard shard: Int, of sums: UnsafeBufferPointer<GradientSum>?,
    _ body: (SummedRows) -> Void
  ) {
    if let sums { return forEachSum(of: sums, body) }
    body(rows(partition, ofShard: shard))
  }

  @inline(__always)
  private func forEachSum(of sums: UnsafeBufferPointer<GradientSum>, _ body: (SummedRows) -> Void) {
    for (place, sum) in sums.enumerated() {
      body(
        SummedRows(
          place: place, rows: sum.rows, gradients: sum.gradients, coefficients: sum.coefficients))
    }
  }

  @inline(__always)
  private func rows(_ partition: RowPartition, ofShard shard: Int) -> SummedRows {
    SummedRows(
      place: 0, rows: partition.rows(ofShard: shard), gradients: gradients + shard * gradientStride,
      coefficients: nil)
  }

  /// Calls `body` with a sum's part of the gradient at the samples' inputs and its place: from there on a pass goes through
  /// rows that samples share, one sum after the other. Without sums it is `dx` itself, which `body` may overwrite.
  func forEachSum(of dx: Matrix, _ body: (_ dx: Matrix, _ place: Int) throws -> Void) rethrows {
    guard let sums else { return try body(dx, 0) }
    let whole = (gradients, submodel)
    self.sums = nil
    defer {
      self.sums = sums
      (gradients, submodel) = whole
    }
    for place in 0..<sums.count {
      let mark = arena.mark
      (gradients, submodel) = (sums[place].gradients, sums[place].submodel)
      let rows = SummedRows(
        place: place, rows: 0..<dx.rows, gradients: gradients, coefficients: sums[place].coefficients)
      let scaled = Matrix(dx.partition, columns: dx.columns, in: arena)
      rows.scale(dx.view, from: 0, into: scaled.mutableView)
      try body(scaled, place)
      arena.rewind(to: mark)
    }
  }

  /// The sums with a coefficient for each pair of a sample with an entry, that of the sample; nil where there are no sums.
  func sums(ofPairs history: History, samples: Int) -> UnsafeBufferPointer<GradientSum>? {
    guard let sums else { return nil }
    let ofPairs = arena.take(sums.count, of: GradientSum.self)
    for (place, sum) in sums.enumerated() {
      let coefficients = arena.take(history.pairPartition.count, of: Float.self)
      var (first, end) = (0, 0)
      history.forEachPair(samples: samples) { pair, b, _ in
        coefficients[pair] = sum.coefficients[b]
        if b < sum.rows.lowerBound { first = pair + 1 }
        if b < sum.rows.upperBound { end = pair + 1 }
      }
      ofPairs[place] = GradientSum(
        coefficients: coefficients, rows: first..<end, gradients: sum.gradients, submodel: sum.submodel)
    }
    return UnsafeBufferPointer(start: ofPairs, count: sums.count)
  }

  /// What `body` returns while the pass's sums are `sums`.
  func with<Result>(_ sums: UnsafeBufferPointer<GradientSum>?, _ body: () throws -> Result) rethrows -> Result
  {
    let kept = self.sums
    self.sums = sums
    defer { self.sums = kept }
    return try body()
  }
}

extension Matrix {
  /// The sum at `place` of a matrix that has `count` of them side by side.
  func part(_ place: Int, of count: Int) -> Matrix {
    let width = columns / count
    return columns(place * width..<(place + 1) * width)
  }
}
