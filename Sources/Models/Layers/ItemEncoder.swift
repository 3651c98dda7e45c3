/// An item as the models see it: [item embedding ; mean of its categories' embeddings]. Candidates and
/// history entries share the tables.
struct ItemEncoder {
  private let item: Embedding
  private let category: CategoryMean
  var width: Int { item.width + category.width }

  init(itemWidth: Int, categoryWidth: Int, in layout: inout ModelLayout) {
    item = Embedding("item", field: .item, width: itemWidth, in: &layout)
    category = CategoryMean("category", width: categoryWidth, in: &layout)
  }

  /// Writes [items x width] into `y`.
  func forward(_ items: UnsafePointer<Int32>, _ y: Matrix, _ pass: Pass) {
    item.forward(items, y.columns(0..<item.width), pass)
    category.forward(items, y.columns(item.width..<width), pass)
  }

  func backward(_ items: UnsafePointer<Int32>, _ dy: Matrix, _ pass: Pass) {
    item.backward(items, dy.columns(0..<item.width), pass)
    category.backward(items, dy.columns(item.width..<width), pass)
  }
}
