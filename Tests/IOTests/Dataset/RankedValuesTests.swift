import IO
import Testing

@Suite struct RankedValuesTests {
  /// Against sorting: negative, repeated, tiny and weighted values.
  @Test(arguments: [1, 7, 400]) func valuesAtRanks(_ different: Int) {
    var (state, values) = (UInt64(different), [(Float, Int)]())
    for _ in 0..<900 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let number = Float(Int(state >> 33) % different - different / 2)
      values.append((number * (state >> 20 & 1 == 0 ? 1e-30 : 1234.5), Int(state >> 50) % 4))
    }
    let sorted = values.flatMap { Array(repeating: $0.0, count: $0.1) }.sorted()
    let ranks = Array(stride(from: 0, to: sorted.count, by: 13))
    let found = RankedValues.values(at: ranks) { body in for (value, weight) in values { body(value, weight) }
    }
    #expect(found == ranks.map { sorted[$0] })
  }
}
