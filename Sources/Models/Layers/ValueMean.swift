/// The mean of the embeddings of lists of values: y[n] = mean of table[v] over v in lists[n]; zero for an empty list.
struct ValueMean {
  let width: Int
  /// An embedding table, or a dense weight [rows x width] (`ModelFeatures.isDense`).
  private enum Storage {
    case table(Int)
    case weight(Int)
  }
  private let storage: Storage

  /// Embeddings of the table at `table` of `features`, which all that use the same `name` share.
  init(
    _ name: String, table: Int, of features: ModelFeatures, width: Int, in layout: inout ModelLayout
  ) {
    self.width = width
    storage =
      features.isDense(table)
      ? .weight(
        layout.sharedDenseTable(
          "\(name)/weight", .values(table), rows: features.tables[table].rows, width: width))
      : .table(layout.sharedTable(name, .values(table), width: width))
  }

  /// Writes [n x width] into `y`: of list n, or, with `ids`, of list `ids[n]`.
  func forward(_ lists: RaggedRows, of ids: UnsafePointer<Int32>? = nil, _ y: Matrix, _ pass: Pass) {
    let values = values(pass)
    for n in 0..<y.rows {
      let to = y.row(n)
      to.update(repeating: 0, count: width)
      let list = lists[ids.map { Int($0[n]) } ?? n]
      let share = 1 / Float(list.count)
      for value in list {
        assert(isRow(value, pass), "the value is a row of the local table")
        Elementwise.addScaled(to, values + Int(value) * width, share, count: width)
      }
    }
  }

  /// dtable[v] += dy[n] / number of values, for each value v of the list.
  func backward(_ lists: RaggedRows, of ids: UnsafePointer<Int32>? = nil, _ dy: Matrix, _ pass: Pass) {
    for shard in 0..<dy.partition.shards {
      let gradients = gradients(pass, shard: shard)
      for n in dy.partition.rows(ofShard: shard) {
        let list = lists[ids.map { Int($0[n]) } ?? n]
        let share = 1 / Float(list.count)
        for value in list {
          Elementwise.addScaled(gradients + Int(value) * width, dy.row(n), share, count: width)
        }
      }
    }
  }

  private func values(_ pass: Pass) -> UnsafeMutablePointer<Float> {
    switch storage {
    case .table(let index): pass.submodel.tables[index].values
    case .weight(let offset): pass.parameters + offset
    }
  }

  private func gradients(_ pass: Pass, shard: Int) -> UnsafeMutablePointer<Float> {
    switch storage {
    case .table(let index): pass.submodel.tables[index].gradients
    case .weight(let offset): pass.gradient(shard: shard, offset: offset)
    }
  }

  private func isRow(_ value: Int32, _ pass: Pass) -> Bool {
    guard value >= 0, case .table(let index) = storage else { return value >= 0 }
    return Int(value) < pass.submodel.tables[index].rows && pass.submodel.tables[index].width == width
  }
}
