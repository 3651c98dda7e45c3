import Dist
import IO
import Support

/// The users of a data set cut into virtual shards: fixed sets of users with about equally many training
/// samples, the same on every rank and for every number of ranks.
struct UserShards {
  /// [users] the virtual shard of each user.
  let shardOfUser: [Int32]
  /// [shards] training samples of each shard.
  let sampleCounts: [Int]

  /// Users by falling number of training samples (ties by row), each to the shard that has the fewest
  /// samples so far (ties to the lowest).
  init(dataset: Dataset, shards: Int) {
    let users = dataset.users.count
    let sorter = KeySorter()
    let order = UnsafeMutablePointer<UInt64>.allocate(capacity: max(users, 1))
    defer { order.deallocate() }
    for user in 0..<users {
      let few = UInt64(UInt32.max) - UInt64(dataset.train.rows(ofUser: user).count)
      order[user] = few << 32 | UInt64(user)
    }
    sorter.sort(order, count: users)
    var shardOfUser = [Int32](repeating: 0, count: users)
    var counts = [Int](repeating: 0, count: shards)
    for i in 0..<users {
      let user = Int(order[i] & 0xFFFF_FFFF)
      var least = 0
      for shard in 1..<max(shards, 1) where counts[shard] < counts[least] { least = shard }
      shardOfUser[user] = Int32(least)
      counts[least] += dataset.train.rows(ofUser: user).count
    }
    self.shardOfUser = shardOfUser
    sampleCounts = counts
  }

  /// Training samples of all shards.
  var sampleCount: Int { sampleCounts.reduce(0, +) }

  /// The users of the shards `owned`, by row.
  func users(ofShards owned: Range<Int>) -> [Int32] {
    shardOfUser.indices.compactMap { owned.contains(Int(shardOfUser[$0])) ? Int32($0) : nil }
  }
}

/// In which order one rank's shards give their samples to the steps of an epoch.
///
/// Step t of T takes from a shard with n samples those with the positions n t / T ..< n (t + 1) / T in the
/// shard's own random order, keyed by seed, epoch and shard: every sample once an epoch, and shards of
/// unequal sizes end together. A step then has the job's batch size give or take one sample per shard.
final class EpochOrder {
  /// Steps of one epoch.
  let steps: Int
  private let counts: [Int]
  private let owned: Range<Int>
  private let seed: UInt64
  private let dataset: Dataset
  private let shardOfUser: [Int32]
  /// Of the owned shards, one after the other: user << 32 | row in the training samples.
  private let shuffled: Column<UInt64>
  /// Where each owned shard starts in `shuffled`.
  private let starts: [Int]

  init(dataset: Dataset, shards: UserShards, owned: Range<Int>, batchSize: Int, seed: UInt64) {
    counts = shards.sampleCounts
    self.owned = owned
    self.seed = seed
    let total = shards.sampleCount
    steps = total == 0 ? 0 : max(1, (total + batchSize / 2) / batchSize)
    var starts = [0]
    for shard in owned { starts.append(starts[starts.count - 1] + counts[shard]) }
    self.starts = starts
    shuffled = Column(uninitialized: starts[starts.count - 1])
    self.dataset = dataset
    shardOfUser = shards.shardOfUser
  }

  /// Draws the order of an epoch, from the data set's own: orders do not depend on those before.
  func shuffle(epoch: Int) {
    var next = starts
    for user in 0..<dataset.users.count {
      let shard = Int(shardOfUser[user])
      guard owned.contains(shard) else { continue }
      for row in dataset.train.rows(ofUser: user) {
        shuffled.values[next[shard - owned.lowerBound]] = UInt64(user) << 32 | UInt64(row)
        next[shard - owned.lowerBound] += 1
      }
    }
    for (index, shard) in owned.enumerated() {
      var random = KeyedRandom(seed: seed, UInt64(epoch), UInt64(shard))
      random.shuffle(UnsafeMutableBufferPointer(rebasing: shuffled.values[starts[index]..<starts[index + 1]]))
    }
  }

  /// What the owned shard at `index` gives to step `step`.
  func entries(index: Int, step: Int) -> UnsafeMutableBufferPointer<UInt64> {
    let range = range(counts[owned.lowerBound + index], step)
    return UnsafeMutableBufferPointer(
      rebasing: shuffled.values[starts[index] + range.lowerBound..<starts[index] + range.upperBound])
  }

  /// Samples of step `step` over all ranks.
  func batchCount(step: Int) -> Int { counts.reduce(0) { $0 + range($1, step).count } }

  private func range(_ count: Int, _ step: Int) -> Range<Int> {
    count * step / steps..<count * (step + 1) / steps
  }
}
