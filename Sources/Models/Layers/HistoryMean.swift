/// From sums over histories to means: row b divided by the number of its entries. Gradients are scaled in the same
/// way, so `scale` serves forward and backward.
enum HistoryMean {
  static func scale(_ rows: Matrix, _ history: History) {
    for b in 0..<rows.rows where history.lengths[b] > 1 {
      let share = 1 / Float(history.lengths[b])
      let row = rows.row(b)
      for c in 0..<rows.columns { row[c] *= share }
    }
  }
}
