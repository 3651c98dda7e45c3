import HDF5
import Support

/// Checks of one column of a file, or of those of its rows that have been read. Each runs over the rows once in a plain loop
/// that only gathers whether anything is wrong, and looks for the row only then.
struct ColumnCheck {
  let location: HDF5.Location

  init(_ location: HDF5.Location) { self.location = location }

  func invalid(_ row: Int, _ value: some Any, _ allowed: String) -> HDF5Error {
    .invalidValue(location, row: row, value: "\(value)", allowed: allowed)
  }

  func length<T>(_ column: Column<T>, _ count: Int) throws(HDF5Error) {
    guard column.count == count else {
      throw .wrongShape(location, expected: "\(count) values", found: ["\(column.count)"])
    }
  }

  /// `count + 1` offsets that start at 0, never fall and end at `total`.
  func offsets(_ column: Column<Int64>, _ count: Int, into total: Int) throws(HDF5Error) {
    try length(column, count + 1)
    try offsets(column, of: 0..<count, into: total)
  }

  /// The offsets of the ranges `ranges`: as above, of the first and the last range, and nowhere outside of 0 to `total`.
  func offsets(_ column: Column<Int64>, of ranges: Range<Int>, into total: Int) throws(HDF5Error) {
    let offsets = column.pointer
    let (first, last) = (ranges.lowerBound, ranges.upperBound)
    guard first == 0 ? offsets[0] == 0 : offsets[first] >= 0 else {
      throw invalid(first, offsets[first], "offsets start at 0")
    }
    var falls: UInt8 = 0
    for rows in Pieces(ranges, bytesPerRow: 8) {
      for row in rows { falls |= offsets[row + 1] < offsets[row] ? 1 : 0 }
    }
    if falls != 0 {
      for row in ranges where offsets[row + 1] < offsets[row] {
        throw invalid(row + 1, offsets[row + 1], "offsets never fall, the one before is \(offsets[row])")
      }
    }
    guard last == column.count - 1 ? offsets[last] == total : offsets[last] <= total else {
      throw invalid(last, offsets[last], "the last offset is the length of the columns, \(total)")
    }
    withExtendedLifetime(column) {}
  }

  /// Rows of a table of `bound` rows.
  func ids(
    _ column: Column<Int32>, rows range: Range<Int>? = nil, below bound: Int, of table: String
  ) throws(HDF5Error) {
    let ids = column.pointer
    let range = range ?? 0..<column.count
    // As unsigned, a negative id is the largest of all.
    var largest: UInt32 = 0
    for rows in Pieces(range, bytesPerRow: 4) {
      for row in rows { largest = max(largest, UInt32(bitPattern: ids[row])) }
    }
    guard range.count > 0, Int(largest) >= bound else { return }
    for row in range where ids[row] < 0 || Int(ids[row]) >= bound {
      throw invalid(row, ids[row], "\(table) has \(bound) rows, counted from 0")
    }
  }

  func bits(_ column: Column<UInt8>, rows range: Range<Int>? = nil) throws(HDF5Error) {
    let bits = column.pointer
    let range = range ?? 0..<column.count
    var all: UInt8 = 0
    for rows in Pieces(range, bytesPerRow: 1) { for row in rows { all |= bits[row] } }
    guard all > 1 else { return }
    for row in range where bits[row] > 1 { throw invalid(row, bits[row], "0 or 1") }
  }

  /// Values that never fall within one of the ranges of `offsets`: those of `users`.
  func rising(
    _ column: Column<Int64>, within offsets: Column<Int64>, users: Range<Int>? = nil
  ) throws(HDF5Error) {
    let (values, bounds) = (column.pointer, offsets.pointer)
    for users in Pieces(ofUsers: offsets, users, bytesPerRow: 8) {
      for range in users {
        var row = Int(bounds[range]) + 1
        let end = Int(bounds[range + 1])
        while row < end {
          if values[row] < values[row - 1] {
            throw invalid(
              row, values[row],
              "time does not fall within a user (user row \(range), before: \(values[row - 1]))")
          }
          row += 1
        }
      }
    }
    withExtendedLifetime((column, offsets)) {}
  }

  /// For the rows of each range of `rows`, those of `users`: 0 up to the length of the same range of `targets`.
  func positions(
    _ column: Column<Int32>, ofRows rows: Column<Int64>, in targets: Column<Int64>, users: Range<Int>? = nil
  ) throws(HDF5Error) {
    let (positions, rowBounds, targetBounds) = (column.pointer, rows.pointer, targets.pointer)
    for users in Pieces(ofUsers: rows, users, bytesPerRow: 4) {
      for user in users {
        let events = Int(targetBounds[user + 1] - targetBounds[user])
        var row = Int(rowBounds[user])
        let end = Int(rowBounds[user + 1])
        while row < end {
          let position = Int(positions[row])
          if position < 0 || position > events {
            throw invalid(row, position, "user row \(user) has \(events) events")
          }
          row += 1
        }
      }
    }
    withExtendedLifetime((column, rows, targets)) {}
  }

  func probabilities(_ column: Column<Float>, rows range: Range<Int>? = nil) throws(HDF5Error) {
    let values = column.pointer
    let range = range ?? 0..<column.count
    var outside: UInt8 = 0
    for rows in Pieces(range, bytesPerRow: 4) {
      for row in rows { outside |= (values[row] >= 0 ? 0 : 1) | (values[row] <= 1 ? 0 : 1) }
    }
    if outside == 0 { return }
    for row in range where !(values[row] >= 0 && values[row] <= 1) {
      throw invalid(row, values[row], "a probability, 0 to 1")
    }
  }

  /// Numbers that are neither infinite nor NaN, in rows of `width`.
  func finite(_ column: Column<Float>, rows: Range<Int>? = nil, width: Int) throws(HDF5Error) {
    let values = column.pointer
    let range = rows.map { $0.lowerBound * width..<$0.upperBound * width } ?? 0..<column.count
    var other: UInt8 = 0
    for rows in Pieces(range, bytesPerRow: 4) {
      for index in rows { other |= values[index].isFinite ? 0 : 1 }
    }
    if other == 0 { return }
    for index in range where !values[index].isFinite {
      throw invalid(index / width, values[index], "finite numbers")
    }
  }
}
