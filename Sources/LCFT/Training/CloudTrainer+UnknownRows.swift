import Dist
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
        try setMean(row, ofTable: index)
      }
    }
    try node?.barrier()
  }

  /// Gives row `row` of a table the mean of the rows before it. Where the hosts share these out, each adds its own to the
  /// sums of the one before, up to the one that has the row: the same additions in the same order.
  private func setMean(_ row: Int, ofTable index: Int) throws {
    let (values, width) = (weights.tables[index], model.layout.tables[index].width)
    let held = weights.heldRows(ofTable: index)
    guard let shared, let joint = shared.tables.joint.places[index]?.joint else {
      return MeanRow.write(of: values, rows: row, width: width, to: values + row * width)
    }
    let (layout, host) = (hosts.layout, hosts.layout.hosts[communicator.rank])
    let last = shared.tables.parts.owner(of: Int32(row), joint)
    guard host <= last else { return }
    var sums = [Double](repeating: 0, count: width)
    if host > 0 {
      try sums.withUnsafeMutableBufferPointer {
        try communicator.receive($0, from: layout.ranks[host - 1][0], tag: Tag.meanRow)
      }
    }
    MeanRow.add(held.clamped(to: 0..<row), of: values, width: width, to: &sums)
    guard host < last else { return MeanRow.write(sums, of: row, to: values + row * width) }
    try sums.withUnsafeBufferPointer {
      try communicator.send($0, to: layout.ranks[host + 1][0], tag: Tag.meanRow)
    }
  }
}
