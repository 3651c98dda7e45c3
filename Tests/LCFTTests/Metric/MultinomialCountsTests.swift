import LCFT
import Support
import Testing

@Suite struct MultinomialCountsTests {
  private func counts<Count: FixedWidthInteger & UnsignedInteger>(
    _ number: Int, of users: Int, as: Count.Type
  ) -> [Int]? {
    let counts = UnsafeMutableBufferPointer<Count>.allocate(capacity: users)
    defer { counts.deallocate() }
    counts.initialize(repeating: 0)
    var random = KeyedRandom(seed: 3)
    let isWhole = MultinomialCounts.draw(number, from: &random, into: counts)
    return isWhole ? counts.map { Int($0) } : nil
  }

  /// Every draw of the stream counts once, whatever is looked at together.
  @Test(arguments: [1, 63, 64, 65, 1000]) func theStreamsDraws(_ number: Int) {
    var random = KeyedRandom(seed: 3)
    var expected = [Int](repeating: 0, count: 90)
    for _ in 0..<number { expected[random.below(90)] += 1 }
    #expect(counts(number, of: 90, as: UInt8.self) == expected)
    #expect(counts(number, of: 90, as: UInt64.self) == expected)
  }

  @Test func countsThatDoNotFitAreNoticed() {
    #expect(counts(1000, of: 2, as: UInt8.self) == nil)
    #expect(counts(255, of: 1, as: UInt8.self) == [255])
    #expect(counts(1000, of: 2, as: UInt16.self)?.reduce(0, +) == 1000)
  }
}
