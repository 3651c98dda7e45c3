import LCFT
import Testing

@Suite struct CTRIntervalsTests {
  @Test func edgesBelongBelow() {
    let intervals = CTRIntervals(edges: [0.1, 0.25])
    #expect(
      [0, 0.1, 0.1000001, 0.25, 0.3, 1].map { intervals.index(of: $0) } == [0, 0, 1, 1, 2, 2])
    #expect((0..<3).map { intervals.name($0) } == ["low", "middle", "high"])
    #expect(CTRIntervals(edges: []).index(of: 0.5) == 0)
    #expect(CTRIntervals(edges: [0.1, 0.2, 0.3]).name(3) == "4")
    #expect(!CTRIntervals.areEdges([0.2, 0.2]) && !CTRIntervals.areEdges([1]))
    #expect(!CTRIntervals.areEdges([-0.1]) && CTRIntervals.areEdges([0, 0.5]))
  }

  @Test(arguments: [
    ([0.4, 0.1, 0.2, 0.3, 0.5, 0.6], 3, [0.2, 0.4], [2, 2, 2]),
    ([0.4, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7], 3, [0.3, 0.5], [3, 2, 2]),
    ([0, 0, 0, 0, 0.5, 1], 3, [0], [4, 2]),
    ([0.5, 0.5, 0.5], 3, [], [3]),
    ([0, 1, 1, 1, 1, 1], 3, [], [6]),
    ([0.1, 0.2], 5, [0.1], [1, 1]),
    ([], 3, [], [0]),
  ])
  func quantilesHoldTiesTogether(_ values: [Double], _ count: Int, _ edges: [Double], _ sizes: [Int]) {
    let intervals = CTRIntervals(quantiles: count, of: values)
    #expect(intervals.edges == edges)
    var found = [Int](repeating: 0, count: intervals.count)
    for value in values { found[intervals.index(of: value)] += 1 }
    #expect(found == sizes)
  }
}
