import Models
import Testing

@Suite struct DeferredGradientsTests {
  /// Gradients that are left for later have the bits of those that are added at once, whether they are added while the
  /// backward pass waits, a shard of them or several, or after it.
  @Test(arguments: GradientTests.configurations)
  func theSameBitsWheneverTheyAreAdded(_ configuration: ModelConfiguration) throws {
    let (harness, batch) = try GradientTests.world(configuration, shards: 3)
    let expected = try gradients(harness, batch)
    let deferred = DeferredGradients()
    harness.pass.deferred = deferred
    for pieces in 0..<5 {
      harness.meanwhile = { for _ in 0..<pieces { _ = deferred.advance(harness.pass) } }
      #expect(try gradients(harness, batch) == expected)
    }
    #expect(!deferred.advance(harness.pass))
  }

  /// The same where layers add gradients over the shards.
  @Test(arguments: GradientTests.configurations)
  func theSameBitsWhereShardsAreJoined(_ configuration: ModelConfiguration) throws {
    let (harness, batch) = try GradientTests.world(configuration, shards: 3)
    let expected = try gradients(harness, batch)
    harness.pass.joins = ShardJoins(shards: 3, additions: [(0, 1), (0, 2)], harness.model.layout)
    #expect(try gradients(harness, batch) == expected)
    harness.pass.deferred = DeferredGradients()
    #expect(try gradients(harness, batch) == expected)
  }
  private func gradients(_ harness: Harness, _ batch: RaggedBatch) throws -> [Float] {
    _ = try harness.run(batch, .batch, loss: .crossEntropy)
    return (0..<harness.model.layout.parameterCount).map { harness.denseGradient($0) }
  }
}
