import Models

extension CloudTrainer {
  /// Gives the row of unknown values of each table that no training sample touches (`UnseenValues`) the mean of the known
  /// values' rows, so that a value that comes later is taken for an average one instead of for what was drawn at the
  /// beginning. Only in cloud training: a fine-tuning starts from rows that are set. Collective.
  package func setUnseenRows() throws {
    guard pass.normalization == .batch else { return }
    let rows = unseen.rows
    guard !rows.isEmpty else { return }
    for table in model.layout.denseTables {
      guard case .values(let index) = table.space, let row = rows[index] else { continue }
      CloudTrainer.setToMean(row: row, of: weights.dense + table.offset, width: table.width)
    }
    if node?.rank ?? 0 == 0 {
      for (index, table) in model.layout.tables.enumerated() {
        guard case .values(let space) = table.space, let row = rows[space] else { continue }
        CloudTrainer.setToMean(row: row, of: weights.tables[index], width: table.width)
      }
    }
    try node?.barrier()
  }

  /// Overwrites row `row` by the mean of the rows before it, zero where there are none.
  private static func setToMean(row: Int, of table: UnsafeMutablePointer<Float>, width: Int) {
    for column in 0..<width {
      var sum = 0.0
      for known in 0..<row { sum += Double(table[known * width + column]) }
      table[row * width + column] = row == 0 ? 0 : Float(sum / Double(row))
    }
  }
}
