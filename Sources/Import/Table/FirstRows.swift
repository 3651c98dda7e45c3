import Support

/// Which record says the features of each user or item that rows of a log describe: that of its first row in time.
///
/// A row that says something else than the one that stands is counted.
struct FirstRows {
  private let collectors: [any FeatureCollector]
  /// By collector: the columns whose values tell rows apart.
  private var slots: [[Int]]
  /// Whether values stand in other columns than the collectors' own, nil where one has none.
  private var others: [Int?]?
  /// By user or item: the record, -1 where there is none.
  private(set) var records: [Int32] = []
  private var times: [Int64] = []
  /// By user or item and collector: what the row that stands says; 0 for nothing.
  private var prints: [UInt64] = []
  /// Records taken.
  private(set) var count: Int32 = 0
  /// Rows that say something else than the row that stood when they were read.
  private(set) var contradictions = LineTally()

  init(_ collectors: [any FeatureCollector]) {
    self.collectors = collectors
    slots = collectors.map(\.slots)
  }

  /// Reads the features from the columns of another log, nil where it has none.
  mutating func read(from others: [Int?]) {
    self.others = others
    slots = others.map { $0.map { [$0] } ?? [] }
  }

  /// Whether no row is ever taken.
  var isEmpty: Bool { collectors.isEmpty }

  /// Takes the reader's present record for `row` if it is the first in time so far.
  mutating func take(_ row: Int32, _ reader: RecordReader, at timestamp: Int64) {
    let (row, width) = (Int(row), collectors.count)
    while records.count <= row {
      records.append(-1)
      times.append(.max)
      prints.append(contentsOf: repeatElement(0, count: width))
    }
    var isOther = false
    let isFirst = timestamp < times[row]
    for index in 0..<width {
      let (print, known) = (reader.fingerprint(slots[index]), prints[row * width + index])
      if print != known && print != 0 && known != 0 { isOther = true }
      if isFirst { prints[row * width + index] = print }
    }
    if isOther { contradictions.add(at: reader.lines.number) }
    guard isFirst else { return }
    times[row] = timestamp
    records[row] = count
    count += 1
    for index in 0..<width {
      if let others {
        collectors[index].take(reader, from: others[index])
      } else {
        collectors[index].take(reader, at: timestamp)
      }
    }
  }

  /// The contradictions since the last call, for the account of a file.
  mutating func takeContradictions() -> LineTally {
    defer { contradictions = LineTally() }
    return contradictions
  }
}
