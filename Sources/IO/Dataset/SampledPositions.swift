import HDF5
import Support

/// How many events lie before training samples: of up to 65,536 of them, spread over a data set.
package struct SampledPositions: Sendable, Equatable {
  private let positions: [Int32]

  package init(_ positions: [Int32] = []) { self.positions = positions }

  /// Of the data set in the file `path`, read in runs of 4,096 rows. Throws `FileError`.
  package init(of path: String) throws {
    let (runs, length) = (16, 4096)
    let file = try StoredFile.open(path)
    let column = try file.root().dataset("samples/train/event_position")
    let rows = try column.shape().first ?? 0
    var positions: [Int32] = []
    for run in 0..<runs {
      let first = max(positions.count, rows / runs * run)
      let count = min(length, rows - first)
      guard count > 0 else { break }
      var values = [Int32](repeating: 0, count: count)
      try values.withUnsafeMutableBufferPointer { try column.read(into: $0, rows: first..<first + count) }
      positions += values
    }
    self.positions = positions
  }

  /// The mean length of a history that holds the last `limit` events; nil where nothing is known.
  package func meanHistory(limit: Int) -> Double? {
    guard !positions.isEmpty else { return nil }
    let sum = positions.reduce(0.0) { $0 + Double(min(max(Int($1), 0), limit)) }
    return sum / Double(positions.count)
  }
}
