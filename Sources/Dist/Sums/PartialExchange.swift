/// The first exchange of a `SparseTreeSum`: each rank joins one range of row numbers for all, and so gets
/// everybody's partials in that range.
///
/// The ranges are cut so that they would have shared the previous sum evenly. Every rank knows that sum, so
/// the ranks need not agree on the ranges, and they do not affect the bits.
final class PartialExchange {
  /// This rank's partials, one list each, filled before the exchange.
  let outgoing: SparseRows
  /// After the exchange, all ranks' partials in this rank's range, one list each, in shard order.
  let incoming: SparseRows

  private let communicator: any Communicator
  private let plan: SumPlan
  private let requests = Requests()
  /// Rank r joins the row numbers bounds[r] ..< bounds[r + 1].
  private var bounds: [Int32]
  /// Where each range begins in each of this rank's partials [own partials, ranks + 1], as rows of
  /// `outgoing`.
  private var cuts: [Int] = []
  /// Rows per destination and own partial [ranks, own partials].
  private var sentCounts: [Int]
  /// Rows of every rank's partials in this rank's range [partials].
  private var partialCounts: [Int]

  init(_ communicator: any Communicator, _ plan: SumPlan, tableRows: Int, width: Int) {
    self.communicator = communicator
    self.plan = plan
    outgoing = SparseRows(width: width)
    incoming = SparseRows(width: width)
    let size = communicator.size
    bounds = (0...size).map { Int32(tableRows * $0 / size) }
    bounds[size] = .max
    sentCounts = [Int](repeating: 0, count: size * plan.inner.roots.count)
    partialCounts = [Int](repeating: 0, count: plan.partialCount)
  }

  /// Fills `incoming` from every rank's `outgoing`. Collective.
  func exchange() throws {
    cutPartials()
    try exchangeCounts()
    // The buffers may move while they grow: all lists come before the first receive.
    incoming.removeAll()
    for count in partialCounts { _ = incoming.appendUninitialized(count) }
    let rank = communicator.rank
    for source in OtherRanks.before(rank, of: communicator.size) {
      for slot in plan.partials(ofRank: source) {
        let list = incoming.starts[slot]..<incoming.starts[slot + 1]
        try communicator.startReceive(incoming, list, from: source, requests)
      }
    }
    for target in OtherRanks.after(rank, of: communicator.size) {
      for partial in plan.inner.roots.indices {
        try communicator.startSend(outgoing, range(of: target, in: partial), to: target, requests)
      }
    }
    for (partial, slot) in plan.partials(ofRank: rank).enumerated() {
      copyRows(range(of: rank, in: partial), to: incoming.starts[slot])
    }
    try communicator.finish(requests)
  }

  /// Cuts the ranges of the next exchange so that each has an equal part of `ids`, ascending row numbers.
  func shareEvenly(_ ids: UnsafeBufferPointer<Int32>) {
    let size = communicator.size
    guard ids.count >= size else { return }
    for rank in 1..<size { bounds[rank] = ids[ids.count * rank / size] }
  }

  /// Finds the ranges in this rank's partials by bisection.
  private func cutPartials() {
    let size = communicator.size
    let ids = outgoing.ids
    let own = plan.inner.roots.count
    cuts.removeAll(keepingCapacity: true)
    for partial in 0..<own {
      var low = outgoing.starts[partial]
      let end = outgoing.starts[partial + 1]
      cuts.append(low)
      for rank in 1..<size {
        var high = end
        while low < high {
          let middle = low + (high - low) / 2
          if ids[middle] < bounds[rank] { low = middle + 1 } else { high = middle }
        }
        cuts.append(low)
      }
      cuts.append(end)
      for rank in 0..<size { sentCounts[rank * own + partial] = range(of: rank, in: partial).count }
    }
  }

  /// The rows of `outgoing` in an own partial that `rank` joins.
  private func range(of rank: Int, in partial: Int) -> Range<Int> {
    let cut = partial * (communicator.size + 1) + rank
    return cuts[cut]..<cuts[cut + 1]
  }

  /// Tells every rank how many rows it gets.
  private func exchangeCounts() throws {
    let rank = communicator.rank
    let size = communicator.size
    let own = plan.inner.roots.count
    try partialCounts.withUnsafeMutableBufferPointer { counts in
      try sentCounts.withUnsafeBufferPointer { sent in
        for source in OtherRanks.before(rank, of: size) {
          let slots = plan.partials(ofRank: source)
          try communicator.startReceive(
            UnsafeMutableBufferPointer(rebasing: counts[slots]), from: source, tag: Tag.rowCounts, requests)
        }
        for target in OtherRanks.after(rank, of: size) {
          try communicator.startSend(
            UnsafeBufferPointer(rebasing: sent[target * own..<(target + 1) * own]), to: target,
            tag: Tag.rowCounts, requests)
        }
        for (partial, slot) in plan.partials(ofRank: rank).enumerated() {
          counts[slot] = sent[rank * own + partial]
        }
        try communicator.finish(requests)
      }
    }
  }

  /// Copies rows of `outgoing` to their place in `incoming`.
  private func copyRows(_ range: Range<Int>, to first: Int) {
    let ids = UnsafeMutableBufferPointer(mutating: incoming.ids)
    guard let target = incoming.values.baseAddress, let source = outgoing.values.baseAddress else { return }
    for (offset, row) in range.enumerated() { ids[first + offset] = outgoing.ids[row] }
    let width = incoming.width
    (target + first * width).update(from: source + range.lowerBound * width, count: range.count * width)
  }
}
