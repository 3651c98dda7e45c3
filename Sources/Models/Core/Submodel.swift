/// One embedding table cut down to the rows that a pass touches, renumbered from 0.
package struct LocalTable: BitwiseCopyable {
  /// [rows x width], both the weights and the gradients; rows divide among the virtual shards.
  package var values: UnsafeMutablePointer<Float>
  package var gradients: UnsafeMutablePointer<Float>
  package var width: Int

  package init(values: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>, width: Int) {
    self.values = values
    self.gradients = gradients
    self.width = width
  }
}

/// The compact tables that a pass works on. Models see local ids only: whether the rows were gathered
/// for one step of cloud training or for one user's fine-tuning is the caller's affair, and cost grows
/// with what is touched, never with the tables.
package struct Submodel {
  /// In the order of `ModelLayout.tables`.
  package var tables: UnsafePointer<LocalTable>
  /// Local item i has the local categories `categories[categoryOffsets[i] ..< categoryOffsets[i + 1]]`.
  package var categoryOffsets: UnsafePointer<Int32>
  package var categories: UnsafePointer<Int32>

  package init(
    tables: UnsafePointer<LocalTable>, categoryOffsets: UnsafePointer<Int32>,
    categories: UnsafePointer<Int32>
  ) {
    self.tables = tables
    self.categoryOffsets = categoryOffsets
    self.categories = categories
  }
}

extension Submodel {
  /// A submodel without tables, to be replaced before a pass.
  package static var empty: Submodel {
    Submodel(
      tables: UnsafePointer(bitPattern: MemoryLayout<LocalTable>.alignment)!,
      categoryOffsets: UnsafePointer(bitPattern: MemoryLayout<Int32>.alignment)!,
      categories: UnsafePointer(bitPattern: MemoryLayout<Int32>.alignment)!)
  }

  @inline(__always)
  func categories(ofItem item: Int32) -> UnsafeBufferPointer<Int32> {
    let start = Int(categoryOffsets[Int(item)])
    return UnsafeBufferPointer(
      start: categories + start, count: Int(categoryOffsets[Int(item) + 1]) - start)
  }
}
