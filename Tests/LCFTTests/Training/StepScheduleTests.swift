import LCFT
import Support
import Testing

@Suite struct StepScheduleTests {
  private func taken(_ schedule: StepSchedule, before step: Int) -> [Int] {
    var taken = [Int](repeating: -1, count: schedule.counts.count)
    var scratch = taken
    taken.withUnsafeMutableBufferPointer { taken in
      scratch.withUnsafeMutableBufferPointer {
        schedule.take(before: step, taken.baseAddress!, scratch: $0.baseAddress!)
      }
    }
    return taken
  }

  /// Whether the fraction a / b is less than c / d.
  private func isLess(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Bool {
    let left = UInt(a).multipliedFullWidth(by: UInt(d))
    let right = UInt(c).multipliedFullWidth(by: UInt(b))
    return (left.high, left.low) < (right.high, right.low)
  }

  /// The shards of all samples, by time and shard.
  private func merged(_ counts: [Int]) -> [Int] {
    let samples = counts.indices.flatMap { shard in (0..<counts[shard]).map { (shard: shard, k: $0) } }
    return samples.sorted { left, right in
      let (a, b) = ((2 * left.k + 1, counts[left.shard]), (2 * right.k + 1, counts[right.shard]))
      if isLess(a.0, a.1, b.0, b.1) { return true }
      if isLess(b.0, b.1, a.0, a.1) { return false }
      return left.shard < right.shard
    }.map(\.shard)
  }

  static let cases: [[Int]] =
    (0..<12).map { seed in
      var random = KeyedRandom(seed: UInt64(seed))
      let most = [1, 3, 10, 60][seed % 4]
      return (0..<1 + random.below(40)).map { _ in random.below(3) == 0 ? 0 : random.below(most + 1) }
    } + [
      [5], [0], [0, 0, 0], [0, 7, 0], [1, 1000], [1000, 1], [1, 0, 999, 2, 0, 31],
      Array(repeating: 4, count: 64), Array(repeating: 1, count: 99) + [501],
    ]

  /// Before every step stand the first samples of the merged order, also in steps of one sample, so before
  /// every place of the order.
  @Test(arguments: cases, [1, 2, 7, 32, 100_000])
  func stepsAreStretchesOfTheMergedOrder(_ counts: [Int], _ batchSize: Int) {
    let schedule = StepSchedule(counts: counts, batchSize: batchSize)
    let order = merged(counts)
    #expect(schedule.sampleCount == order.count && (schedule.steps == 0) == order.isEmpty)
    var expected = [Int](repeating: 0, count: counts.count)
    var place = 0
    for step in 0...schedule.steps {
      let end = schedule.steps == 0 ? 0 : order.count * step / schedule.steps
      while place < end {
        expected[order[place]] += 1
        place += 1
      }
      #expect(taken(schedule, before: step) == expected)
    }
    // Every sample once.
    #expect(expected == counts)
  }

  /// Steps differ by at most one sample and come as near to the batch size as whole steps allow; every shard
  /// takes part in proportion.
  @Test(arguments: [(64, 96), (64, 1024), (64, 32), (8, 32), (1, 32)])
  func stepsAreEven(_ shards: Int, _ batchSize: Int) {
    var random = KeyedRandom(seed: 11)
    let counts = (0..<shards).map { _ in 1000 + random.below(100) }
    let schedule = StepSchedule(counts: counts, batchSize: batchSize)
    let size = Double(schedule.sampleCount) / Double(schedule.steps)
    #expect(abs(size - Double(batchSize)) <= Double(batchSize) / Double(2 * schedule.steps))
    var before = taken(schedule, before: 0)
    for step in 0..<schedule.steps {
      let after = taken(schedule, before: step + 1)
      let parts = zip(after, before).map { $0 - $1 }
      #expect(parts.reduce(0, +) == schedule.samples(ofStep: step))
      #expect(abs(Double(schedule.samples(ofStep: step)) - size) < 1)
      let share = size / Double(shards)
      #expect(parts.allSatisfy { $0 >= 0 && abs(Double($0) - share) < 0.1 * share + 2 })
      before = after
    }
  }

  /// As many shards as a job may have, each of which rounds alike: a step takes milliseconds, not minutes.
  @Test(arguments: [0.25, 0.75])
  func holdsManyShards(_ share: Double) {
    let counts = [Int](repeating: 10_001, count: 1 << 16)
    let schedule = StepSchedule(counts: counts, batchSize: 8)
    let step = Int(share / 10_001 * Double(schedule.steps))
    let start = steadySeconds()
    let taken = taken(schedule, before: step)
    #expect(steadySeconds() - start < 20)
    // The samples of equal shards come in turn.
    let wanted = schedule.samples(before: step)
    #expect(wanted > 0 && wanted < counts.count)
    #expect(taken == counts.indices.map { $0 < wanted ? 1 : 0 })
  }

  /// Counts whose products need 128 bits: what is taken is a prefix of the right length.
  @Test func holdsLargeCounts() {
    let counts = [1 << 40, 3, (1 << 41) - 1, 0, 123_456_789_012, 1]
    let schedule = StepSchedule(counts: counts, batchSize: 1000)
    for step in [0, 1, schedule.steps / 3, schedule.steps - 1, schedule.steps] {
      let taken = taken(schedule, before: step)
      #expect(taken.reduce(0, +) == schedule.samples(before: step))
      for last in counts.indices where taken[last] > 0 {
        for next in counts.indices where taken[next] < counts[next] {
          #expect(!isLess(2 * taken[next] + 1, counts[next], 2 * taken[last] - 1, counts[last]))
        }
      }
    }
    #expect(taken(schedule, before: schedule.steps) == counts)
  }
}
