/// One embedding table cut down to the rows that a pass touches, renumbered from 0.
package struct LocalTable: BitwiseCopyable {
  /// [rows x width], both the weights and the gradients; rows divide among the virtual shards.
  package var values: UnsafeMutablePointer<Float>
  package var gradients: UnsafeMutablePointer<Float>
  package var rows: Int
  package var width: Int

  package init(
    values: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    self.values = values
    self.gradients = gradients
    self.rows = rows
    self.width = width
  }
}

/// The compact tables that a pass works on. Models see local ids only: the caller knows whether the rows were
/// gathered for one step of cloud training or for one user's fine-tuning. Cost grows with what is touched, never
/// with the full tables.
package struct Submodel {
  /// In the order of `ModelLayout.tables`.
  package var tables: UnsafePointer<LocalTable>
  /// How many local items there are.
  package var itemCount: Int
  /// [itemCount + 1]. Local item i has the local categories
  /// `categories[categoryOffsets[i] ..< categoryOffsets[i + 1]]`.
  package var categoryOffsets: UnsafePointer<Int32>
  package var categories: UnsafePointer<Int32>

  package init(
    tables: UnsafePointer<LocalTable>, itemCount: Int, categoryOffsets: UnsafePointer<Int32>,
    categories: UnsafePointer<Int32>
  ) {
    self.tables = tables
    self.itemCount = itemCount
    self.categoryOffsets = categoryOffsets
    self.categories = categories
  }
}

extension Submodel {
  /// A submodel without tables: what a pass holds until it gets its own.
  package static var empty: Submodel {
    Submodel(
      tables: UnsafePointer(bitPattern: MemoryLayout<LocalTable>.alignment)!, itemCount: 0,
      categoryOffsets: UnsafePointer(bitPattern: MemoryLayout<Int32>.alignment)!,
      categories: UnsafePointer(bitPattern: MemoryLayout<Int32>.alignment)!)
  }

  @inline(__always)
  func categories(ofItem item: Int32) -> UnsafeBufferPointer<Int32> {
    assert(item >= 0 && Int(item) < itemCount, "the item is one of the submodel's")
    let start = Int(categoryOffsets[Int(item)])
    return UnsafeBufferPointer(
      start: categories + start, count: Int(categoryOffsets[Int(item) + 1]) - start)
  }
}
