import IO
import Import
import Support

extension Dataset {
  /// Puts the samples of `table` into this data set, as the training samples of the user in row `user`, in the order of
  /// their whole times, with their features; their histories are the events that the data set has, by `sameTime`. `items`
  /// are the rows of the table's items. A drawn negative has the history of the sample before it.
  mutating func setTraining(
    _ table: KnownTable, items: [Int32], user: Int, sameTime: SameTime
  ) {
    var fractions = (0..<table.count).map { table.fraction(ofRow: $0) }
    // A drawn negative stays behind the sample that it was drawn for.
    for row in fractions.indices.dropFirst()
    where !table.drawn.isEmpty && table.drawn[row] == 1 && table.time[row] == table.time[row - 1] {
      fractions[row] = fractions[row - 1]
    }
    func key(_ row: Int) -> (Int64, Int32, Int) { (table.time[row], fractions[row], row) }
    let order = (0..<table.count).sorted { key($0) < key($1) }
    let rule = HistoryRule(dataset: self, sameTime: sameTime)
    var positions: [Int32] = []
    for row in order {
      if !table.drawn.isEmpty, table.drawn[row] == 1, let last = positions.last {
        positions.append(last)
      } else {
        positions.append(
          rule.position(user: user, item: items[Int(table.item[row])], time: table.time[row]))
      }
    }
    train = Samples(
      offsets: Dataset.offsets(users: users.count, user: user, count: order.count),
      item: Column(order.map { items[Int(table.item[$0])] }), label: Column(order.map { table.label[$0] }),
      eventPosition: Column(positions), timestamp: Column(order.map { table.time[$0] }))
    for (index, column) in (table.features[.samples] ?? []).enumerated() {
      features.samples[index].columns[0] = column.ordered(
        order, width: features.samples[index].vectorWidth ?? 1)
    }
  }
}

extension FeatureColumn {
  /// The rows `order`, in that order.
  fileprivate func ordered(_ order: [Int], width: Int) -> FeatureColumn {
    FeatureColumn(order.map { (part: 0, row: $0) }, of: [self], width: width)
  }
}
