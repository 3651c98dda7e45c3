/// One embedding table cut down to the rows that a pass touches, renumbered from 0.
public struct LocalTable: BitwiseCopyable {
  /// [rows x width], both the weights and the gradients; rows divide among the virtual shards.
  public var values: UnsafeMutablePointer<Float>
  public var gradients: UnsafeMutablePointer<Float>
  public var width: Int

  public init(values: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>, width: Int) {
    self.values = values
    self.gradients = gradients
    self.width = width
  }
}

/// The compact tables that a pass works on. Models see local ids only: whether the rows were gathered
/// for one step of cloud training or for one user's fine-tuning is the caller's affair, and cost grows
/// with what is touched, never with the tables.
public struct Submodel {
  /// In the order of `ModelLayout.tables`.
  public var tables: UnsafePointer<LocalTable>
  /// Local item i has the local categories `categories[categoryOffsets[i] ..< categoryOffsets[i + 1]]`.
  public var categoryOffsets: UnsafePointer<Int32>
  public var categories: UnsafePointer<Int32>

  public init(
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
  public static var empty: Submodel {
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
