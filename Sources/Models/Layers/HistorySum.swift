/// y[b] = sum of keys[k] over the entries k of sample b's history; zero for an empty history.
enum HistorySum {
  /// Writes [B x E] into `y`, from `keys` [K x E].
  static func forward(_ keys: Matrix, _ history: History, _ y: Matrix) {
    for b in 0..<y.rows {
      let to = y.row(b)
      to.update(repeating: 0, count: keys.columns)
      let start = Int(history.starts[b])
      for k in start..<start + Int(history.lengths[b]) {
        Elementwise.add(to, keys.row(k), count: keys.columns)
      }
    }
  }

  /// dkeys[k] += dy[b] for every entry k of sample b.
  static func backward(_ dy: Matrix, _ history: History, _ dkeys: Matrix) {
    for b in 0..<dy.rows {
      let start = Int(history.starts[b])
      for k in start..<start + Int(history.lengths[b]) {
        Elementwise.add(dkeys.row(k), dy.row(b), count: dkeys.columns)
      }
    }
  }
}
