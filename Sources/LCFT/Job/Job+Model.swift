import Models

extension Job {
  /// Whether the model takes the items' feature `genome`.
  package enum GenomeUse: String, Sendable, CaseIterable {
    case none
    /// Where the data set has one.
    case ifPresent = "if_present"
    /// A data set without one is refused.
    case required
  }

  static var modelSection: JobSection {
    let widths = 1...4096
    let embeddings = SettingCondition.models(\.embeddings)
    let attention = SettingCondition.models(\.attention)
    let recurrent = SettingCondition.models(\.recurrent)
    return JobSection(
      "model", "The click-through-rate model. A key of another model is an unknown key.",
      [
        JobSetting(
          "name", \.modelName, .name(of: ModelRegistry.names), affects: .cloudModel, "The kind of model."),
        JobSetting(
          "item_embedding", \.model.itemWidth, .integer(widths), affects: .cloudModel, when: embeddings,
          "Width of an item's embedding."),
        JobSetting(
          "category_embedding", \.model.categoryWidth, .integer(widths), affects: .cloudModel,
          when: embeddings, "Width of the embeddings of the items' feature `category`."),
        JobSetting(
          "feature_embedding", \.allFeatureWidths, .featureWidths(widths), affects: .cloudModel,
          when: embeddings,
          defaultWords: "that of `category_embedding`; for vectors the width of an item with its features",
          "Width of the embeddings of other features, of all or by name. Features that share a table have one width; "
            + "fields that a model multiplies are as wide as an item with its features, whatever this says for all."
        ),
        JobSetting(
          "user_embedding", \.model.userWidth, .optional(.integer(0...4096)), affects: .cloudModel,
          defaultWords: "\(ModelConfiguration.usualUserWidth); the width of an item with its features for "
            + ModelRegistry.withUsersLikeItems.joined(separator: ", ") + "; a weight per user for LR",
          "Width of a user's embedding. With 0, the only width that LR takes, the model does not see who the user is."
        ),
        JobSetting(
          "attention", \.model.attention, .integers(widths, counts: 2...2), affects: .cloudModel,
          when: attention, "Widths of the attention's hidden layers."),
        JobSetting(
          "attention_input", \.model.attentionInput, .choice(AttentionInput.allCases), affects: .cloudModel,
          when: attention,
          "What the attention sees of a candidate q and a history entry k: [q ; k], or [q ; k ; q - k ; q * k]."
        ),
        JobSetting(
          "attention_activation", \.model.attentionActivation, .choice(Activation.allCases),
          affects: .cloudModel, when: attention, "What follows each hidden layer of the attention."),
        JobSetting(
          "history_sum", \.model.historySum, .boolean, affects: .cloudModel, when: .models(\.historySum),
          "Whether the model sees the sum of a history's entries beside the attention's weighted sum."),
        JobSetting(
          "hidden", \.model.hidden, .integers(widths, counts: 1...8), affects: .cloudModel,
          when: .models(\.hidden), "Widths of the hidden layers of the perceptron that ends in the logit."),
        JobSetting(
          "activation", \.model.activation, .optional(.choice(Activation.allCases)), affects: .cloudModel,
          when: .models(\.hidden), defaultWords: "dice for DIN, sigmoid for DeepFM, prelu for the others",
          "What follows each of these hidden layers."),
        JobSetting(
          "batch_normalization", \.model.batchNormalization, .boolean, affects: .cloudModel,
          when: .models(\.hidden),
          "Whether batch normalisation stands between each of these hidden layers and its activation."),
        JobSetting(
          "input_normalization", \.model.inputNormalization, .boolean, affects: .cloudModel,
          when: .models(\.hidden),
          "Whether the perceptron's inputs, with products of fields beside them, go through batch normalisation."
        ),
        JobSetting(
          "products", \.model.products, .choice(ProductKind.allCases), affects: .cloudModel,
          when: .models(\.products), "Which products of two fields are formed."),
        JobSetting(
          "cross_layers", \.model.crossLayers, .integer(1...32), affects: .cloudModel,
          when: .models(\.crossLayers), "Number of crossings."),
        JobSetting(
          "gru", \.model.recurrent, .integer(widths), affects: .cloudModel, when: recurrent,
          "Width of the recurrent states."),
        JobSetting(
          "action_embedding", \.model.actionWidth, .integer(widths), affects: .cloudModel, when: recurrent,
          "Width of the embeddings of the events' feature `action`."),
        JobSetting(
          "histories", \.model.histories, .choices(HistoryKind.allCases, "history"),
          affects: .cloudModel, defaultWords: defaultHistories,
          "The history sequences that the model sees. The last two need a data set with actions."),
        JobSetting(
          "history_length", \.historyLength, .integer(1...100_000),
          affects: [.cloudModel, .outcomes, .groupModels],
          "Entries of a history that the model sees, the latest ones."),
        JobSetting(
          "features", \.features, .features, affects: .cloudModel,
          "Which features of the data set the model takes. `all` are those that its histories can have: all but the "
            + "events' feature `action`, which belongs to histories of actions."),
        JobSetting(
          "genome", \.genome, .choice(GenomeUse.allCases), affects: .cloudModel,
          "Whether the model takes the items' feature `genome`, where `features` does not leave it out; a data set without "
            + "one is refused where it is required."),
      ], check: { job, section in try job.checkModel(section) })
  }

  /// The model's name. Giving it resets what the model reads of a job to its standard sizes.
  private var modelName: String {
    get { model.name }
    set { model = ModelRegistry.configuration(newValue) }
  }

  /// The widths by name wait for the data set's features; that of all is the model's.
  private var allFeatureWidths: FeatureWidthSetting {
    get { featureWidths }
    set {
      featureWidths = newValue
      model.featureWidth = newValue.common
    }
  }

  private static var defaultHistories: String {
    let own = ModelRegistry.names.compactMap { name in
      ModelRegistry.settings(name)?.histories.map { own in
        "; [\(own.map(\.rawValue).joined(separator: ", "))] for \(name)"
      }
    }
    return "[\(Job.standard.model.histories.map(\.rawValue).joined(separator: ", "))]" + own.joined()
  }
}

extension SettingCondition {
  /// A setting that only some models have.
  static func models(_ have: KeyPath<ModelSettings, Bool>) -> SettingCondition {
    func has(_ name: String) -> Bool { ModelRegistry.settings(name)?[keyPath: have] ?? false }
    let names = ModelRegistry.names
    let others = names.filter { !has($0) }
    return SettingCondition(
      words: others.count == 1 ? "all models but \(others[0])" : names.filter(has).joined(separator: ", "),
      holds: { has($0.model.name) }, refusal: nil)
  }
}
