import Models
import Testing

/// What models declare, and which configurations are refused.
@Suite struct ModelRegistryTests {
  @Test(arguments: ModelRegistry.names)
  func registeredModelsDoWhatTheyDeclare(_ name: String) throws {
    let configuration = ModelRegistry.configuration(name)
    #expect(configuration.name == name)
    let layout = try ModelRegistry.make(configuration).layout
    #expect(!layout.tables.isEmpty && layout.outputBias != nil)
  }

  /// Leaving out any feature changes the model, and so does leaving out the users.
  @Test(arguments: ModelRegistry.names)
  func everyFeatureIsRead(_ name: String) throws {
    var configuration = ModelRegistry.configuration(name)
    configuration.features = FeatureWorld.everything
    let layout = try ModelRegistry.make(configuration).layout
    for index in configuration.features.all.indices {
      var fewer = configuration
      var features = configuration.features.all
      let feature = features.remove(at: index)
      fewer.features = ModelFeatures(features, tables: configuration.features.tables)
      #expect(try ModelRegistry.make(fewer).layout != layout, "\(feature.path)")
    }
    var anonymous = configuration
    anonymous.userWidth = 0
    let tables = try ModelRegistry.make(anonymous).layout.tables
    #expect(!tables.isEmpty && !tables.contains { $0.space == .user })
  }

  /// DCNv2 puts its fields side by side: each may have a width of its own.
  @Test func fieldsOfSeveralWidths() throws {
    var configuration = ModelRegistry.configuration("DCNv2")
    (configuration.features, configuration.userWidth) = (FeatureWorld.everything, 5)
    let features = configuration.features
    func inputs(_ features: [ModelFeature]) throws -> Int {
      configuration.features = ModelFeatures(features, tables: configuration.features.tables)
      let layout = try ModelRegistry.make(configuration).layout
      #expect(layout.tables.first { $0.space == .user }?.width == 5)
      return try #require(layout.parameters.first { $0.name == "mlp/0/weight" }).shape[0]
    }
    let usual = try inputs(features.all)
    let width = configuration.encodedItemWidth
    #expect(usual == 5 + (2 + features.fields.count) * width)
    let narrow = features.all.map { feature in
      ModelFeature(
        feature.owner, feature.name, feature.kind, width: feature.path == "users/income" ? 2 : nil)
    }
    #expect(try inputs(narrow) == usual - width + 2)
  }

  /// Features of one table have one table of embeddings, but a weight of its own per value in a first order.
  @Test(arguments: ModelRegistry.names)
  func tablesAreShared(_ name: String) throws {
    var configuration = ModelRegistry.configuration(name)
    configuration.features = FeatureWorld.everything
    let brands = try ModelRegistry.make(configuration).layout.tables
      .filter { $0.space == .values(1) && $0.width > 1 }
    #expect(brands.map(\.name) == (name == "LR" ? [] : ["brand"]))
  }

  /// A declaration and the settings that a layout depends on.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var settings: ModelSettings
    var error: ModelError?
    var build: SketchedModel.Build

    init(
      _ name: String, _ settings: ModelSettings, _ error: ModelError?, _ build: @escaping SketchedModel.Build
    ) {
      testDescription = name
      (self.settings, self.error, self.build) = (settings, error, build)
    }
  }

  private static func undeclared(_ setting: String) -> ModelError {
    .undeclaredSetting(model: SketchedModel.name, setting: setting)
  }

  private static func unread(_ setting: String) -> ModelError {
    .unreadSetting(model: SketchedModel.name, setting: setting)
  }

  private static let fields: SketchedModel.Build = { (configuration, layout) throws(ModelError) in
    _ = try Fields(configuration, aligned: true, in: &layout)
  }

  private static let items: SketchedModel.Build = { configuration, layout in
    _ = Linear("x", inputs: configuration.encodedItemWidth, outputs: 1, in: &layout)
  }

  static let cases = [
    Case("fields, declared", ModelSettings(alignsFields: true), nil, fields),
    Case("fields", ModelSettings(), undeclared("aligned fields (alignsFields)"), fields),
    Case("no fields", ModelSettings(alignsFields: true), unread("aligned fields (alignsFields)"), items),
    Case("sizes", ModelSettings(embeddings: false), undeclared("the embedding sizes"), items),
    Case("no sizes", ModelSettings(), unread("the embedding sizes")) { _, _ in },
    Case("attention", ModelSettings(), undeclared("attention")) { configuration, layout in
      let hidden = (configuration.attention[0], configuration.attention[1])
      let width = configuration.encodedItemWidth
      _ = Attention("x", queryWidth: width, keyWidth: width, hidden: hidden, in: &layout)
    },
    Case("attention's input", ModelSettings(), undeclared("attention")) { configuration, layout in
      let (width, input) = (configuration.encodedItemWidth, configuration.attentionInput)
      _ = Attention("x", queryWidth: width, keyWidth: width, hidden: (8, 4), input: input, in: &layout)
    },
    Case("attention's activation", ModelSettings(), undeclared("attention")) { configuration, layout in
      let (width, activation) = (configuration.encodedItemWidth, configuration.attentionActivation)
      _ = Attention(
        "x", queryWidth: width, keyWidth: width, hidden: (8, 4), activation: activation, in: &layout)
    },
    Case("history sum", ModelSettings(), undeclared("history_sum")) { configuration, layout in
      let inputs = (configuration.historySum ? 2 : 1) * configuration.encodedItemWidth
      _ = Linear("x", inputs: inputs, outputs: 1, in: &layout)
    },
    Case("no history sum", ModelSettings(historySum: true), unread("history_sum"), items),
    Case("no attention", ModelSettings(attention: true), unread("attention"), items),
    Case("hidden", ModelSettings(), undeclared("hidden")) { configuration, layout in
      _ = Linear("x", inputs: configuration.encodedItemWidth, outputs: configuration.hidden[0], in: &layout)
    },
    Case("normalised hidden layers", ModelSettings(), undeclared("hidden")) { configuration, layout in
      let outputs = configuration.batchNormalization ? 2 : 1
      _ = Linear("x", inputs: configuration.encodedItemWidth, outputs: outputs, in: &layout)
    },
    Case("hidden, declared", ModelSettings(hidden: true), nil) { configuration, layout in
      _ = Linear("x", inputs: configuration.encodedItemWidth, outputs: configuration.hidden[0], in: &layout)
    },
    Case("no hidden", ModelSettings(hidden: true), unread("hidden"), items),
    Case("products", ModelSettings(), undeclared("products")) { configuration, layout in
      let outputs = configuration.products == .outer ? 2 : 1
      _ = Linear("x", inputs: configuration.encodedItemWidth, outputs: outputs, in: &layout)
    },
    Case("cross layers", ModelSettings(), undeclared("cross_layers")) { configuration, layout in
      let outputs = configuration.crossLayers
      _ = Linear("x", inputs: configuration.encodedItemWidth, outputs: outputs, in: &layout)
    },
    Case("recurrent", ModelSettings(), undeclared("gru")) { configuration, layout in
      _ = Linear("x", inputs: configuration.encodedItemWidth, outputs: configuration.recurrent, in: &layout)
    },
  ]

  /// One after the other: what a sketched model is, is a property of its type.
  @Test func declarationsAreChecked() {
    for sketched in ModelRegistryTests.cases {
      SketchedModel.sketch = (sketched.settings, sketched.build)
      var found: ModelError?
      do {
        let configuration = ModelRegistry.configuration(of: SketchedModel.self)
        try ModelRegistry.check(configuration, among: [SketchedModel.self])
      } catch {
        found = error
      }
      #expect(found == sketched.error, "\(sketched.testDescription)")
    }
  }

  /// A change to the default configuration of a model, and why there is no such model.
  struct Refusal: Sendable, CustomTestStringConvertible {
    var model: String
    var message: String
    var change: @Sendable (inout ModelConfiguration) -> Void
    var testDescription: String { message }

    init(_ model: String, _ message: String, _ change: @escaping @Sendable (inout ModelConfiguration) -> Void)
    {
      (self.model, self.message, self.change) = (model, message, change)
    }
  }

  static let refusals = [
    Refusal(
      "DIN", "model.name must be one of LR, WideDeep, DeepFM, PNN, DIN, DCNv2, EdgeRec instead of DINN"
    ) { $0.name = "DINN" },
    Refusal(
      "PNN",
      "model.user_embedding must be 18 for PNN, the width of an item with its features, because PNN multiplies fields; "
        + "leave it out, or give 0 for no user id"
    ) { ($0.features, $0.userWidth) = (FeatureWorld.categories, 9) },
    Refusal("LR", "model.user_embedding must be 0 or left out for LR, which has one weight per user") {
      $0.userWidth = 9
    },
    Refusal(
      "DeepFM",
      "model.feature_embedding gives users/age the width 4, but DeepFM takes it in the width of an item with its "
        + "features, 9; leave it out"
    ) {
      $0.features = ModelFeatures([ModelFeature(.users, "age", .number, width: 4)])
    },
    Refusal(
      "DIN",
      "model.feature_embedding gives features of the table brand the widths 4 and 3; features that share a table have "
        + "one width"
    ) {
      $0.features = ModelFeatures(
        [
          ModelFeature(.items, "brand", .values(table: 0), width: 3),
          ModelFeature(.users, "favourite", .values(table: 0), width: 4),
        ], tables: [ModelFeatures.Table(name: "brand", rows: 2)])
    },
    Refusal("DIN", "model.attention must have two layers for DIN instead of 3") { $0.attention.append(1) },
    Refusal("EdgeRec", "model.attention must have two layers for EdgeRec instead of 1") {
      $0.attention = [8]
    },
    Refusal(
      "EdgeRec",
      "model.histories must be [exposures, actions] for EdgeRec, which has a part for each of them"
    ) { $0.histories = [.positive] },
    Refusal(
      "EdgeRec",
      "model.gru must be 18, the width of an item with its features, with attention_input original, which subtracts "
        + "states from candidates; or use attention_input concatenated"
    ) { ($0.features, $0.recurrent, $0.attentionInput) = (FeatureWorld.categories, 20, .original) },
    Refusal("DIN", "model.item_embedding must be at least 1 for DIN instead of 0") { $0.itemWidth = 0 },
    Refusal("DCNv2", "model.cross_layers must be at least 0 for DCNv2 instead of -1") { $0.crossLayers = -1 },
    Refusal("DIN", "model.user_embedding must be at least 0 for DIN instead of -5") { $0.userWidth = -5 },
  ]

  @Test(arguments: refusals)
  func impossibleModelsAreRefused(_ refusal: Refusal) throws {
    var configuration = ModelRegistry.configuration(refusal.model)
    refusal.change(&configuration)
    let refused = #expect(throws: ModelError.self) { try ModelRegistry.make(configuration) }
    #expect(refused?.description == refusal.message)
  }
}
