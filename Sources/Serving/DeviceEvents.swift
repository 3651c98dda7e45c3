import IO
import Import
import Support

/// What a user has done, from the samples and, where there is one, a file of what came before: the events of a data set
/// that has no others.
struct DeviceEvents {
  /// In the order of the events: the row of `history`, or of the samples where that is nil.
  private struct Source {
    var history: Int?
    var sample: Int
    var time: Int64
    var fraction: Int32
    var item: Int32
    var label: UInt8
  }

  private var sources: [Source] = []
  /// Samples that are events of the history as well, of the same item and time.
  private(set) var shared = 0

  var count: Int { sources.count }

  /// Every sample that was not drawn is an event with its label, unless `history` has it or is all there is
  /// (`onlyHistory`). They are in the order of the whole time, however fine; of one time the events of `history` come first,
  /// and otherwise events stand as in their files.
  init(
    _ samples: KnownTable, _ sampleItems: [Int32], _ history: KnownTable?, _ historyItems: [Int32],
    onlyHistory: Bool
  ) {
    struct Moment: Hashable {
      var item: String
      var time: Int64
    }
    var known: Set<Moment> = []
    if let history {
      for row in 0..<history.count {
        known.insert(Moment(item: history.items[Int(history.item[row])], time: history.time[row]))
        sources.append(
          Source(
            history: row, sample: 0, time: history.time[row], fraction: history.fraction(ofRow: row),
            item: historyItems[Int(history.item[row])],
            label: history.label.isEmpty ? 1 : history.label[row]))
      }
    }
    for row in 0..<samples.count where !onlyHistory && (samples.drawn.isEmpty || samples.drawn[row] == 0) {
      if known.contains(Moment(item: samples.items[Int(samples.item[row])], time: samples.time[row])) {
        shared += 1
        continue
      }
      sources.append(
        Source(
          history: nil, sample: row, time: samples.time[row], fraction: samples.fraction(ofRow: row),
          item: sampleItems[Int(samples.item[row])], label: samples.label[row]))
    }
    func key(_ source: (offset: Int, element: Source)) -> (Int64, Int32, Int) {
      (source.element.time, source.element.fraction, source.offset)
    }
    sources = sources.enumerated().sorted { key($0) < key($1) }.map(\.element)
  }

  /// Puts the events into `dataset`, as those of the user in row `user`, with the features that the tables have.
  func put(into dataset: inout Dataset, user: Int, _ samples: KnownTable, _ history: KnownTable?) {
    dataset.users.eventOffsets = Dataset.offsets(users: dataset.users.count, user: user, count: count)
    dataset.events = Dataset.Events(
      item: Column(sources.map(\.item)), timestamp: Column(sources.map(\.time)),
      label: Column(sources.map(\.label)))
    for index in dataset.features.events.indices {
      let feature = dataset.features.events[index]
      let parts = [samples.features[.events]?[index], history?.features[.events]?[index]].compactMap(\.self)
      let rows = sources.map { source in
        source.history.map { (part: 1, row: $0) } ?? (part: 0, row: source.sample)
      }
      dataset.features.events[index].columns = [
        FeatureColumn(rows, of: parts, width: feature.vectorWidth ?? 1)
      ]
    }
    setActions(in: &dataset)
  }

  /// What the user did is what the label says where no column does: shown or clicked.
  private func setActions(in dataset: inout Dataset) {
    guard let (codes, exposure) = dataset.actions,
      let place = dataset.features.events.firstIndex(where: { $0.name == Features.action }),
      let names = dataset.features.vocabulary(of: dataset.features.events[place])?.values,
      let click = (0..<names.count).first(where: { names[$0] == "\(Dataset.Action.click)" })
    else { return }
    for row in 0..<codes.count where codes[row] < 0 {
      codes.values[row] = dataset.events.label[row] == 1 ? Int32(click) : exposure
    }
  }
}

extension Dataset {
  /// Offsets of `count` rows that are all those of one user.
  static func offsets(users: Int, user: Int, count: Int) -> Column<Int64> {
    Column((0...users).map { $0 <= user ? 0 : Int64(count) })
  }
}

extension FeatureColumn {
  /// Row r is `rows[r].row` of `parts[rows[r].part]`, which are columns of one kind.
  init(_ rows: [(part: Int, row: Int)], of parts: [FeatureColumn], width: Int) {
    switch parts[0] {
    case .values:
      self = .values(Column(rows.map { parts[$0.part].values(ofRow: $0.row).first ?? -1 }))
    case .lists:
      var (offsets, values): ([Int64], [Int32]) = ([0], [])
      for (part, row) in rows {
        values += parts[part].values(ofRow: row)
        offsets.append(Int64(values.count))
      }
      self = .lists(offsets: Column(offsets), values: Column(values))
    case .numbers:
      var numbers: [Float] = []
      for (part, row) in rows {
        guard case .numbers(let column, _) = parts[part] else { continue }
        numbers += column.values[row * width..<(row + 1) * width]
      }
      self = .numbers(
        Column(numbers), missing: Column(rows.map { parts[$0.part].isMissing($0.row) ? 1 : 0 }))
    }
  }
}
