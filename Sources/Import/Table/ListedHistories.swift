import Support

/// The items that a column lists as what each user had before, of the user's first row in time.
struct ListedHistories: ~Copyable {
  private var bytes = GrowableBuffer<UInt8>()
  /// Where each item ends in `bytes`.
  private var ends = GrowableBuffer<Int>()
  /// By user: the time of the row, and the items.
  private var users: [(time: LogTime, items: Range<Int>)] = []
  private var elements = GrowableBuffer<Bytes>()

  /// Takes the list of the reader's present record if it is the first of `user` in time so far.
  mutating func take(
    _ user: Int32, _ reader: RecordReader, _ slot: Int, _ separator: [UInt8], at time: LogTime
  ) {
    let user = Int(user)
    while users.count <= user { users.append((.never, 0..<0)) }
    guard time < users[user].time else { return }
    elements.removeAll()
    reader.elements(slot, at: reader.place, separator, into: &elements)
    let start = ends.count
    for index in 0..<elements.count {
      bytes.append(contentsOf: elements.pointer[index])
      ends.append(bytes.count)
    }
    users[user] = (time, start..<ends.count)
  }

  /// Adds all items to `log` as events of a second each before the user's first row, the last one right before it.
  /// Returns how many there are, and how many of them cannot be kept.
  func append(to log: inout InteractionLog, outcome: UInt8) -> (items: Int, lost: Int) {
    var (all, lost) = (0, 0)
    for (user, (time, items)) in users.enumerated() {
      for item in items {
        let start = item == 0 ? 0 : ends.pointer[item - 1]
        let id = Bytes(start: bytes.pointer + start, count: ends.pointer[item] - start)
        all += 1
        do throws(MalformedLine) {
          try log.appendHistory(
            user: Int32(user), item: id,
            at: LogTime(seconds: max(0, time.seconds - Int64(items.upperBound - item))), outcome: outcome)
        } catch {
          lost += 1
        }
      }
    }
    return (all, lost)
  }
}
