import Dist
import Testing

@Suite struct HandOutTests {
  /// Ranks 0 and 1 have items 0 ..< 40, rank 2 has the others, twice as many per rank.
  private let homes = ItemHomes(ofItems: (0..<120).map { $0 < 40 ? 0 : 1 }, ofRanks: [0, 0, 1])
  private let costs = (0..<120).map { Double($0 < 40 ? 40 - $0 : 120 - $0) }

  @Test func aRankGetsTheChunksOfItsHomeFirstAndThenTheLastOfAnother() {
    var handOut = HandOut(costs: costs, homes: homes)
    var own: [Range<Int>] = []
    var taken: Range<Int>?
    while let chunk = handOut.next(for: 1) {
      guard chunk.upperBound <= 40 else {
        taken = chunk
        break
      }
      own.append(chunk)
    }
    #expect(own.flatMap(Array.init) == Array(0..<40))
    // The cheapest items of the rank that has most left to do, which still begins with its most expensive ones.
    #expect(taken?.upperBound == 120)
    let first = handOut.next(for: 2)
    #expect(first?.lowerBound == 40)
  }

  @Test(arguments: [0, 1, 2]) func everyItemIsHandedOutOnce(_ seed: Int) {
    var handOut = HandOut(costs: costs, homes: homes)
    var (items, turn): ([Int], Int) = ([], seed)
    while let chunk = handOut.next(for: turn % 3) {
      items += chunk
      turn += seed + 1
    }
    #expect(items.sorted() == Array(0..<120))
    #expect(!handOut.hasMore)
  }

  /// The home with the most work per rank is helped, not the one with the most work.
  @Test func theSlowestHomeIsHelped() {
    let items = [(0, 60), (1, 40), (2, 1)].flatMap { [Int](repeating: $0, count: $1) }
    let homes = ItemHomes(ofItems: items, ofRanks: [0, 0, 0, 1, 2])
    var handOut = HandOut(costs: [Double](repeating: 1, count: 101), homes: homes)
    #expect(handOut.next(for: 4) == 100..<101)
    #expect(handOut.next(for: 4)?.upperBound == 100)
  }
}
