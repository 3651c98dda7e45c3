extension GenomeReader {
  /// Of the file of a schema's vector.
  init(_ table: FeatureRule.LongTable) {
    self.init(
      columns: Columns(key: table.key, index: table.index, value: table.value), allowed: table.allowed)
  }
}
