import Models

/// The values of one feature in plain arrays, row by row of its owner.
enum RaggedValues: Sendable {
  /// Rows of the feature's table; none where it is missing.
  case lists([[Int32]])
  /// nil where it is missing.
  case numbers([Float?])
  case vectors([[Float]])

  /// Of the rows `rows`, with the values of row i moved by `shifts[i]`: to the table of its shard.
  func values(of rows: [Int], shifts: [Int32], in arena: Arena) -> FeatureValues {
    switch self {
    case .lists(let lists):
      var offsets: [Int32] = [0]
      var moved: [Int32] = []
      for (row, shift) in zip(rows, shifts) {
        moved += lists[row].map { $0 + shift }
        offsets.append(Int32(moved.count))
      }
      return FeatureValues(lists: RaggedRows(offsets: arena.copy(offsets), rows: arena.copy(moved)))
    case .numbers(let numbers):
      return FeatureValues(
        numbers: UnsafeMutablePointer(mutating: arena.copy(rows.map { numbers[$0] ?? .nan })),
        missing: arena.copy(rows.map { numbers[$0] == nil ? 1 : 0 }))
    case .vectors(let vectors):
      return FeatureValues(
        numbers: UnsafeMutablePointer(mutating: arena.copy(rows.flatMap { vectors[$0] })))
    }
  }
}

extension Arena {
  /// The values of `array`, or one that is no number for an empty one.
  func copy<Element: BitwiseCopyable>(_ array: [Element]) -> UnsafePointer<Element> {
    let values = take(max(array.count, 1), of: Element.self)
    array.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { values.update(from: start, count: array.count) }
    }
    return UnsafePointer(values)
  }
}
