import IO
import Support

extension RandomPurpose {
  /// The order of a virtual shard's samples: by (epoch, shard).
  package static let trainingOrder = RandomPurpose("training order")
}

/// In which order one rank's shards give their samples to the steps of an epoch: a shard's samples in its own
/// random order, keyed by seed, epoch and shard, and as many of them per step as `StepSchedule` says.
package final class EpochOrder {
  package let schedule: StepSchedule
  private let seed: UInt64
  private let train: Dataset.Samples
  private let owned: Range<Int>
  /// [owned shards] the users of each.
  private let users: [Range<Int>]
  /// Of the owned shards, one after the other: user << 32 | which of the user's training samples. A row of a large data set
  /// does not fit beside its user.
  private let shuffled: Column<UInt64>
  /// Where each owned shard starts in `shuffled` [owned shards + 1].
  private let starts: [Int]
  /// [shards] how many samples each shard gives before the current step, and before the next.
  private var before: UnsafeMutablePointer<Int>
  private var after: UnsafeMutablePointer<Int>
  /// [shards]
  private let scratch: UnsafeMutablePointer<Int>
  private var current: Int?

  /// `owned` are this rank's of the `shards`.
  package init(dataset: Dataset, shards: UserShards, owned: Range<Int>, batchSize: Int, seed: UInt64) {
    self.seed = seed
    self.owned = owned
    train = dataset.train
    users = Array(shards.users[owned])
    schedule = StepSchedule(counts: shards.sampleCounts, batchSize: batchSize)
    var starts = [0]
    for shard in owned { starts.append(starts[starts.count - 1] + shards.sampleCounts[shard]) }
    self.starts = starts
    shuffled = Column(uninitialized: starts[starts.count - 1])
    before = .allocate(capacity: shards.sampleCounts.count)
    after = .allocate(capacity: shards.sampleCounts.count)
    scratch = .allocate(capacity: shards.sampleCounts.count)
  }

  deinit {
    before.deallocate()
    after.deallocate()
    scratch.deallocate()
  }

  /// Draws the order of an epoch, from the data set's own: orders do not depend on those of other epochs.
  package func shuffle(epoch: Int) {
    var next = 0
    for user in users.joined() {
      let count = train.rows(ofUser: user).count
      precondition(count <= 1 << 32, "a user's samples are told apart by 32 bits")
      for place in 0..<count {
        shuffled.values[next] = UInt64(user) << 32 | UInt64(place)
        next += 1
      }
    }
    for (index, shard) in owned.enumerated() {
      var random = KeyedRandom(seed: seed, .trainingOrder, UInt64(epoch), UInt64(shard))
      random.shuffle(UnsafeMutableBufferPointer(rebasing: shuffled.values[starts[index]..<starts[index + 1]]))
    }
  }

  /// From now on `entries` are those of step `step`. Steps in order cost least.
  package func begin(step: Int) {
    if let current, step == current + 1 {
      swap(&before, &after)
    } else {
      schedule.take(before: step, before, scratch: scratch)
    }
    schedule.take(before: step + 1, after, scratch: scratch)
    current = step
  }

  /// What the owned shard at `index` gives to the current step; `sample(of:)` reads an entry.
  package func entries(index: Int) -> UnsafeMutableBufferPointer<UInt64> {
    let shard = owned.lowerBound + index
    let start = starts[index]
    return UnsafeMutableBufferPointer(rebasing: shuffled.values[start + before[shard]..<start + after[shard]])
  }

  /// The user of an entry, and the row in the training samples.
  package func sample(of entry: UInt64) -> (user: Int, row: Int) {
    let user = Int(entry >> 32)
    return (user, Int(train.offsets[user]) + Int(entry & 0xFFFF_FFFF))
  }
}
