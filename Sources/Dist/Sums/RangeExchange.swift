/// The second exchange of a `SparseTreeSum`: every rank gets everybody's joined range of row numbers. One
/// after another, in rank order, the ranges are the whole sum.
final class RangeExchange {
  private let communicator: any Communicator
  private let requests = Requests()
  /// Rows of each rank's range, later where it begins [ranks].
  private var counts: [Int]
  private let ones: [Int]

  init(_ communicator: any Communicator) {
    self.communicator = communicator
    counts = [Int](repeating: 0, count: communicator.size)
    ones = [Int](repeating: 1, count: communicator.size)
  }

  /// Appends all ranks' ranges to `result`, as one list. This rank's own is `keys`, which name rows of
  /// `rows`. Collective.
  func exchange(_ keys: UnsafeBufferPointer<UInt64>, of rows: SparseRows, into result: SparseRows) throws {
    let rank = communicator.rank
    let size = communicator.size
    counts[rank] = keys.count
    try counts.withUnsafeMutableBufferPointer { counts in
      try communicator.allgather(
        UnsafeBufferPointer(rebasing: counts[rank...rank]), into: counts, counts: ones)
    }
    var total = 0
    for index in counts.indices {
      let count = counts[index]
      counts[index] = total
      total += count
    }
    let place = result.appendUninitialized(total)
    let own = counts[rank]..<counts[rank] + keys.count
    RowMerge.collect(
      keys, from: rows, UnsafeMutableBufferPointer(rebasing: place.ids[own]),
      UnsafeMutableBufferPointer(
        rebasing: place.values[own.lowerBound * result.width..<own.upperBound * result.width]))
    for source in OtherRanks.before(rank, of: size) {
      let end = source + 1 < size ? counts[source + 1] : total
      try communicator.startReceive(result, counts[source]..<end, from: source, requests)
    }
    for target in OtherRanks.after(rank, of: size) {
      try communicator.startSend(result, own, to: target, requests)
    }
    try communicator.finish(requests)
  }
}
