/// The mean of the embeddings of an item's categories: y[n] = mean of table[c] over c in
/// categories(items[n]); zero for an item without a category.
struct CategoryMean {
  let width: Int
  private let table: Int

  init(_ name: String, width: Int, in layout: inout ModelLayout) {
    self.width = width
    table = layout.addTable(name, .category, width: width)
  }

  /// Writes [items x width] into `y`.
  func forward(_ items: UnsafePointer<Int32>, _ y: Matrix, _ pass: Pass) {
    let local = pass.submodel.tables[table]
    for n in 0..<y.rows {
      let to = y.row(n)
      to.update(repeating: 0, count: width)
      let categories = pass.submodel.categories(ofItem: items[n])
      let share = 1 / Float(categories.count)
      for category in categories {
        assert(category >= 0 && Int(category) < local.rows, "the category is a row of the local table")
        Elementwise.addScaled(to, local.values + Int(category) * width, share, count: width)
      }
    }
  }

  /// dtable[c] += dy[n] / number of categories, for each category c of items[n].
  func backward(_ items: UnsafePointer<Int32>, _ dy: Matrix, _ pass: Pass) {
    let local = pass.submodel.tables[table]
    for n in 0..<dy.rows {
      let categories = pass.submodel.categories(ofItem: items[n])
      let share = 1 / Float(categories.count)
      for category in categories {
        assert(category >= 0 && Int(category) < local.rows, "the category is a row of the local table")
        Elementwise.addScaled(local.gradients + Int(category) * width, dy.row(n), share, count: width)
      }
    }
  }
}
