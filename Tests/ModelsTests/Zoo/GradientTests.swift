import Models
import Support
import Testing

/// Every gradient against the central difference of the loss.
///
/// The forward pass is in single precision: with a step of h the difference quotient is off by about
/// 6e-8 |loss| / h from rounding and by h^2 from curvature, so h = 1e-2 leaves a few 1e-5; the tolerance is
/// 3e-4 plus 1% of the gradient. Where the curvature is strong (DCN's repeated products) h = 1e-3 is tried as
/// well, which rounding still allows, and where a kink of PReLU lies within the step, the difference to the
/// side that has none. Gradients of a wrong formula are off by a part of their own size, which for the weights
/// drawn here is 1e-2 and more, at any step and to either side.
@Suite struct GradientTests {
  /// Every model in small: with categories and one history; with two, a genome and actions; and with features of every
  /// kind, in DIN also added to the entries.
  static let configurations: [ModelConfiguration] = ModelRegistry.models.flatMap { model in
    var plain = ModelRegistry.configuration(of: model)
    plain.features = FeatureWorld.categories
    plain.itemWidth = 4
    plain.categoryWidth = 2
    plain.userWidth = model.settings.alignsFields || !model.settings.embeddings ? nil : 3
    plain.attention = [6, 5]
    plain.hidden = [7, 5]
    plain.crossLayers = 2
    plain.recurrent = 5
    plain.actionWidth = 3
    var full = plain
    full.histories = model.settings.histories ?? [.positive, .negative]
    full.features = FeatureWorld.genome(actions: full.histories.contains(.actions))
    // DIN's original input subtracts states from candidates.
    full.recurrent = 6
    full.attentionInput = .original
    full.products = .outer
    // With its many columns a second one curves more than any step resolves; the plain one has two.
    full.crossLayers = 1
    var every = full
    every.features = FeatureWorld.everything
    every.itemWidth = 2
    every.categoryWidth = 1
    every.featureWidth = 1
    every.userWidth = model.settings.alignsFields ? nil : 0
    every.attentionInput = .concatenated
    every.products = .inner
    every.crossLayers = 1
    var normalized = plain
    normalized.batchNormalization = true
    var bare = plain
    (bare.inputNormalization, bare.activation) = (false, .relu)
    let choices = [plain, full, every] + (model.settings.hidden ? [normalized, bare] : [])
    guard model.settings.attention else { return choices }
    let activations = [Activation.dice, .prelu, .relu].map { activation in
      var other = plain
      (other.attentionActivation, other.historySum) = (activation, false)
      return other
    }
    guard model.name == "DIN" else { return choices + activations }
    var added = every
    added.attentionInput = .original
    return choices + activations + [added]
  }

  static func world(_ configuration: ModelConfiguration, shards: Int) throws -> (Harness, RaggedBatch) {
    let world = FeatureWorld(configuration.features, items: 6)
    let harness = try Harness(
      configuration, users: 3, items: 6, itemFeatures: world.itemFeatures, shards: shards)
    var random = KeyedRandom(seed: 11)
    let layout = harness.model.layout
    for parameter in layout.parameters {
      // Outputs of size 1 whatever the number of inputs.
      let scale = parameter.shape.count > 1 ? 1 / Double(parameter.shape[0]).squareRoot() : 0.5
      for i in 0..<parameter.count {
        harness.weights.dense[parameter.offset + i] = Float(scale * random.normal())
      }
    }
    for i in 0..<layout.statisticCount { harness.weights.statistics[i] = Float(0.5 + random.uniform()) }
    for table in layout.tables.indices {
      for i in 0..<harness.weights.rows(ofTable: table) * layout.tables[table].width {
        harness.weights.tables[table][i] = Float(random.normal())
      }
    }
    let lengths = [3, 0, 1, 5, 2, 4, 0, 2, 6]
    let histories = configuration.histories.map { kind in
      // Few starts, so that windows overlap, some from the same entry on.
      let windows = lengths.shuffled(using: &random).map { length in
        let start = 2 * random.below(3)
        return start..<start + length
      }
      return RaggedHistory(
        items: (0..<10).map { _ in Int32(random.below(6)) }, windows: windows,
        events: configuration.features.events(in: kind).map { world.values(of: $0, rows: 10, &random) })
    }
    let batch = RaggedBatch(
      users: lengths.indices.map { _ in Int32(random.below(3)) },
      candidates: lengths.indices.map { _ in Int32(random.below(6)) },
      labels: lengths.indices.map { [0, 1, 1.6, -0.5][$0 % 4] }, histories: histories,
      fields: configuration.features.fields.map { world.values(of: $0, rows: lengths.count, &random) })
    return (harness, batch)
  }

  @Test(arguments: configurations, [Pass.Normalization.batch, .moving])
  func gradientsAreSlopes(_ configuration: ModelConfiguration, _ normalization: Pass.Normalization) throws {
    // Models of all features are large; their weights are alike, and of the largest every 31st element is checked.
    let isLarge = configuration.features == FeatureWorld.everything
    for (loss, shards) in [(Loss.crossEntropy, 1), (.squaredError, 3)] where shards == 3 || !isLarge {
      let (harness, batch) = try GradientTests.world(configuration, shards: shards)
      _ = try harness.run(batch, normalization, loss: loss)
      let layout = harness.model.layout
      let dense = (0..<layout.parameterCount).map { harness.denseGradient($0) }
      let tables = layout.tables.indices.map { table in
        (0..<harness.weights.rows(ofTable: table) * layout.tables[table].width).map {
          harness.tableGradient(table, $0)
        }
      }
      func check(_ weight: UnsafeMutablePointer<Float>, _ gradient: Float, _ name: String) throws {
        let kept = weight.pointee
        func lossAt(_ step: Float) throws -> Double {
          weight.pointee = kept + step
          defer { weight.pointee = kept }
          return try harness.run(batch, normalization, loss: loss, backward: false).loss
        }
        func slope(_ from: Float, _ to: Float) throws -> Float {
          Float((try lossAt(to) - lossAt(from)) / Double(to - from))
        }
        let tolerance = 3e-4 + 0.01 * abs(gradient)
        var slopes: [Float] = []
        for (from, to) in [(-1e-2, 1e-2), (-1e-3, 1e-3), (0, 1e-3), (-1e-3, 0)] as [(Float, Float)] {
          slopes.append(try slope(from, to))
          if abs(slopes[slopes.count - 1] - gradient) <= tolerance { return }
        }
        Issue.record("\(name): \(gradient) against \(slopes)")
      }
      for parameter in layout.parameters {
        for i in stride(from: 0, to: parameter.count, by: isLarge && parameter.count > 100 ? 31 : 1) {
          let offset = parameter.offset + i
          try check(harness.weights.dense + offset, dense[offset], "\(parameter.name)[\(i)]")
        }
      }
      for (index, table) in layout.tables.enumerated() {
        for i in tables[index].indices {
          try check(harness.weights.tables[index] + i, tables[index][i], "\(table.name)[\(i)]")
        }
      }
    }
  }

  /// With the same outputs dropped in every pass, gradients are slopes as well; without any, none is dropped.
  @Test(arguments: ModelRegistry.models.filter { $0.settings.hidden }.map { $0.name })
  func gradientsOfDroppedOutputs(_ name: String) throws {
    let configuration = try #require(GradientTests.configurations.first { $0.name == name })
    let (harness, batch) = try GradientTests.world(configuration, shards: 3)
    let whole = try harness.run(batch, .batch, loss: .crossEntropy).logits
    let rows = Array(0..<batch.labels.count)
    try rows.withUnsafeBufferPointer { rows in
      harness.pass.dropout = DropoutDraw(rate: 0.5, seed: 3, step: 1, samples: rows.baseAddress!)
      defer { harness.pass.dropout = nil }
      #expect(try harness.run(batch, .batch, loss: .crossEntropy).logits != whole)
      let layout = harness.model.layout
      let dense = (0..<layout.parameterCount).map { harness.denseGradient($0) }
      for parameter in layout.parameters where parameter.name.hasPrefix("mlp/") {
        for offset in parameter.offset..<parameter.offset + parameter.count {
          let weight = harness.weights.dense + offset
          let kept = weight.pointee
          func slope(_ step: Float) throws -> Float {
            defer { weight.pointee = kept }
            weight.pointee = kept + step
            let above = try harness.run(batch, .batch, loss: .crossEntropy, backward: false).loss
            weight.pointee = kept - step
            let below = try harness.run(batch, .batch, loss: .crossEntropy, backward: false).loss
            return Float((above - below) / Double(2 * step))
          }
          let tolerance = 3e-4 + 0.01 * abs(dense[offset])
          let isSlope = try [Float(1e-2), 1e-3].contains { abs(try slope($0) - dense[offset]) <= tolerance }
          #expect(isSlope, "\(parameter.name)")
        }
      }
    }
    #expect(try harness.run(batch, .batch, loss: .crossEntropy).logits == whole)
  }

  /// Batch statistics, losses and gradients are those of the whole batch, however it is cut into shards.
  @Test(arguments: configurations)
  func shardsAddUp(_ configuration: ModelConfiguration) throws {
    let (whole, batch) = try GradientTests.world(configuration, shards: 1)
    let (cut, _) = try GradientTests.world(configuration, shards: 4)
    let one = try whole.run(batch, .batch, loss: .crossEntropy)
    let four = try cut.run(batch, .batch, loss: .crossEntropy)
    #expect(abs(one.loss - four.loss) < 1e-6)
    for offset in 0..<whole.model.layout.parameterCount {
      let (a, b) = (whole.denseGradient(offset), cut.denseGradient(offset))
      #expect(abs(a - b) <= 1e-5 + 1e-4 * abs(a))
    }
    for offset in 0..<whole.model.layout.statisticCount {
      #expect(abs(whole.weights.statistics[offset] - cut.weights.statistics[offset]) < 1e-6)
    }
  }

  /// A model of full size fits a few samples to near-zero loss.
  @Test(arguments: ModelRegistry.names, [FeatureWorld.categories, FeatureWorld.everything])
  func fitsOneBatch(_ name: String, _ features: ModelFeatures) throws {
    var configuration = ModelRegistry.configuration(name)
    configuration.features = features
    if features == FeatureWorld.everything {
      (configuration.itemWidth, configuration.categoryWidth) = (3, 2)
      configuration.hidden = [20, 10]
    }
    let (harness, batch) = try GradientTests.world(configuration, shards: 1)
    harness.weights.initialize(seed: 5)
    var fitted = batch
    fitted.labels = batch.labels.indices.map { Float($0 % 2) }
    var loss = Double.infinity
    for _ in 0..<40_000 where loss > 0.02 {
      loss = try harness.run(fitted, .batch, loss: .crossEntropy).loss
      harness.step(rate: 0.1)
    }
    #expect(loss <= 0.02)
  }
}
