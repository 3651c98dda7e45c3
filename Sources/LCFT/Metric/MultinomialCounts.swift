import CBytes
import Support

/// How often each of some users is drawn, with replacement.
package enum MultinomialCounts {
  /// Draws that are looked at together: so many lines of memory are asked for ahead.
  private static let ahead = 64

  /// Adds `number` draws from all users to their counts, which may be more than the caches hold. False where a count went
  /// beyond the largest `Count`: the counts mean nothing then.
  package static func draw<Count: FixedWidthInteger & UnsignedInteger>(
    _ number: Int, from random: inout KeyedRandom, into counts: UnsafeMutableBufferPointer<Count>
  ) -> Bool {
    guard let base = counts.baseAddress else { return true }
    var hasWrapped = false
    withUnsafeTemporaryAllocation(of: Int.self, capacity: ahead) { drawn in
      for start in stride(from: 0, to: number, by: ahead) {
        let together = min(ahead, number - start)
        for place in 0..<together {
          let user = random.below(counts.count)
          drawn[place] = user
          lcft_prefetch(base + user)
        }
        for place in 0..<together {
          let count = base[drawn[place]] &+ 1
          base[drawn[place]] = count
          if count == 0 { hasWrapped = true }
        }
      }
    }
    return !hasWrapped
  }
}
