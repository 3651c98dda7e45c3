import IO
import Support

/// Differences in user AUC between methods, with 95% intervals by a paired bootstrap over users, and over the seeds where
/// there are several.
///
/// A draw takes as many users as there are, with replacement, and compares all methods on them: paired, since
/// users differ far more from each other than methods do on one user. The difference of two methods is that
/// of their user AUCs (eq. 12) over the users who have an AUC under both; the interval's ends are the 2.5th
/// and the 97.5th percentile of the draws' differences, interpolated linearly between draws.
///
/// Of S runs that differ in their seed, a draw also takes S seeds with replacement, independently of the users: one cloud
/// model serves all users of a run, so that users and seeds are crossed. With c_i and n_s how often the draw has user i and
/// seed s, method a is better than b by
///
///     1 / S sum_s n_s sum_i c_i m_i (AUC_a,s,i - AUC_b,s,i) / sum_i c_i m_i,
///
/// over the users who have an AUC under both methods with every seed; without the draw's counts that is the mean over
/// the seeds of the differences in user AUC. The draws vary a little less over seeds than other seeds would, by the factor
/// (S - 1) / S in the variance.
///
/// Each draw takes the counts of all users from one multinomial law: the plain bootstrap, whose
/// number of users is fixed. Independent Poisson(1) counts would spare the counting, but cost a random number
/// per user as well, and their number of users varies from draw to draw. Each draw has its own stream, named
/// by the seed and the draw, and sums run in the order of the users, so that the same results give the same
/// intervals wherever they are computed.
package enum PairedBootstrap {
  package static let draws = 1000

  /// For each pair (a, b) method a against method b of `methods`: the difference in user AUC and its interval
  /// are NaN where no user has an AUC under both. `samples` is [users], the numbers of test samples. `progress` gets how many
  /// draws are done.
  package static func compare(
    _ pairs: [(Int, Int)], of methods: [MethodAUCs], samples: Column<Double>, seed: UInt64,
    progress: (Int) throws -> Void
  ) rethrows -> [Results.Comparison] {
    let columns = BootstrapColumns(pairs, of: methods, samples: samples)
    let seeds = columns.drawnSeeds(draws: draws, seed: seed)
    let resampled = try columns.resampledSums(draws: draws, seed: seed, progress: progress)
    let whole = columns.sums()
    return pairs.enumerated().map { index, pair in
      // A draw may miss the few users that two methods have in common.
      let drawn = resampled.withUnsafeBufferPointer { sums in
        (0..<draws).map { draw in
          columns.difference(
            ofPair: index, sums.baseAddress! + draw * columns.lanes, seeds: seeds?[draw])
        }.filter { !$0.isNaN }.sorted()
      }
      return Results.Comparison(
        methods[pair.0], against: methods[pair.1],
        difference: whole.withUnsafeBufferPointer { columns.difference(ofPair: index, $0.baseAddress!) },
        low: quantile(0.025, drawn), high: quantile(0.975, drawn))
    }
  }

  package static func compare(
    _ pairs: [(Int, Int)], of methods: [MethodAUCs], samples: some Collection<Double>, seed: UInt64
  ) -> [Results.Comparison] { compare(pairs, of: methods, samples: Column(samples), seed: seed) { _ in } }

  /// The value below which a share of the sorted `values` lies, linear between neighbours.
  package static func quantile(_ share: Double, _ values: [Double]) -> Double {
    guard let last = values.indices.last else { return .nan }
    let place = share * Double(last)
    let below = Int(place)
    return values[below] + (place - Double(below)) * (values[min(below + 1, last)] - values[below])
  }
}
