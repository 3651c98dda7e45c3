/// y[b] = sum of keys[k] over the entries k of sample b's history; zero for an empty history.
enum HistorySum {
  /// Writes [B x E] into `y`, from `keys` [K x E].
  static func forward(_ keys: Matrix, _ history: History, _ y: Matrix) {
    for b in 0..<y.rows { y.row(b).update(repeating: 0, count: keys.columns) }
    history.forEachPair(samples: y.rows) { _, b, k in
      Elementwise.add(y.row(b), keys.row(k), count: keys.columns)
    }
  }

  /// dkeys[k] += dy[b] for every entry k of sample b, in each of the pass's sums.
  static func backward(_ dy: Matrix, _ history: History, _ dkeys: Matrix, _ pass: Pass) {
    let width = dy.columns
    guard let sums = pass.sums else {
      return history.forEachPair(samples: dy.rows) { _, b, k in
        Elementwise.add(dkeys.row(k), dy.row(b), count: width)
      }
    }
    history.forEachPair(samples: dy.rows) { _, b, k in
      for (place, sum) in sums.enumerated() {
        Elementwise.addScaled(dkeys.row(k) + place * width, dy.row(b), sum.coefficients[b], count: width)
      }
    }
  }
}
