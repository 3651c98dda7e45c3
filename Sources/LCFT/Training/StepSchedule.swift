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
  /// prefix of the merged samples, of M in all. `scratch` [shards] is overwritten.
  ///
  /// Any step costs the same: a division per shard, and up to half as many corrections as there are shards,
  /// whose costs grow with the logarithm of the number of shards. Allocates nothing.
  package func take(
    before step: Int, _ taken: UnsafeMutablePointer<Int>, scratch: UnsafeMutablePointer<Int>
  ) {
    let wanted = samples(before: step)
    // The samples with times up to M / N are a prefix: those with 2k + 1 <= floor(2 n M / N).
    var sum = 0
    for (shard, count) in counts.enumerated() {
      taken[shard] = wanted == 0 ? 0 : (StepSchedule.quotient(2 * count, wanted, sampleCount) + 1) / 2
      sum += taken[shard]
    }
    // The prefix has M samples but for rounding, at most half a sample per shard.
    if sum != wanted {
      let ends = PrefixEnds(counts: counts, taken: taken, isGrowing: sum < wanted, heap: scratch)
      ends.move(by: abs(wanted - sum))
    }
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

/// Moves the end of a prefix of the merged samples, sample by sample: adds those that follow it, or takes
/// away its last ones.
private struct PrefixEnds {
  let counts: [Int]
  /// [shards] the prefix.
  let taken: UnsafeMutablePointer<Int>
  /// Whether samples are added.
  let isGrowing: Bool
  /// A binary heap of the shards that can still give a sample, or give one back: the shard at its root is next.
  let heap: UnsafeMutablePointer<Int>

  /// Moves the end by `samples`.
  func move(by samples: Int) {
    var size = 0
    for shard in counts.indices where canMove(shard) {
      heap[size] = shard
      size += 1
    }
    for place in stride(from: size / 2 - 1, through: 0, by: -1) { sink(place, size) }
    for _ in 0..<samples {
      precondition(size > 0, "a prefix has from none to all of the epoch's samples")
      let shard = heap[0]
      taken[shard] += isGrowing ? 1 : -1
      if !canMove(shard) {
        size -= 1
        heap[0] = heap[size]
      }
      sink(0, size)
    }
  }

  private func canMove(_ shard: Int) -> Bool { isGrowing ? taken[shard] < counts[shard] : taken[shard] > 0 }

  /// Lets the shard at `place` of the heap sink below those that come before it.
  private func sink(_ place: Int, _ size: Int) {
    var place = place
    while true {
      var first = place
      for child in 2 * place + 1..<min(2 * place + 3, max(size, 2 * place + 1)) where precedes(child, first) {
        first = child
      }
      guard first != place else { return }
      swap(&heap[place], &heap[first])
      place = first
    }
  }

  /// Whether the shard at `place` of the heap is moved before the one at `other`: the next sample is the first
  /// by (time, shard) where samples are added, and the last where they are taken away. Times (2k + 1) / (2 n)
  /// are compared crosswise and exactly.
  @inline(__always)
  private func precedes(_ place: Int, _ other: Int) -> Bool {
    let (early, late) = isGrowing ? (heap[place], heap[other]) : (heap[other], heap[place])
    let next = isGrowing ? 1 : -1
    let left = UInt(2 * taken[early] + next).multipliedFullWidth(by: UInt(counts[late]))
    let right = UInt(2 * taken[late] + next).multipliedFullWidth(by: UInt(counts[early]))
    return (left.high, left.low, early) < (right.high, right.low, late)
  }
}
