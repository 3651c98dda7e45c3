/// One row of a table per id: y[n] = table[ids[n]].
struct Embedding {
  let width: Int
  private let table: Int

  init(_ name: String, field: Field, width: Int, in layout: inout ModelLayout) {
    self.width = width
    table = layout.addTable(name, field, width: width)
  }

  /// Writes [ids x width] into `y`.
  func forward(_ ids: UnsafePointer<Int32>, _ y: Matrix, _ pass: Pass) {
    let values = pass.submodel.tables[table].values
    Rows.gather(values, ids, width: width, count: y.rows, into: y.values, stride: y.stride)
  }

  /// dtable[ids[n]] += dy[n].
  func backward(_ ids: UnsafePointer<Int32>, _ dy: Matrix, _ pass: Pass) {
    let gradients = pass.submodel.tables[table].gradients
    Rows.scatterAdd(dy.values, ids, width: width, count: dy.rows, to: gradients, stride: dy.stride)
  }
}
