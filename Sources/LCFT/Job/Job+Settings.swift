import IO
import Models
import Support

/// What a part of a job says, setting by setting, as text: what a resumed run compares with what it finds.
package typealias Settings = Journal.Settings

extension Job {
  /// What cloud training depends on, except the number of epochs: a training may go on for longer.
  package var trainingSettings: Settings {
    [
      ("model.name", model.name),
      ("model.user_embedding", "\(model.userWidth)"),
      ("model.item_embedding", "\(model.itemWidth)"),
      ("model.category_embedding", "\(model.categoryWidth)"),
      ("model.attention", "\(model.attention)"),
      ("model.attention_input", model.attentionInput.rawValue),
      ("model.hidden", "\(model.hidden)"),
      ("model.products", model.products.rawValue),
      ("model.cross_layers", "\(model.crossLayers)"),
      ("model.gru", "\(model.recurrent)"),
      ("model.action_embedding", "\(model.actionWidth)"),
      ("model.genome", genome.rawValue),
      ("model.histories", model.histories.map(\.rawValue).joined(separator: ", ")),
      ("model.history_length", "\(historyLength)"),
      ("loss", loss.rawValue),
      ("seed", "\(seed)"),
      ("training.batch_size", "\(training.batchSize)"),
      ("training.learning_rate", "\(training.learningRate)"),
      ("training.learning_rate_decay", "\(training.learningRateDecay)"),
    ] + Job.settings(of: training.optimizer, "training") + [
      ("training.virtual_shards", "\(training.virtualShards)")
    ]
  }

  /// What users' outcomes depend on beside the cloud model.
  package var fineTuningSettings: Settings {
    let methods = fineTuning.methods
    var settings: Settings = [
      ("methods", methods.map(\.rawValue).joined(separator: ", ")),
      ("seed", "\(seed)"),
      ("loss", loss.rawValue),
      ("model.history_length", "\(historyLength)"),
    ]
    settings += baseFineTuningSettings
    for method in methods {
      settings.append(
        ("finetuning.per_method.\(method)", fineTuning.perMethod[method].map { "\($0)" } ?? "none"))
    }
    if methods.contains(.hard) {
      settings.append(("the labels of hard", fineTuning.labelPairs.map { Job.text($0) } ?? "none"))
    }
    if methods.contains(.grouped) { settings += groupingSettings }
    return settings
  }

  /// The fine-tuning's own settings, those of single methods apart.
  package var baseFineTuningSettings: Settings {
    [
      ("finetuning.epochs", "\(fineTuning.epochs)"),
      ("finetuning.batch_size", "\(fineTuning.batchSize)"),
      ("finetuning.learning_rate", "\(fineTuning.learningRate)"),
    ] + Job.settings(of: fineTuning.optimizer, "finetuning")
  }

  /// What groups' models depend on beside the cloud model.
  package var groupingSettings: Settings {
    [
      ("grouping.edges", "\(grouping.edges)"),
      ("grouping.quantiles", "\(grouping.quantiles)"),
      ("grouping.correction", grouping.correction.rawValue),
      ("grouping.epochs", "\(grouping.epochs)"),
      ("grouping.batch_size", "\(grouping.batchSize)"),
      ("grouping.learning_rate", "\(grouping.learningRate)"),
    ] + Job.settings(of: grouping.optimizer, "grouping") + [
      ("seed", "\(seed)"),
      ("training.virtual_shards", "\(training.virtualShards)"),
    ]
  }

  private static func settings(of optimizer: Optimizer, _ section: String) -> Settings {
    func adam(_ path: KeyPath<Adam, Double>) -> String {
      if case .adam(let settings) = optimizer { "\(settings[keyPath: path])" } else { "none" }
    }
    return [
      ("\(section).optimizer", optimizer.name),
      ("\(section).beta1", adam(\.beta1)),
      ("\(section).beta2", adam(\.beta2)),
      ("\(section).epsilon", adam(\.epsilon)),
    ]
  }

  private static func text(_ pairs: LabelTable.Pairs) -> String {
    pairs.alpha.indices.map { "up to \(pairs.edges[$0 + 1]): \(pairs.alpha[$0]), \(pairs.beta[$0])" }
      .joined(separator: "; ")
  }
}
