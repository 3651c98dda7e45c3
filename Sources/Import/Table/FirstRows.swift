import Support

/// Which records say the features of users or items that any number of rows describe: of each feature that of the first
/// row in time that has a value. Rows of a file of their own come before all rows of logs.
///
/// A value other than the one that stands is counted.
struct FirstRows {
  private let collectors: [any FeatureCollector]
  /// By collector: the columns whose values tell rows apart.
  private var slots: [[Int]]
  /// Whether values stand in other columns than the collectors' own, nil where one has none.
  private var others: [Int?]?
  /// By user or item and collector: the record, -1 where there is none, its time, and a number that tells what it says.
  private var records: [Int32] = []
  private var times: [LogTime] = []
  private var prints: [UInt64] = []
  /// Records taken by each collector.
  private var counts: [Int32]
  /// Values other than those that stood when they were read.
  private var contradictions = LineTally()

  init(_ collectors: [any FeatureCollector]) {
    self.collectors = collectors
    slots = collectors.map(\.slots)
    counts = Array(repeating: 0, count: collectors.count)
  }

  /// Reads the features from the columns of another log, nil where it has none.
  mutating func read(from others: [Int?]) {
    self.others = others
    slots = others.map { $0.map { [$0] } ?? [] }
  }

  /// Reads the features from the collectors' own columns.
  mutating func readOwnColumns() {
    others = nil
    slots = collectors.map(\.slots)
  }

  /// Whether no row is ever taken.
  var isEmpty: Bool { collectors.isEmpty }

  /// Takes of the reader's present record what is the first in time so far of `row`; says whether there was any.
  /// - Parameter time: nil for rows of a file of their own, of which the first counts.
  @discardableResult
  mutating func take(_ row: Int32, _ reader: RecordReader, at time: LogTime?) -> Bool {
    let (first, width) = (Int(row) * collectors.count, collectors.count)
    while records.count < first + width {
      records.append(-1)
      times.append(.never)
      prints.append(0)
    }
    let time = time ?? LogTime(seconds: -1)
    var isTaken = false
    for index in 0..<width {
      let print = reader.fingerprint(slots[index])
      if print == 0 { continue }
      let place = first + index
      if prints[place] != 0 && prints[place] != print { contradictions.add(at: reader.lines.number) }
      guard time < times[place] else { continue }
      (records[place], times[place], prints[place]) = (counts[index], time, print)
      counts[index] += 1
      isTaken = true
      if let slot = others?[index] {
        collectors[index].take(reader, from: slot)
      } else {
        collectors[index].take(reader, at: time.seconds)
      }
    }
    return isTaken
  }

  /// Whether any feature of `row` has a value.
  func describes(_ row: Int) -> Bool {
    let (first, width) = (row * collectors.count, collectors.count)
    return first + width <= records.count && records[first..<first + width].contains { $0 >= 0 }
  }

  /// By collector: the record of each of `count` users or items, -1 where it has none.
  func columns(_ count: Int) -> [RecordRows] {
    let width = collectors.count
    return (0..<width).map { index in
      let column = Column<Int32>(repeatElement(-1, count: count))
      for row in 0..<min(count, records.count / max(width, 1)) {
        column.values[row] = records[row * width + index]
      }
      return RecordRows(column)
    }
  }

  /// The contradictions since the last call, for the account of a file.
  mutating func takeContradictions() -> LineTally {
    defer { contradictions = LineTally() }
    return contradictions
  }
}
