import IO
import LCFT
import Support
import TestSupport
import Testing

@Suite struct EpochOrderTests {
  private let dataset = smallDataset(users: 30)

  private func order(_ owned: Range<Int>, of shards: Int) -> EpochOrder {
    EpochOrder(
      dataset: dataset, shards: UserShards(dataset: dataset, shards: shards), owned: owned, batchSize: 32,
      seed: 5)
  }

  private func entries(_ order: EpochOrder, _ owned: Range<Int>, step: Int) -> [[UInt64]] {
    order.begin(step: step)
    return owned.indices.map { Array(order.entries(index: $0 - owned.lowerBound)) }
  }

  /// Every rank's shards give every training sample once, of users of the shard, in steps of the same sizes.
  @Test(arguments: [1, 3, 8, 50], [1, 2])
  func everySampleComesOnce(_ shards: Int, _ ranks: Int) {
    guard ranks <= shards else { return }
    let cut = UserShards(dataset: dataset, shards: shards)
    var seen = [Int](repeating: 0, count: dataset.train.count)
    var sizes: [Int] = []
    for rank in 0..<ranks {
      let owned = shards * rank / ranks..<shards * (rank + 1) / ranks
      let order = order(owned, of: shards)
      order.shuffle(epoch: 0)
      if sizes.isEmpty { sizes = Array(repeating: 0, count: order.schedule.steps) }
      for step in 0..<order.schedule.steps {
        for (shard, own) in zip(owned, entries(order, owned, step: step)) {
          sizes[step] += own.count
          for entry in own {
            let (user, row) = order.sample(of: entry)
            seen[row] += 1
            #expect(dataset.train.rows(ofUser: user).contains(row) && cut.users[shard].contains(user))
          }
        }
      }
    }
    #expect(seen.allSatisfy { $0 == 1 })
    #expect(sizes == sizes.indices.map { order(0..<1, of: shards).schedule.samples(ofStep: $0) })
  }

  /// A training may be resumed at any step, by any rank that owns the shard.
  @Test func anyStepCanComeFirst() {
    let whole = order(0..<8, of: 8)
    whole.shuffle(epoch: 2)
    let steps = whole.schedule.steps
    let all = (0..<steps).map { entries(whole, 0..<8, step: $0) }
    for step in [steps - 1, 0, 3, 3, 1] {
      let part = order(5..<7, of: 8)
      part.shuffle(epoch: 1)
      part.shuffle(epoch: 2)
      #expect(entries(part, 5..<7, step: step) == Array(all[step][5..<7]))
      #expect(entries(whole, 0..<8, step: step) == all[step])
    }
  }

  /// The rows of a data set of more than 2^32 samples are whole, and their order is the same.
  @Test func rowsMayBeBeyond32Bits() {
    let first = 5 << 32
    var large = dataset
    large.train.offsets = Column((0...dataset.users.count).map { dataset.train.offsets[$0] + Int64(first) })
    func rows(_ dataset: Dataset) -> [Int] {
      let order = EpochOrder(
        dataset: dataset, shards: UserShards(dataset: dataset, shards: 1), owned: 0..<1, batchSize: 32,
        seed: 5)
      order.shuffle(epoch: 0)
      return (0..<order.schedule.steps).flatMap { entries(order, 0..<1, step: $0)[0] }
        .map { order.sample(of: $0).row }
    }
    #expect(rows(large) == rows(dataset).map { $0 + first })
  }

  /// Epochs and shards have orders of their own, and not those of a fine-tuning with the same numbers.
  @Test func streamsAreApart() {
    let order = order(0..<1, of: 1)
    func epoch(_ number: Int) -> [UInt64] {
      order.shuffle(epoch: number)
      return (0..<order.schedule.steps).flatMap { entries(order, 0..<1, step: $0)[0] }
    }
    #expect(epoch(0) != epoch(1) && epoch(1) == epoch(1))
    var values: Set<UInt64> = []
    for purpose in [RandomPurpose.trainingOrder, .fineTuningOrder] {
      for (first, second) in [(0, 3), (3, 0), (1, 2), (2, 1)] as [(UInt64, UInt64)] {
        var random = KeyedRandom(seed: 1, purpose, first, second)
        values.insert(random.next())
      }
    }
    #expect(values.count == 8)
  }
}
