import IO
import Support

/// One user's samples in several data sets: each stays in its part, in time order, and those of one moment file after
/// file. A sample of the same item and time as one of an earlier file repeats it and is left out, in whichever part
/// either is, with the negatives that were drawn for it.
struct MergedSamples: ~Copyable {
  /// A sample of the log and the negatives that follow it.
  struct Group: BitwiseCopyable {
    var time: Int64
    var item: Int32
    var input: Int32
    /// 0 training, 1 test
    var part: Int32
    var first: Int
    var count: Int32
    var isKept: Bool
  }

  private let inputs: [Dataset]
  private let itemPlaces: [Column<Int32>]
  private(set) var groups = GrowableBuffer<Group>()
  private var repeats = MomentRepeats()
  /// Samples that were left out as repeats and have another label than the one that stays.
  private(set) var otherLabels = ImportAccount.OtherLabels()

  init(_ inputs: [Dataset], items: JoinedIdentifiers) {
    self.inputs = inputs
    itemPlaces = items.places
  }

  /// - Parameter users: the user's row in each data set; -1 where it has not the user.
  mutating func gather(_ users: [Int32]) {
    groups.removeAll()
    var files = 0
    for (input, user) in users.enumerated() where user >= 0 {
      files += 1
      for (part, samples) in [inputs[input].train, inputs[input].test].enumerated() {
        guard let times = samples.timestamp else { continue }
        let rows = samples.rows(ofUser: Int(user))
        for row in rows {
          if (samples.drawn?[row] ?? 0) != 0 && row > rows.lowerBound {
            groups.pointer[groups.count - 1].count += 1
            continue
          }
          groups.append(
            Group(
              time: times[row], item: itemPlaces[input][Int(samples.item[row])], input: Int32(input),
              part: Int32(part), first: row, count: 1, isKept: true))
        }
      }
    }
    var all = UnsafeMutableBufferPointer(start: groups.pointer, count: groups.count)
    all.sort { ($0.time, $0.input, $0.part, $0.first) < ($1.time, $1.input, $1.part, $1.first) }
    if files > 1 { findRepeats(users) }
  }

  private func label(_ group: Group) -> UInt8 {
    let dataset = inputs[Int(group.input)]
    return (group.part == 0 ? dataset.train : dataset.test).label[group.first]
  }

  private mutating func findRepeats(_ users: [Int32]) {
    let groups = self.groups.pointer
    var found: [(row: Int, original: Int)] = []
    var first = 0
    while first < self.groups.count {
      let last = endOfMoment(from: first, upTo: self.groups.count) { groups[$0].time }
      if groups[first].input != groups[last - 1].input {
        repeats.find(first..<last) {
          (groups[$0].item, 0, groups[$0].input)
        } _: { index, original in
          groups[index].isKept = false
          found.append((index, original))
        }
      }
      first = last
    }
    let otherLabels = found.filter { label(groups[$0.row]) != label(groups[$0.original]) }
    if let (row, original) = otherLabels.first, self.otherLabels.count == 0 {
      let (group, dataset) = (groups[row], inputs[Int(groups[row].input)])
      let part = group.part == 0 ? dataset.train : dataset.test
      self.otherLabels.example = ImportAccount.OtherLabels.example(
        user: dataset.users.id[Int(users[Int(group.input)])],
        item: dataset.items.id[Int(part.item[group.first])], time: group.time, label(groups[original]),
        label(group))
    }
    self.otherLabels.count += otherLabels.count
  }
}
