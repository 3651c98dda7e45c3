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
package struct Submodel: BitwiseCopyable {
  /// In the order of `ModelLayout.tables`.
  package var tables: UnsafePointer<LocalTable>
  /// How many local items there are.
  package var itemCount: Int
  /// One per feature that joins the items' embeddings, in the order of `ModelFeatures.encoded`: the local rows of each
  /// local item's values.
  package var itemFeatures: UnsafePointer<RaggedRows>

  package init(
    tables: UnsafePointer<LocalTable>, itemCount: Int, itemFeatures: UnsafePointer<RaggedRows>
  ) {
    self.tables = tables
    self.itemCount = itemCount
    self.itemFeatures = itemFeatures
  }
}

extension Submodel {
  /// A submodel without tables: what a pass holds until it gets its own.
  package static var empty: Submodel {
    Submodel(
      tables: UnsafePointer(bitPattern: MemoryLayout<LocalTable>.alignment)!, itemCount: 0,
      itemFeatures: UnsafePointer(bitPattern: MemoryLayout<RaggedRows>.alignment)!)
  }
}
