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
    for n in 0..<y.rows { y.row(n).update(from: values + Int(ids[n]) * width, count: width) }
  }

  /// dtable[ids[n]] += dy[n].
  func backward(_ ids: UnsafePointer<Int32>, _ dy: Matrix, _ pass: Pass) {
    let gradients = pass.submodel.tables[table].gradients
    for n in 0..<dy.rows { Elementwise.add(gradients + Int(ids[n]) * width, dy.row(n), count: width) }
  }
}
