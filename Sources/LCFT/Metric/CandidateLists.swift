import IO
import Support

/// The lists of candidates among users' test samples: the samples of a user with the same time, wherever they stand
/// among the user's. A list counts where it has a positive and a negative: on others all rankings are alike.
struct CandidateLists {
  /// Rows of the samples of one user, in the order of their times.
  private var order: [Int] = []

  /// Calls `body` with the samples of every list among `samples`, which are those of one user.
  mutating func each(
    of samples: Range<Int>, times: UnsafePointer<Int64>, labels: UnsafePointer<UInt8>,
    _ body: (ArraySlice<Int>) -> Void
  ) {
    order.removeAll(keepingCapacity: true)
    order.append(contentsOf: samples)
    let isRising = samples.dropFirst().allSatisfy { times[$0 - 1] <= times[$0] }
    if !isRising { order.sort { (times[$0], $0) < (times[$1], $1) } }
    var start = 0
    while start < order.count {
      var end = start
      var positives = 0
      while end < order.count, times[order[end]] == times[order[start]] {
        positives += Int(labels[order[end]])
        end += 1
      }
      if positives > 0, positives < end - start { body(order[start..<end]) }
      start = end
    }
  }
}

extension Results.UserLists {
  /// Nil where the samples' times are not known.
  package init?(_ predictions: Results.Predictions) {
    guard let times = predictions.timestamp else { return nil }
    let users = predictions.offsets.count - 1
    let (count, candidates) = (Column<Int32>(uninitialized: users), Column<Int32>(uninitialized: users))
    UserParts.each(users) { users in
      var lists = CandidateLists()
      for user in users {
        (count.values[user], candidates.values[user]) = (0, 0)
        lists.each(
          of: predictions.rows(ofUser: user), times: times.pointer, labels: predictions.label.pointer
        ) { rows in
          count.values[user] += 1
          candidates.values[user] += Int32(rows.count)
        }
      }
    }
    self.init(count: count, candidates: candidates)
  }
}
