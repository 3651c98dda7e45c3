import IO

extension Dataset {
  /// Joins what an importer has read.
  init(
    _ rows: DatasetBuilder.Rows, items: borrowing IdentifierTable, _ table: borrowing CategoryTable,
    genome: Genome?,
    _ provenance: Provenance, hasItemsFile: Bool, _ progress: ImportProgress
  ) {
    var provenance = provenance
    if hasItemsFile {
      let without = table.itemsWithout
      provenance.settings["items_without_category"] = "\(without)"
      if without > 0 { progress(.note("\(without) of \(items.count) items have no category")) }
    }
    let (offsets, categories) = table.columns()
    self.init(
      users: rows.users, events: rows.events, train: rows.train, test: rows.test,
      items: Items(id: items.column(), categoryOffsets: offsets, categories: categories, genome: genome),
      categories: table.categories.column(), provenance: provenance)
  }
}

extension Dataset.Provenance {
  /// Adds a file whose lines have all been read.
  mutating func add(_ lines: SourceLines) {
    sources.append(lines.source)
    skippedLines += lines.skipped
  }
}
