import IO
import Support

extension SubsetRows {
  /// The rows that stay, users and items in the order of the data set, samples split by `rule`. What the selection leaves
  /// out in addition is marked: users without enough training samples lose their samples, and items go that
  /// no event or sample refers to.
  ///
  /// - Parameter minimum: only users with more training samples than this have samples.
  /// - Returns: nil for the selection where the minimum leaves nobody with samples; the most training samples that
  ///   a user has; and the users who stay without samples, as they have too few.
  func selection(
    _ rule: SplitRule?, minimum: Int?, _ progress: ImportProgress
  ) -> (selection: DatasetSelection?, mostTraining: Int, belowMinimum: ImportAccount.BelowMinimum?) {
    var users = GrowableBuffer<RowReference>()
    var eventOffsets = GrowableBuffer<Int64>()
    var eventRows = GrowableBuffer<RowReference>()
    var train = SampleRows()
    var test = SampleRows()
    var before = GrowableBuffer<Int32>()
    var part = SplitUser(self, rule)
    var mostTraining = 0
    var belowMinimum = minimum.map { ImportAccount.BelowMinimum(minimum: $0) }
    eventOffsets.append(0)
    for user in 0..<self.users.count where isKept(user: user) {
      if user & 0x3FFF == 0 { progress(.arranging(users: user, of: self.users.count)) }
      if user & 0xFF == 0 { Spill.checkpoint() }
      part.gather(user)
      mostTraining = max(mostTraining, part.training)
      let isBelow = minimum.map { part.training <= $0 } ?? false
      if isBelow { leaveOutSamples(of: user, .fewSamples) }

      before.removeAll()
      var kept: Int32 = 0
      for row in self.eventRows(ofUser: user) {
        before.append(kept)
        if events[row] != 0 { continue }
        kept += 1
        eventRows.append(RowReference(row))
      }
      before.append(kept)
      if kept == 0 && (isBelow || part.rows.count == 0) {
        self.users.values[user] = Reason.nothingLeft.rawValue
        continue
      }
      if isBelow { belowMinimum?.add(part.rows.count) }
      users.append(RowReference(user))
      eventOffsets.append(Int64(eventRows.count))
      for index in 0..<(isBelow ? 0 : part.rows.count) {
        let reference = part.rows.pointer[index]
        let samples = reference.table == 0 ? input.train : input.test
        let position = before.pointer[Int(samples.eventPosition[reference.row])]
        if index < part.training {
          train.append(reference, position)
        } else {
          test.append(reference, position)
        }
      }
      train.endUser()
      test.endUser()
    }
    progress(.arranging(users: self.users.count, of: self.users.count))
    if minimum != nil && train.count + test.count == 0 && mostTraining > 0 {
      return (nil, mostTraining, belowMinimum)
    }

    let (items, itemRows) = usedItems()
    return (
      DatasetSelection(
        users: users.column(), items: items, eventOffsets: eventOffsets.column(), events: eventRows.column(),
        train: train.take(), test: test.take(), itemRows: [itemRows]), mostTraining,
      belowMinimum
    )
  }

  /// The items that rows which stay refer to; the others are marked.
  private func usedItems() -> (items: Column<RowReference>, rows: Column<Int32>) {
    let rows = Column<Int32>(repeatElement(-1, count: items.count))
    for (item, reasons) in [
      (input.events.item, events), (input.train.item, train), (input.test.item, test),
    ] {
      for part in Pieces(item.count, bytesPerRow: 5) {
        for row in part where reasons[row] == 0 { rows.values[Int(item[row])] = 0 }
      }
    }
    var used = GrowableBuffer<RowReference>()
    for item in 0..<items.count {
      if rows[item] == 0 {
        rows.values[item] = Int32(used.count)
        used.append(RowReference(item))
      } else if items[item] == 0 {
        items.values[item] = Reason.unused.rawValue
      }
    }
    return (used.column(), rows)
  }
}

/// Samples of a selection, user after user.
struct SampleRows: ~Copyable {
  private var offsets = GrowableBuffer<Int64>()
  private var rows = GrowableBuffer<RowReference>()
  private var positions = GrowableBuffer<Int32>()

  init() { offsets.append(0) }

  var count: Int { rows.count }

  mutating func append(_ row: RowReference, _ eventPosition: Int32) {
    rows.append(row)
    positions.append(eventPosition)
  }

  mutating func endUser() { offsets.append(Int64(rows.count)) }

  /// What was added, without a copy; nothing is left.
  mutating func take() -> DatasetSelection.Samples {
    DatasetSelection.Samples(
      offsets: offsets.takeColumn(), rows: rows.takeColumn(), eventPosition: positions.takeColumn())
  }
}

extension GrowableBuffer where Element: Sendable {
  /// The values as a column, without a copy; the list is empty then.
  mutating func takeColumn() -> Column<Element> {
    var taken = GrowableBuffer()
    swap(&taken, &self)
    return taken.column()
  }
}
