import IO
import LCFT

extension Job.Search {
  /// The labels of the grid, alphas outermost.
  var pairs: [(alpha: Double, beta: Double)] {
    alphas.flatMap { alpha in betas.map { (alpha, $0) } }
  }

  /// The groups of users with these local CTRs.
  package func intervals(localCTRs: [Double]) -> CTRIntervals {
    switch groups {
    case .edges(let edges): CTRIntervals(edges: edges)
    case .quantiles(let count): CTRIntervals(quantiles: count, of: localCTRs)
    }
  }
}
