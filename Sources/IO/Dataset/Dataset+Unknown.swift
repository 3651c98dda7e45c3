import Support

extension Dataset {
  /// This data set with one more user and one more item, as asked for, that stand for all that it does not know: without
  /// events and samples, with missing features. A missing vector is the mean of those that are there, as in an import.
  /// What becomes longer is in `memory`; throws what that throws.
  package func addingUnknown(
    user addsUser: Bool, item addsItem: Bool, in memory: any MemorySource
  ) throws -> Dataset {
    var longer = self
    longer.histories = [:]
    if addsUser {
      longer.users.id = try users.id.addingEmpty(in: memory)
      longer.users.eventOffsets = try users.eventOffsets.repeatingLast(in: memory)
      longer.train.offsets = try train.offsets.repeatingLast(in: memory)
      longer.test.offsets = try test.offsets.repeatingLast(in: memory)
      longer.features.users = try features.users.map { try $0.addingMissing(in: memory) }
      longer.blocks = UserBlocks(users: users.count + 1)
    }
    if addsItem {
      longer.items.id = try items.id.addingEmpty(in: memory)
      longer.features.items = try features.items.map { try $0.addingMissing(in: memory) }
    }
    return longer
  }
}

extension Feature {
  /// The same with one more row, which is missing.
  fileprivate func addingMissing(in memory: any MemorySource) throws -> Feature {
    var longer = self
    longer.columns[0] = try column.addingMissing(width: vectorWidth ?? 1, in: memory)
    return longer
  }
}

extension FeatureColumn {
  fileprivate func addingMissing(width: Int, in memory: any MemorySource) throws -> FeatureColumn {
    switch self {
    case .values(let values): return .values(try values.adding([-1], in: memory))
    case .lists(let offsets, let values):
      return .lists(offsets: try offsets.repeatingLast(in: memory), values: values)
    case .numbers(let numbers, let missing):
      let rows = numbers.count / max(width, 1)
      let flags = missing ?? Column(repeatElement(0, count: rows))
      let last = width == 1 ? [0] : FeatureColumn.mean(numbers, missing: flags, width: width)
      return .numbers(try numbers.adding(last, in: memory), missing: try flags.adding([1], in: memory))
    }
  }

  /// The mean of the vectors [rows x width] that are there, zeros where none is.
  private static func mean(_ numbers: Column<Float>, missing: Column<UInt8>, width: Int) -> [Float] {
    var sums = [Double](repeating: 0, count: width)
    var whole = 0
    for row in 0..<missing.count where missing[row] == 0 {
      whole += 1
      for index in 0..<width { sums[index] += Double(numbers[row * width + index]) }
    }
    return sums.map { whole == 0 ? 0 : Float($0 / Double(whole)) }
  }
}

extension Column {
  /// A copy of these values, and then `more`.
  package func adding(_ more: [Element], in memory: any MemorySource) throws -> Column {
    let longer = try Column(count + more.count, in: memory)
    for row in 0..<count { longer.values[row] = self[row] }
    for (row, value) in more.enumerated() { longer.values[count + row] = value }
    return longer
  }

  /// A copy of these values in `memory`.
  package func copied(in memory: any MemorySource) throws -> Column { try adding([], in: memory) }

  /// Offsets with one more range, an empty one.
  fileprivate func repeatingLast(in memory: any MemorySource) throws -> Column {
    try adding([self[count - 1]], in: memory)
  }
}

extension StringColumn {
  /// A copy of these strings in `memory`.
  package func copied(in memory: any MemorySource) throws -> StringColumn {
    StringColumn(width: width, bytes: try bytes.copied(in: memory))
  }

  /// The same with an empty string at its end, which no identifier is.
  fileprivate func addingEmpty(in memory: any MemorySource) throws -> StringColumn {
    StringColumn(
      width: width, bytes: try bytes.adding([UInt8](repeating: 0, count: width), in: memory))
  }
}

extension FeatureColumn {
  /// A copy of this column in `memory`.
  package func copied(in memory: any MemorySource) throws -> FeatureColumn {
    switch self {
    case .values(let values): .values(try values.copied(in: memory))
    case .lists(let offsets, let values):
      .lists(offsets: try offsets.copied(in: memory), values: try values.copied(in: memory))
    case .numbers(let numbers, let missing):
      .numbers(try numbers.copied(in: memory), missing: try missing?.copied(in: memory))
    }
  }
}
