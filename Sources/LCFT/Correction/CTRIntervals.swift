/// Intervals of the local CTR, by which users are put into groups: the first is [0, edges[0]], the others
/// (edges[i - 1], edges[i]] and the last (edges[last], 1]. As in label correction, a user at an edge belongs
/// below it.
package struct CTRIntervals: Sendable, Equatable {
  /// Strictly rising, between 0 and 1; none for a single interval.
  package let edges: [Double]

  /// Edges that rise strictly and lie in [0, 1).
  package init(edges: [Double]) {
    precondition(CTRIntervals.areEdges(edges), "edges rise strictly from 0 on and stay below 1")
    self.edges = edges
  }

  /// Those of groups with the edges `groups`, from 0 to 1.
  package init(groups: [Double]) { self.init(edges: Array(groups.dropFirst().dropLast())) }

  /// The number of the group with the edges `groups` that `localCTR` lies in, without making the intervals.
  package static func index(of localCTR: Double, groups: [Double]) -> Int {
    groups.dropFirst().dropLast().count { $0 < localCTR }
  }

  /// Whether `values` can be edges.
  package static func areEdges(_ values: [Double]) -> Bool {
    values.allSatisfy { $0 >= 0 && $0 < 1 } && zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
  }

  /// Up to `count` intervals with about equally many of `localCTRs`: edge i is the least value that i / count
  /// of them do not exceed. Local CTRs are fractions of small numbers and often equal; equal ones stay
  /// together, so that there may be fewer intervals, but none is empty.
  package init(quantiles count: Int, of localCTRs: [Double]) {
    precondition(count > 0, "there is at least one interval")
    let sorted = localCTRs.sorted()
    var edges: [Double] = []
    for i in stride(from: 1, to: count, by: 1) where !sorted.isEmpty {
      let edge = sorted[max(0, (sorted.count * i + count - 1) / count - 1)]
      if edge < sorted[sorted.count - 1], edge != edges.last { edges.append(edge) }
    }
    self.edges = edges
  }

  package var count: Int { edges.count + 1 }

  /// The number of the interval that `localCTR` lies in.
  package func index(of localCTR: Double) -> Int { edges.count { $0 < localCTR } }

  /// `low`, `middle` and `high` for three intervals, numbers from 1 on for more.
  package func name(_ index: Int) -> String {
    switch count {
    case 1: "all"
    case 2: ["low", "high"][index]
    case 3: ["low", "middle", "high"][index]
    default: "\(index + 1)"
    }
  }
}
