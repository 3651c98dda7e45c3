/// How many samples each virtual shard gives to each step of an epoch.
///
/// Sample k, counted from 0, of a shard with n_s samples has the time (2k + 1) / (2 n_s). The samples of all
/// shards, merged by (time, shard), are the epoch's N samples; step t of T takes those at the places
/// floor(N t / T) ..< floor(N (t + 1) / T). So the sizes of steps differ by at most one, every sample comes
/// once per epoch, and shards of unequal sizes take part in proportion to them from the first step to the
/// last.
package struct StepSchedule: Sendable {
  /// [shards] samples of each shard.
  package let counts: [Int]
  /// N.
  package let sampleCount: Int
  /// T: steps of one epoch, 0 without samples.
  package let steps: Int

  /// As many steps as come nearest to `batchSize` samples each.
  package init(counts: [Int], batchSize: Int) {
    precondition(batchSize > 0 && counts.allSatisfy { $0 >= 0 }, "batches and shards have samples")
    self.counts = counts
    sampleCount = counts.reduce(0, +)
    steps = sampleCount == 0 ? 0 : max(1, (sampleCount + batchSize / 2) / batchSize)
  }

  /// Samples of all shards in the steps before `step`, 0 ... T.
  package func samples(before step: Int) -> Int {
    steps == 0 ? 0 : StepSchedule.quotient(sampleCount, step, steps)
  }

  /// Samples of all shards in step `step`.
  package func samples(ofStep step: Int) -> Int { samples(before: step + 1) - samples(before: step) }

  /// Writes to `taken` [shards] how many samples each shard gives to the steps before `step`, 0 ... T: a
  /// prefix of the merged samples, of M in all. Any step costs the same: a division per shard, and up to
  /// half as many corrections as there are shards, which go over all of them. Allocates nothing.
  package func take(before step: Int, _ taken: UnsafeMutablePointer<Int>) {
    let wanted = samples(before: step)
    // The samples with times up to M / N are a prefix: those with 2k + 1 <= floor(2 n M / N).
    var sum = 0
    for (shard, count) in counts.enumerated() {
      taken[shard] = wanted == 0 ? 0 : (StepSchedule.quotient(2 * count, wanted, sampleCount) + 1) / 2
      sum += taken[shard]
    }
    // The prefix has M samples but for rounding, at most half a sample per shard.
    while sum < wanted { sum += extend(taken) }
    while sum > wanted { sum -= shorten(taken) }
  }

  /// Adds the sample that follows the prefix `taken`; returns 1.
  private func extend(_ taken: UnsafeMutablePointer<Int>) -> Int {
    var first: Int?
    for shard in counts.indices where taken[shard] < counts[shard] {
      if let earliest = first,
        !isEarlier(shard, than: earliest, 2 * taken[shard] + 1, 2 * taken[earliest] + 1)
      {
        continue
      }
      first = shard
    }
    guard let first else { preconditionFailure("a prefix is no longer than the epoch") }
    taken[first] += 1
    return 1
  }

  /// Takes away the last sample of the prefix `taken`; returns 1.
  private func shorten(_ taken: UnsafeMutablePointer<Int>) -> Int {
    var last: Int?
    for shard in counts.indices where taken[shard] > 0 {
      // Of equal times the higher shard's comes later.
      if let latest = last, isEarlier(shard, than: latest, 2 * taken[shard] - 1, 2 * taken[latest] - 1) {
        continue
      }
      last = shard
    }
    guard let last else { preconditionFailure("an empty prefix has no sample") }
    taken[last] -= 1
    return 1
  }

  /// Whether `time` / (2 n) of `shard` is less than `otherTime` / (2 n) of `other`, compared crosswise and
  /// exactly.
  @inline(__always)
  private func isEarlier(_ shard: Int, than other: Int, _ time: Int, _ otherTime: Int) -> Bool {
    let left = UInt(time).multipliedFullWidth(by: UInt(counts[other]))
    let right = UInt(otherTime).multipliedFullWidth(by: UInt(counts[shard]))
    return (left.high, left.low) < (right.high, right.low)
  }

  /// floor(a b / c), at most a, without overflow.
  private static func quotient(_ a: Int, _ b: Int, _ c: Int) -> Int {
    precondition(a >= 0 && b >= 0 && b <= c, "the quotient is at most a")
    let product = UInt(a).multipliedFullWidth(by: UInt(b))
    // dividingFullWidth wants a quotient that fits, which it does: b <= c.
    return product.high == 0
      ? Int(product.low / UInt(c)) : Int(UInt(c).dividingFullWidth(product).quotient)
  }
}
