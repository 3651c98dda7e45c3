import IO
import Models
import Support

/// One feature of a data set as models take it: rows of tables, transformed numbers, vectors of unit length.
///
/// A vector of unit length counts as one feature value does. The 1,128 relevances of a tag genome otherwise outweigh
/// all embeddings, and plain SGD at the paper's learning rate of 1 diverges.
final class FeatureSource {
  private enum Kind {
    /// Rows of a vocabulary; those from `known` on share the table's last row.
    case values(known: Int32)
    /// Numbers that stand for one of so many categories.
    case categories
    case number
    case vector(width: Int)
  }

  /// Where a column lies in memory.
  private struct Pointers {
    var offsets: UnsafePointer<Int64>?
    var values: UnsafePointer<Int32>?
    var numbers: UnsafePointer<Float>?
    var missing: UnsafePointer<UInt8>?

    init(_ column: FeatureColumn) {
      switch column {
      case .values(let rows): values = rows.pointer
      case .lists(let offsets, let rows): (self.offsets, values) = (offsets.pointer, rows.pointer)
      case .numbers(let values, let flags): (numbers, missing) = (values.pointer, flags?.pointer)
      }
    }
  }

  private let kind: Kind
  private let steps: [NumericStep]
  /// The owners of the memory.
  private let columns: [FeatureColumn]
  /// The column, or of a sample's feature those of the training part, with `split` rows, and of the test part.
  private let first: Pointers
  private let second: Pointers
  private let split: Int
  /// Of an item's vector: [items] 1 / length, 0 for a vector of zeros. Other vectors' are computed as they are taken.
  private var scales: Column<Float>?

  /// The data set has the feature (`Job.fitted`).
  init(_ feature: ModelFeature, of dataset: Dataset) {
    guard let owner = FeatureOwner(rawValue: feature.owner.rawValue),
      let stored = dataset.features.feature(owner, feature.name)
    else { preconditionFailure("the job is fitted to the data set") }
    switch stored.kind {
    case .categorical:
      kind = .values(known: Int32(clamping: dataset.features.vocabulary(of: stored)?.known ?? 0))
      steps = []
    case .numeric(let steps):
      kind = steps.categories == nil ? .number : .categories
      self.steps = steps
    case .vector(let width):
      kind = .vector(width: width)
      steps = []
    }
    columns = stored.columns
    first = Pointers(stored.columns[0])
    second = Pointers(stored.columns[stored.columns.count - 1])
    split = stored.columns.count > 1 ? dataset.train.count : .max
    if owner == .items, case .vector(let width) = kind {
      let scales = Column<Float>(uninitialized: dataset.items.count)
      for item in 0..<scales.count { scales.values[item] = scale(ofRow: item, width: width) }
      self.scales = scales
    }
  }

  /// The column that has row `row` of the owner, and the row's place in it.
  @inline(__always)
  private func place(_ row: Int) -> (Pointers, Int) { row < split ? (first, row) : (second, row - split) }

  private func scale(ofRow row: Int, width: Int) -> Float {
    let (column, place) = place(row)
    guard let values = column.numbers else { preconditionFailure("a vector has numbers") }
    var square = 0.0
    for i in place * width..<(place + 1) * width { square += Double(values[i]) * Double(values[i]) }
    return square > 0 ? Float(1 / square.squareRoot()) : 0
  }

  // Features with values.

  /// How many values the row `row` has, -1 for no row.
  func count(ofRow row: Int) -> Int {
    guard row >= 0 else { return 0 }
    let (column, place) = place(row)
    if let offsets = column.offsets { return Int(offsets[place + 1] - offsets[place]) }
    if let values = column.values { return values[place] < 0 ? 0 : 1 }
    return column.missing.map { $0[place] == 0 ? 1 : 0 } ?? 1
  }

  /// Writes to `ends` where the values of each of `rows` [count] end in one list of all that begins at `start`; returns
  /// where the last ones end.
  func writeEnds<Row: FixedWidthInteger>(
    of rows: UnsafePointer<Row>, count: Int, from start: Int32, to ends: UnsafeMutablePointer<Int32>
  ) -> Int32 {
    var end = start
    for n in 0..<count {
      end += Int32(self.count(ofRow: Int(rows[n])))
      ends[n] = end
    }
    return end
  }

  /// Writes that list, of which `values` is the place `start`: the table rows of the values.
  func writeValues<Row: FixedWidthInteger>(
    of rows: UnsafePointer<Row>, count: Int, ends: UnsafePointer<Int32>, from start: Int32,
    to values: UnsafeMutablePointer<Int32>
  ) {
    var first = start
    for n in 0..<count {
      write(row: Int(rows[n]), count: Int(ends[n] - first), to: values + Int(first - start))
      first = ends[n]
    }
  }

  /// Writes the table rows of the `count` values of row `row`.
  func write(row: Int, count: Int, to rows: UnsafeMutablePointer<Int32>) {
    guard count > 0 else { return }
    let (column, place) = place(row)
    if case .values(let known) = kind, let values = column.values {
      let start = column.offsets.map { Int($0[place]) } ?? place
      for i in 0..<count { rows[i] = min(values[start + i], known) }
    } else if let numbers = column.numbers {
      rows[0] = Int32(steps.apply(Double(numbers[place])))
    }
  }

  // The feature for a batch.

  /// The values of `rows` [count], rows of the owner or -1 for none, in memory of `arena`.
  func gather(_ rows: UnsafePointer<Int>, count: Int, in arena: Arena) -> FeatureValues {
    switch kind {
    case .values, .categories: FeatureValues(lists: lists(rows, count, arena))
    case .number: numbers(rows, count, arena)
    case .vector(let width):
      FeatureValues(numbers: vectors(rows, count, width: width, arena))
    }
  }

  private func lists(_ rows: UnsafePointer<Int>, _ count: Int, _ arena: Arena) -> RaggedRows {
    let offsets = arena.take(count + 1, of: Int32.self)
    offsets[0] = 0
    let total = writeEnds(of: rows, count: count, from: 0, to: offsets + 1)
    let values = arena.take(Int(total), of: Int32.self)
    writeValues(of: rows, count: count, ends: offsets + 1, from: 0, to: values)
    return RaggedRows(offsets: offsets, rows: values)
  }

  private func numbers(_ rows: UnsafePointer<Int>, _ count: Int, _ arena: Arena) -> FeatureValues {
    let numbers = arena.take(count, of: Float.self)
    let missing = arena.take(count, of: UInt8.self)
    for n in 0..<count {
      missing[n] = self.count(ofRow: rows[n]) == 0 ? 1 : 0
      numbers[n] = 0
      guard missing[n] == 0 else { continue }
      let (column, place) = place(rows[n])
      if let values = column.numbers { numbers[n] = Float(steps.apply(Double(values[place]))) }
    }
    return FeatureValues(numbers: numbers, missing: missing)
  }

  private func vectors(
    _ rows: UnsafePointer<Int>, _ count: Int, width: Int, _ arena: Arena
  ) -> UnsafeMutablePointer<Float> {
    let vectors = arena.take(count * width, of: Float.self)
    for n in 0..<count {
      let to = vectors + n * width
      let row = rows[n]
      guard row >= 0 else {
        to.update(repeating: 0, count: width)
        continue
      }
      let (column, place) = place(row)
      guard let values = column.numbers else { preconditionFailure("a vector has numbers") }
      let (from, scale) = (values + place * width, scales?[row] ?? scale(ofRow: row, width: width))
      for i in 0..<width { to[i] = from[i] * scale }
    }
    return vectors
  }
}
