import Support
import Testing

@Suite struct KeyedRandomTests {
  /// The published outputs of SplitMix64 for the seed 1234567.
  @Test func equalsSplitMix64() {
    var random = KeyedRandom(seed: 1_234_567)
    let outputs: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    for expected in outputs { #expect(random.next() == expected) }
  }

  /// Streams of neighbouring keys, and of keys in another order, have nothing in common.
  @Test func keysNameStreams() {
    var first: [UInt64: (UInt64, UInt64)] = [:]
    for a in 0..<200 as Range<UInt64> {
      for b in 0..<50 as Range<UInt64> {
        var random = KeyedRandom(seed: 7, a, b)
        let value = random.next()
        #expect(first[value] == nil)
        first[value] = (a, b)
        var again = KeyedRandom(seed: 7, a, b)
        #expect(again.next() == value)
      }
    }
    #expect(KeyedRandom.key("mlp/0/weight") != KeyedRandom.key("mlp/1/weight"))
  }

  /// Counts over 60,000 draws stay within six standard deviations of what is expected.
  @Test func drawsAreUniform() {
    var random = KeyedRandom(seed: 3)
    for count in [1, 2, 6, 1000] {
      var counts = [Int](repeating: 0, count: count)
      for _ in 0..<60_000 { counts[random.below(count)] += 1 }
      let expected = 60_000 / Double(count)
      for found in counts { #expect(abs(Double(found) - expected) <= 6 * expected.squareRoot()) }
    }
    var sum = 0.0
    for _ in 0..<60_000 {
      let value = random.uniform()
      #expect(value >= 0 && value < 1)
      sum += value
    }
    #expect(abs(sum / 60_000 - 0.5) < 6 * 0.2887 / 245)
  }

  @Test func normalMoments() {
    var random = KeyedRandom(seed: 5)
    var sums = [0.0, 0, 0, 0]
    let count = 100_000.0
    for _ in 0..<Int(count) {
      let value = random.normal()
      for power in 0..<4 { sums[power] += (0...power).reduce(1.0) { product, _ in product * value } }
    }
    // Six standard errors of the first four moments 0, 1, 0, 3.
    for (sum, (moment, variance)) in zip(sums, [(0.0, 1.0), (1, 2), (0, 15), (3, 96)]) {
      #expect(abs(sum / count - moment) < 6 * (variance / count).squareRoot())
    }
  }

  /// All 24 orders of four elements come up alike.
  @Test func shuffleIsFair() {
    var random = KeyedRandom(seed: 9)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 {
      var elements = [0, 1, 2, 3]
      elements.withUnsafeMutableBufferPointer { random.shuffle($0) }
      counts[elements, default: 0] += 1
    }
    #expect(counts.count == 24)
    for count in counts.values { #expect(abs(Double(count) - 1000) < 6 * 1000.0.squareRoot()) }
  }
}
