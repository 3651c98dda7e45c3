import IO
import Support

/// One user's samples that stay, in training and test order.
struct SplitUser: ~Copyable {
  struct Entry: BitwiseCopyable {
    var time: Int64
    var reference: RowReference
    var isDrawn: Bool
  }

  private let parts: [(samples: Dataset.Samples, reasons: Column<UInt8>)]
  private let rule: SplitRule?
  private var entries = GrowableBuffer<Entry>()
  private var sorted: [(time: Int64, order: Int)] = []
  private var groupTimes = GrowableBuffer<Int64>()
  private var groupStarts = GrowableBuffer<Int>()
  /// Training samples, then test samples.
  private(set) var rows = GrowableBuffer<RowReference>()
  /// How many of them train.
  private(set) var training = 0

  /// - Parameter rule: nil where samples stay in their part. With a rule they have times.
  init(_ subset: SubsetRows, _ rule: SplitRule?) {
    parts = subset.parts
    self.rule = rule
  }

  mutating func gather(_ user: Int) {
    rows.removeAll()
    entries.removeAll()
    training = 0
    for (table, (samples, reasons)) in parts.enumerated() {
      for row in samples.rows(ofUser: user) where reasons[row] == 0 {
        if rule == nil {
          rows.append(RowReference(row, table: table))
        } else {
          entries.append(
            Entry(
              time: samples.timestamp?[row] ?? 0, reference: RowReference(row, table: table),
              isDrawn: (samples.drawn?[row] ?? 0) != 0))
        }
      }
      if table == 0 { training = rows.count }
    }
    if let rule { split(rule) }
  }

  /// By time; a positive and the negatives drawn for it, which follow it at its time, count as one and stay together.
  private mutating func split(_ rule: SplitRule) {
    sortEntries()
    groupTimes.removeAll()
    groupStarts.removeAll()
    for index in 0..<entries.count {
      rows.append(entries.pointer[index].reference)
      if entries.pointer[index].isDrawn && groupTimes.count > 0 { continue }
      groupTimes.append(entries.pointer[index].time)
      groupStarts.append(index)
    }
    let count = rule.trainingCount(
      UnsafeBufferPointer(start: groupTimes.pointer, count: groupTimes.count))
    training = count < groupStarts.count ? groupStarts.pointer[count] : rows.count
  }

  /// Stable by time: samples of one moment keep the order of the file, training before test.
  private mutating func sortEntries() {
    var isSorted = true
    for index in 1..<max(1, entries.count)
    where entries.pointer[index].time < entries.pointer[index - 1].time { isSorted = false }
    if isSorted { return }
    sorted.removeAll(keepingCapacity: true)
    for index in 0..<entries.count { sorted.append((entries.pointer[index].time, index)) }
    sorted.sort { $0 < $1 }
    let unsorted = (0..<entries.count).map { entries.pointer[$0] }
    for (place, entry) in sorted.enumerated() { entries.pointer[place] = unsorted[entry.order] }
  }
}
