/// One row of a table per id: y[n] = table[ids[n]].
struct Embedding {
  let width: Int
  private let table: Int

  init(_ name: String, space: RowSpace, width: Int, in layout: inout ModelLayout) {
    self.width = width
    table = layout.addTable(name, space, width: width)
  }

  /// Writes [ids x width] into `y`.
  func forward(_ ids: UnsafePointer<Int32>, _ y: Matrix, _ pass: Pass) {
    let local = pass.submodel.tables[table]
    assert(areRows(ids, count: y.rows, of: local), "the ids are rows of the local table")
    Rows.gather(local.values, ids, width: width, count: y.rows, into: y.values, stride: y.stride)
  }

  /// dtable[ids[n]] += dy[n].
  func backward(_ ids: UnsafePointer<Int32>, _ dy: Matrix, _ pass: Pass) {
    let local = pass.submodel.tables[table]
    assert(areRows(ids, count: dy.rows, of: local), "the ids are rows of the local table")
    Rows.scatterAdd(dy.values, ids, width: width, count: dy.rows, to: local.gradients, stride: dy.stride)
  }

  private func areRows(_ ids: UnsafePointer<Int32>, count: Int, of local: LocalTable) -> Bool {
    local.width == width && (0..<count).allSatisfy { ids[$0] >= 0 && Int(ids[$0]) < local.rows }
  }
}
