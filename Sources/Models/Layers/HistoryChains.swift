/// The windows of a batch's history grouped for a recurrent layer, whose state at an entry depends on where
/// the window starts.
///
/// Windows of a shard that start at the same entry differ in length only. They form one *chain*, as long as
/// the longest of them, whose states serve them all. Chains are sorted by falling length within their shard,
/// so that the ones that are still running at time t are the first ones.
///
/// S states have two orders. In *chain order* a chain's states follow each other: `states` is the history of
/// them, as attention and sums read it. In *time order* the states of all chains at time 0 come first, then
/// those at time 1, and so on (PyTorch's packed sequence): a step over all running chains is one product. Both
/// keep every shard's states together, in the rows `states.keyPartition`.
struct HistoryChains {
  /// Chains by virtual shard; C = `partition.count`.
  let partition: RowPartition
  /// [C] the history's entry that each chain starts at, and its first state in chain order.
  let firstEntries: UnsafePointer<Int32>
  let firstStates: UnsafePointer<Int32>
  /// The states in place of the entries they belong to; a sample's last state is that of its whole window.
  let states: History
  /// Per shard, the rows in time order at which times 0, 1, ... start, and where the last one ends.
  private let timeOffsets: UnsafePointer<Int>
  /// [shards + 1] where each shard's times start in `timeOffsets`.
  private let shardTimes: UnsafePointer<Int>

  /// Groups the windows of `samples` samples, in memory of `arena`.
  init(_ history: History, samples: Int, in arena: Arena) {
    let entries = history.keyPartition
    let shards = entries.shards
    // The length of the chain at each entry, 0 where no window starts.
    let lengths = arena.takeZeros(entries.count, of: Int32.self)
    for b in 0..<samples where history.lengths[b] > 0 {
      let entry = Int(history.starts[b])
      lengths[entry] = max(lengths[entry], history.lengths[b])
    }
    let chainOffsets = arena.takeZeros(shards + 1, of: Int.self)
    let stateOffsets = arena.takeZeros(shards + 1, of: Int.self)
    let shardTimes = arena.takeZeros(shards + 1, of: Int.self)
    for shard in 0..<shards {
      var (chains, states, longest) = (0, 0, 0)
      for entry in entries.rows(ofShard: shard) where lengths[entry] > 0 {
        chains += 1
        states += Int(lengths[entry])
        longest = max(longest, Int(lengths[entry]))
      }
      chainOffsets[shard + 1] = chainOffsets[shard] + chains
      stateOffsets[shard + 1] = stateOffsets[shard] + states
      shardTimes[shard + 1] = shardTimes[shard] + longest + 1
    }
    partition = RowPartition(offsets: chainOffsets, shards: shards)
    let firstEntries = arena.take(partition.count, of: Int32.self)
    let firstStates = arena.take(partition.count, of: Int32.self)
    let timeOffsets = arena.take(shardTimes[shards], of: Int.self)
    // The first state, in chain order, of the chain at each entry.
    let stateOfEntry = arena.take(entries.count, of: Int32.self)
    let keys = arena.take(stateOffsets[shards], of: Int32.self)
    for shard in 0..<shards {
      let times = timeOffsets + shardTimes[shard]
      let longest = shardTimes[shard + 1] - shardTimes[shard] - 1
      // Counting sort: `longer[n]` chains are longer than n and go before those of length n. Those longer than
      // t are also the ones that run at time t.
      let longer = arena.takeZeros(longest + 1, of: Int.self)
      for entry in entries.rows(ofShard: shard) where lengths[entry] > 0 {
        longer[Int(lengths[entry]) - 1] += 1
      }
      for n in stride(from: longest - 1, to: 0, by: -1) { longer[n - 1] += longer[n] }
      times[0] = stateOffsets[shard]
      for t in 0..<longest { times[t + 1] = times[t] + longer[t] }
      for entry in entries.rows(ofShard: shard) where lengths[entry] > 0 {
        let length = Int(lengths[entry])
        firstEntries[chainOffsets[shard] + longer[length]] = Int32(entry)
        longer[length] += 1
      }
      var state = stateOffsets[shard]
      for chain in partition.rows(ofShard: shard) {
        let entry = Int(firstEntries[chain])
        firstStates[chain] = Int32(state)
        stateOfEntry[entry] = Int32(state)
        (keys + state).update(from: history.keys + entry, count: Int(lengths[entry]))
        state += Int(lengths[entry])
      }
    }
    let starts = arena.takeZeros(samples, of: Int32.self)
    for b in 0..<samples where history.lengths[b] > 0 { starts[b] = stateOfEntry[Int(history.starts[b])] }
    states = History(
      keyPartition: RowPartition(offsets: stateOffsets, shards: shards), keys: keys, starts: starts,
      lengths: history.lengths, pairPartition: history.pairPartition)
    self.firstEntries = UnsafePointer(firstEntries)
    self.firstStates = UnsafePointer(firstStates)
    self.timeOffsets = UnsafePointer(timeOffsets)
    self.shardTimes = UnsafePointer(shardTimes)
  }

  /// The length of the shard's longest chain.
  func times(ofShard shard: Int) -> Int { shardTimes[shard + 1] - shardTimes[shard] - 1 }

  /// The rows, in time order, of the states at time `time`: row i is that of the shard's i-th chain.
  @inline(__always)
  func rows(atTime time: Int, ofShard shard: Int) -> Range<Int> {
    let offsets = timeOffsets + shardTimes[shard] + time
    return offsets[0]..<offsets[1]
  }
}
