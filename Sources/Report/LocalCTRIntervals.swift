import LCFT

/// Intervals of the local CTR with the ends that a figure or a table shows: the outer ones are known only to who
/// made the intervals.
struct LocalCTRIntervals {
  let intervals: CTRIntervals
  /// [intervals + 1]
  let ends: [Double]

  /// `count` intervals of one width from 0 on, which cover 99% of `rates` in whole hundredths or tenths; the last one
  /// takes all higher local CTRs as well and ends at the highest.
  init(equalWidths count: Int, _ rates: some Collection<Double>) {
    let covered = PairedBootstrap.quantile(0.99, rates.sorted())
    let unit = covered > 0.1 ? 10.0 : 100.0
    // A rate that is itself an end must not be rounded up beyond it.
    let end = min(1, max((covered * unit - 1e-9).rounded(.up), 1) / unit)
    intervals = CTRIntervals(edges: (1..<count).map { end * Double($0) / Double(count) })
    ends = [0] + intervals.edges + [max(end, rates.max() ?? end)]
  }

  /// Up to `count` intervals with about as many of `rates` each, from the lowest to the highest.
  init(quantiles count: Int, _ rates: some Collection<Double>) {
    intervals = CTRIntervals(quantiles: count, of: Array(rates))
    ends = [rates.min() ?? 0] + intervals.edges + [rates.max() ?? 1]
  }
}
