import IO
import Support

/// Rows that say again what an earlier row has said.
enum RepeatCount {
  /// Events of one user, item and time (and action, where the log has actions) beyond the first of them.
  /// - Parameters:
  ///   - actions: [events] what the user did at each, where the log tells.
  ///   - offsets: [users + 1] each user's events, in time order.
  static func of(_ events: Dataset.Events, _ actions: Column<UInt8>?, _ offsets: Column<Int64>) -> Int {
    var repeats = 0
    var moment: [UInt64] = []
    let (time, item) = (events.timestamp.pointer, events.item.pointer)
    for user in 0..<offsets.count - 1 {
      let end = Int(offsets[user + 1])
      var first = Int(offsets[user])
      while first < end {
        var last = first + 1
        while last < end && time[last] == time[first] { last += 1 }
        if last - first > 1 {
          moment.removeAll(keepingCapacity: true)
          for row in first..<last {
            moment.append(UInt64(UInt32(bitPattern: item[row])) << 8 | UInt64(actions?[row] ?? 0))
          }
          moment.sort()
          for index in 1..<moment.count where moment[index] == moment[index - 1] { repeats += 1 }
        }
        first = last
      }
    }
    return repeats
  }
}
