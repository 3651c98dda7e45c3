import Models
import Support
import Testing

/// Sums of gradients that one backward pass makes at once.
@Suite struct GradientSumTests {
  /// One pass with gradients of 1 at the logits gives every sum what a pass of its own gives, to rounding; a sum has the
  /// same bits in any company, and a sample whose coefficient is 0 adds nothing.
  @Test(arguments: GradientTests.configurations)
  func sumsAreThoseOfTheirOwnPasses(_ configuration: ModelConfiguration) throws {
    let (harness, batch) = try GradientTests.world(configuration, shards: 1)
    let count = batch.labels.count
    var random = KeyedRandom(seed: 21)
    let coefficients: [[Float]] = [
      (0..<count).map { _ in Float(random.normal()) },
      (0..<count).map { (2...5).contains($0) && $0 != 4 ? 0.25 : 0 },
      (0..<count).map { _ in Float(0.5 + random.uniform()) },
    ]
    let atOnce = try harness.sums(batch, coefficients, atOnce: true)
    let apart = try harness.sums(batch, coefficients, atOnce: false)
    for (one, other) in zip(atOnce, apart) {
      for (a, b) in zip([one.dense] + one.tables, [other.dense] + other.tables) {
        let largest = b.reduce(0) { max($0, abs($1)) }
        for (x, y) in zip(a, b) { #expect(abs(x - y) <= 1e-5 * largest + 1e-6) }
      }
      #expect(other.tables.joined().contains { $0 != 0 })
    }
    let alone = try harness.sums(batch, [coefficients[2]], atOnce: true)
    #expect(alone[0].dense == atOnce[2].dense && alone[0].tables == atOnce[2].tables)
    let nothing = try harness.sums(batch, [coefficients[0].map { _ in 0 }], atOnce: true)
    #expect(([nothing[0].dense] + nothing[0].tables).joined().allSatisfy { $0 == 0 })
  }
}
