import Models

extension CloudTrainer {
  /// Gives the row of unknown values of each table that no training sample touches (`UnseenValues`) the mean of the known
  /// values' rows, so that a value that comes later is taken for an average one instead of for what was drawn at the
  /// beginning. A row that earlier trainings have trained stays as it is. Only in cloud training: a fine-tuning starts
  /// from rows that are set. Collective.
  package func setUnseenRows() throws {
    guard pass.normalization == .batch else { return }
    let rows = try unseenValues().rows.filter {
      !earlier.trainedUnknown.contains(job.model.features.tables[$0.key].name)
    }
    guard !rows.isEmpty else { return }
    for table in model.layout.denseTables {
      guard case .values(let index) = table.space, let row = rows[index] else { continue }
      let values = weights.dense + table.offset
      MeanRow.write(of: values, rows: row, width: table.width, to: values + row * table.width)
    }
    if node?.rank ?? 0 == 0 {
      for (index, table) in model.layout.tables.enumerated() {
        guard case .values(let space) = table.space, let row = rows[space] else { continue }
        let values = weights.tables[index]
        MeanRow.write(of: values, rows: row, width: table.width, to: values + row * table.width)
      }
    }
    try node?.barrier()
  }
}
