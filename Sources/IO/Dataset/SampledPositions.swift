import HDF5
import Support

/// How many events lie before training samples, and which share of events is positive: of up to 65,536 of each, spread
/// over a data set.
package struct SampledPositions: Sendable, Equatable {
  private let positions: [Int32]
  /// Nil where nothing is known.
  package let positiveShare: Double?

  package init(_ positions: [Int32] = [], positiveShare: Double? = nil) {
    self.positions = positions
    self.positiveShare = positiveShare
  }

  /// Of the data set in the file `path`, read in runs of 4,096 rows. Throws `FileError`.
  package init(of path: String) throws {
    let file = try StoredFile.open(path)
    let root = try file.root()
    positions = try SampledPositions.sample(root.dataset("samples/train/event_position"))
    let labels: [UInt8] = try SampledPositions.sample(root.dataset("events/label"))
    positiveShare = labels.isEmpty ? nil : Double(labels.count { $0 != 0 }) / Double(labels.count)
  }

  private static func sample<Value: HDF5.Scalar & ExpressibleByIntegerLiteral>(
    _ column: borrowing HDF5.Dataset
  ) throws -> [Value] {
    let (runs, length) = (16, 4096)
    let rows = try column.columnCount()
    var all: [Value] = []
    for run in 0..<runs {
      let first = max(all.count, rows / runs * run)
      let count = min(length, rows - first)
      guard count > 0 else { break }
      var values = [Value](repeating: 0, count: count)
      try values.withUnsafeMutableBufferPointer { try column.read(into: $0, rows: first..<first + count) }
      all += values
    }
    return all
  }

  /// The mean length of a history that holds the last `limit` of this share of the events; nil where nothing is known.
  package func meanHistory(limit: Int, share: Double) -> Double? {
    guard !positions.isEmpty else { return nil }
    let sum = positions.reduce(0.0) { $0 + min(share * Double(max($1, 0)), Double(limit)) }
    return sum / Double(positions.count)
  }
}
