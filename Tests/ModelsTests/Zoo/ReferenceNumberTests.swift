import Foundation
import HDF5
import Models
import Support
import TestSupport
import Testing

/// Logits, losses, all gradients and ten training steps against PyTorch's, in double precision
/// (Tests/Fixtures/make_model_numbers.py).
///
/// Our arithmetic is single: a result that sums some hundred products of size 1 is off by a few 1e-6, and
/// ten steps add to that. The tolerance is 2e-5 of the tensor's largest element (1e-4 after ten steps).
@Suite struct ReferenceNumberTests {
  static let file = FixtureFile.path("model_numbers.h5")

  /// A case of the file: which model it is for, in small sizes.
  struct Reference: CustomTestStringConvertible, Sendable {
    var name: String
    var configuration: ModelConfiguration
    var loss: Loss
    /// The share of the hidden layers' outputs that batch-statistics mode drops.
    var dropout = 0.0
    /// How moving statistics follow those of batches.
    var average = MovingAverage()
    var testDescription: String { name }

    /// Categories, and where asked for a genome, actions and the other features of the program that made the numbers.
    private static func features(genome: Int, actions: Bool, others: Bool) -> ModelFeatures {
      var all = [ModelFeature(.items, "category", .values(table: 0))]
      if genome > 0 { all.append(ModelFeature(.items, "genome", .vector(width: genome))) }
      if actions { all.append(ModelFeature(.events, "action", .values(table: 1))) }
      if others {
        all += [
          ModelFeature(.users, "favourite", .values(table: 2)), ModelFeature(.users, "income", .number),
          ModelFeature(.items, "brand", .values(table: 2)), ModelFeature(.items, "price", .number),
          ModelFeature(.samples, "place", .values(table: 3)),
          ModelFeature(.samples, "screen", .vector(width: 2)),
          ModelFeature(.events, "where", .values(table: 3)), ModelFeature(.events, "scroll", .number),
        ]
      }
      let rows = [("category", 5), ("action", 5), ("brand", 4), ("place", 3)]
      return ModelFeatures(all, tables: rows.map { ModelFeatures.Table(name: $0.0, rows: $0.1) })
    }

    init(
      _ name: String, _ model: String, _ loss: Loss, _ histories: [HistoryKind], user: Int = 8,
      genome: Int = 0, features: Bool = false, dropout: Double = 0,
      corrected momentum: Double? = nil, _ change: (inout ModelConfiguration) -> Void = { _ in }
    ) {
      self.name = name
      self.loss = loss
      self.dropout = dropout
      if let momentum { average = MovingAverage(momentum: momentum, corrected: true) }
      configuration = ModelRegistry.configuration(model)
      configuration.userWidth = configuration.name == "LR" ? nil : user
      configuration.itemWidth = 5
      configuration.categoryWidth = 3
      configuration.attention = [8, 6]
      configuration.hidden = [10, 7]
      configuration.crossLayers = 2
      configuration.recurrent = 6
      configuration.actionWidth = 2
      configuration.histories = histories
      configuration.features = Reference.features(
        genome: genome, actions: histories.contains(.actions), others: features)
      change(&configuration)
    }
  }

  static let references: [Reference] = {
    let (one, two) = ([HistoryKind.positive], [HistoryKind.positive, .negative])
    let edge = [HistoryKind.exposures, .actions]
    return [
      Reference("lr", "LR", .crossEntropy, one),
      Reference("lr_two_histories_genome", "LR", .squaredError, two, genome: 6),
      Reference("wide_deep", "WideDeep", .crossEntropy, one),
      Reference("wide_deep_two_histories_genome", "WideDeep", .squaredError, two, genome: 6),
      Reference("deepfm", "DeepFM", .squaredError, one),
      Reference("deepfm_two_histories_genome", "DeepFM", .crossEntropy, two, genome: 6),
      Reference("pnn", "PNN", .crossEntropy, two),
      Reference("pnn_outer_genome", "PNN", .crossEntropy, one, genome: 6) { $0.products = .outer },
      Reference("dcnv2", "DCNv2", .crossEntropy, two),
      Reference("din", "DIN", .crossEntropy, one, user: 4),
      Reference("din_two_histories", "DIN", .squaredError, two, user: 4),
      Reference("din_original_genome", "DIN", .crossEntropy, two, user: 4, genome: 6) {
        $0.attentionInput = .original
      },
      Reference("edgerec", "EdgeRec", .crossEntropy, edge, user: 4),
      Reference("edgerec_genome", "EdgeRec", .squaredError, edge, user: 4, genome: 6),
      Reference("lr_features", "LR", .crossEntropy, one, features: true),
      Reference("wide_deep_features", "WideDeep", .crossEntropy, two, user: 11, features: true),
      Reference("deepfm_features", "DeepFM", .crossEntropy, one, user: 11, genome: 6, features: true),
      Reference("pnn_features", "PNN", .squaredError, one, user: 11, features: true),
      Reference("dcnv2_features", "DCNv2", .crossEntropy, one, user: 11, features: true),
      Reference("din_features", "DIN", .crossEntropy, two, user: 4, genome: 6, features: true),
      Reference("din_original_features", "DIN", .squaredError, one, user: 4, features: true) {
        $0.attentionInput = .original
      },
      Reference("edgerec_features", "EdgeRec", .crossEntropy, edge, user: 4, features: true),
      Reference("deepfm_norm", "DeepFM", .crossEntropy, one) { $0.batchNormalization = true },
      Reference("wide_deep_dropout", "WideDeep", .squaredError, two, dropout: 0.4),
      Reference("pnn_norm_dropout", "PNN", .crossEntropy, one, user: 0, dropout: 0.25) {
        $0.batchNormalization = true
      },
      Reference("dcnv2_widths", "DCNv2", .crossEntropy, one, user: 5, features: true) {
        let widths = ["income": 4, "price": 2, "place": 3, "screen": 6]
        $0.features = ModelFeatures(
          $0.features.all.map { ModelFeature($0.owner, $0.name, $0.kind, width: widths[$0.name]) },
          tables: $0.features.tables)
      },
      Reference("din_dice", "DIN", .crossEntropy, two, user: 4) {
        ($0.attentionActivation, $0.historySum) = (.dice, false)
      },
      Reference("din_prelu", "DIN", .squaredError, one, user: 0) { $0.attentionActivation = .prelu },
      Reference("din_relu", "DIN", .crossEntropy, one, user: 4, features: true, dropout: 0.3) {
        ($0.attentionActivation, $0.historySum, $0.batchNormalization) = (.relu, false, true)
      },
      Reference("din_original_dice", "DIN", .crossEntropy, one, user: 4) {
        ($0.attentionInput, $0.attentionActivation) = (.original, .dice)
      },
      Reference("edgerec_dice", "EdgeRec", .crossEntropy, edge, user: 4, dropout: 0.2) {
        $0.attentionActivation = .dice
      },
      Reference("wide_deep_plain", "WideDeep", .crossEntropy, one) { $0.inputNormalization = false },
      Reference("deepfm_plain_relu", "DeepFM", .crossEntropy, one, user: 11, features: true) {
        ($0.inputNormalization, $0.activation) = (false, .relu)
      },
      Reference("pnn_plain_dice", "PNN", .squaredError, one, corrected: 0.9) {
        ($0.inputNormalization, $0.activation) = (false, .dice)
      },
      Reference("dcnv2_plain_norm", "DCNv2", .crossEntropy, one, corrected: 0.8) {
        ($0.inputNormalization, $0.activation, $0.batchNormalization) = (false, .relu, true)
      },
      Reference("din_corrected", "DIN", .crossEntropy, one, user: 4, corrected: 0.95) {
        $0.attentionActivation = .dice
      },
      Reference("din_plain_sigmoid", "DIN", .crossEntropy, two, user: 4) {
        ($0.inputNormalization, $0.activation) = (false, .sigmoid)
      },
      Reference("edgerec_plain", "EdgeRec", .crossEntropy, edge, user: 4) {
        ($0.inputNormalization, $0.activation) = (false, .relu)
      },
    ]
  }()

  static func harness(_ numbers: Case, _ reference: Reference, shards: Int) throws -> Harness {
    let categories = try numbers.lists("", offsets: "category_offsets", values: "categories")
    let harness = try Harness(
      reference.configuration, users: 6, items: categories.count,
      itemFeatures: try reference.configuration.features.encoded.map {
        $0.name == "category" ? categories : try numbers.lists("brand_")
      }, shards: shards)
    try forEachTensor(harness) { name, values, count in
      let initial = try #require(numbers.doubles["initial/\(name)"], "\(name) is in the file")
      #expect(initial.count == count)
      for i in 0..<count { values[i] = Float(initial[i]) }
    }
    return harness
  }

  /// Every tensor of the model by its path in the file.
  static func forEachTensor(
    _ harness: Harness, _ body: (String, UnsafeMutablePointer<Float>, Int) throws -> Void
  ) throws {
    let layout = harness.model.layout
    for parameter in layout.parameters {
      try body("dense/\(parameter.name)", harness.weights.dense + parameter.offset, parameter.count)
    }
    for statistic in layout.statistics {
      try body("statistics/\(statistic.name)", harness.weights.statistics + statistic.offset, statistic.count)
    }
    for (index, table) in layout.tables.enumerated() {
      try body(
        "tables/\(table.name)", harness.weights.tables[index],
        harness.weights.rows(ofTable: index) * table.width)
    }
  }

  static func expectClose(_ found: [Float], _ expected: [Double], _ tolerance: Double, _ name: String) {
    #expect(found.count == expected.count, "\(name)")
    let scale = max(1e-2, expected.map(abs).max() ?? 0)
    for (a, b) in zip(found, expected) where !(abs(Double(a) - b) <= tolerance * scale) {
      Issue.record("\(name): \(a) instead of \(b)")
      return
    }
  }

  @Test(arguments: references, [1, 3])
  func forwardAndGradients(_ reference: Reference, _ shards: Int) throws {
    let numbers = try Case(reference.name)
    let (configuration, loss) = (reference.configuration, reference.loss)
    #expect(numbers.loss == loss.rawValue)
    for (mode, normalization) in [("batch", Pass.Normalization.batch), ("moving", .moving)] {
      let harness = try ReferenceNumberTests.harness(numbers, reference, shards: shards)
      let batch = try numbers.batch(0, configuration)
      let outcome = try reference.training(normalization == .batch ? 1 : nil, of: batch, in: harness) {
        try harness.run(batch, normalization, loss: loss)
      }
      let logits = try #require(numbers.doubles["\(mode)/logits"])
      ReferenceNumberTests.expectClose(outcome.logits, logits, 2e-5, "\(mode) logits")
      let expectedLoss = try #require(numbers.doubles["\(mode)/loss"])[0]
      #expect(abs(outcome.loss - expectedLoss) < 1e-5)
      var compared = 0
      for parameter in harness.model.layout.parameters {
        let key = "\(mode)/gradients/dense/\(parameter.name)"
        let expected = try #require(numbers.doubles[key])
        let found = (0..<parameter.count).map { harness.denseGradient(parameter.offset + $0) }
        ReferenceNumberTests.expectClose(found, expected, 2e-5, key)
        compared += 1
      }
      for (table, spec) in harness.model.layout.tables.enumerated() {
        let key = "\(mode)/gradients/tables/\(spec.name)"
        let expected = try #require(numbers.doubles[key])
        let found = expected.indices.map { harness.tableGradient(table, $0) }
        ReferenceNumberTests.expectClose(found, expected, 2e-5, key)
        compared += 1
      }
      // No gradient of the reference is left out.
      #expect(compared == numbers.doubles.keys.count { $0.hasPrefix("\(mode)/gradients/") })
    }
  }

  @Test(arguments: references, [1, 4])
  func tenTrainingSteps(_ reference: Reference, _ shards: Int) throws {
    let numbers = try Case(reference.name)
    let (configuration, loss) = (reference.configuration, reference.loss)
    let harness = try ReferenceNumberTests.harness(numbers, reference, shards: shards)
    let losses = try #require(numbers.doubles["trained_losses"])
    for (step, expected) in losses.enumerated() {
      let batch = try numbers.batch(step % 2, configuration)
      let outcome = try reference.training(step + 1, of: batch, in: harness) {
        try harness.run(batch, .batch, loss: loss)
      }
      #expect(abs(outcome.loss - expected) < 5e-5, "step \(step)")
      harness.step(rate: 0.05)
    }
    #expect(losses.count == 10)
    try ReferenceNumberTests.forEachTensor(harness) { tensor, values, count in
      let expected = try #require(numbers.doubles["trained/\(tensor)"])
      ReferenceNumberTests.expectClose(
        Array(UnsafeBufferPointer(start: values, count: count)), expected, 1e-4, tensor)
    }
  }
}
