import IO
import Support

/// Which rows of one or several data sets make up another one, and in which order. Nothing is copied before `dataset`.
struct DatasetSelection {
  /// Training or test samples. Table 2 i has the training samples of data set i, table 2 i + 1 its test samples, so that
  /// samples may change sides.
  struct Samples {
    /// [users + 1]
    var offsets: Column<Int64>
    var rows: Column<RowReference>
    /// How many of the user's selected events come before each.
    var eventPosition: Column<Int32>
  }

  /// In the order of their rows; the table is the data set.
  var users: Column<RowReference>
  var items: Column<RowReference>
  /// [users + 1]
  var eventOffsets: Column<Int64>
  var events: Column<RowReference>
  var train: Samples
  var test: Samples
  /// Of each data set: its items' rows in the selection; -1 where left out.
  var itemRows: [Column<Int32>]

  /// Gathers the rows. All of `inputs` have the same features and optional columns of samples, which
  /// `DatasetDifference` checks. Vocabularies are counted anew, and numbers are transformed by the parameters of the new
  /// training part unless it is the old one.
  func dataset(of inputs: [Dataset], _ provenance: Dataset.Provenance) -> Dataset {
    func events<T>(_ column: (Dataset.Events) -> Column<T>) -> Column<T> {
      .gathered(self.events, of: inputs.map { column($0.events) })
    }
    var result = Dataset(
      users: .init(id: strings(users, inputs.map(\.users.id)), eventOffsets: eventOffsets),
      events: .init(
        item: .gathered(self.events, of: zip(inputs, itemRows).map { $0.events.item.renumbered($1) }),
        timestamp: events { $0.timestamp }, label: events { $0.label }),
      train: samples(train, of: inputs), test: samples(test, of: inputs),
      items: .init(id: strings(items, inputs.map(\.items.id))),
      features: features(of: inputs), provenance: provenance)
    result.dropUnusedValues()
    result.countOccurrences()
    result.orderVocabularies()
    if !keepsTraining(of: inputs) { result.fitNumericSteps() }
    return result
  }

  private func samples(_ samples: Samples, of inputs: [Dataset]) -> Dataset.Samples {
    let tables = inputs.flatMap { [$0.train, $0.test] }
    func optional<T>(_ column: (Dataset.Samples) -> Column<T>?) -> Column<T>? {
      let columns = tables.compactMap(column)
      return columns.count == tables.count ? .gathered(samples.rows, of: columns) : nil
    }
    // A file in which nothing was drawn need not say so.
    let anyDrawn = tables.contains { $0.drawn != nil }
    return Dataset.Samples(
      offsets: samples.offsets,
      item: .gathered(
        samples.rows,
        of: tables.enumerated().map { $1.item.renumbered(itemRows[$0 / 2]) }),
      label: .gathered(samples.rows, of: tables.map(\.label)), eventPosition: samples.eventPosition,
      probability: optional { $0.probability }, timestamp: optional { $0.timestamp },
      drawn: anyDrawn
        ? optional { $0.drawn ?? Column(repeatElement(0, count: $0.count)) } : nil)
  }

  private func strings(_ rows: Column<RowReference>, _ tables: [StringColumn]) -> StringColumn {
    if tables.count == 1 { return tables[0].selected(rows.values.lazy.map(\.row)) }
    var table = IdentifierTable(field: "identifier")
    for reference in rows.values { _ = table.insert(tables[reference.table].bytes(ofRow: reference.row)) }
    return table.column()
  }

  /// Whether users, events and training samples are those of the one data set that rows were selected from.
  private func keepsTraining(of inputs: [Dataset]) -> Bool {
    guard inputs.count == 1, let input = inputs.first, users.count == input.users.count,
      events.count == input.events.count, train.rows.count == input.train.count
    else { return false }
    return (0..<train.rows.count).allSatisfy { train.rows[$0] == RowReference($0) }
  }
}
