import IO
import Models

extension Job {
  /// Whether the model sees the candidate's tag genome.
  package enum GenomeUse: String, Sendable, CaseIterable {
    case none
    /// Where the data set has one.
    case ifPresent = "if_present"
    /// A data set without one is refused.
    case required
  }

  /// Reads the settings of the section `model` that its model has; others are unknown keys.
  mutating func readModel(_ section: YAMLSection) throws {
    guard let settings = ModelRegistry.settings(model.name) else {
      preconditionFailure("a job names a registered model")
    }
    let widths = 1...4096
    if settings.embeddings {
      model.itemWidth = try section.integer("item_embedding", default: model.itemWidth, in: widths)
      model.categoryWidth = try section.integer(
        "category_embedding", default: model.categoryWidth, in: widths)
      if settings.alignsFields { model.userWidth = model.encodedItemWidth }
      model.userWidth = try section.integer("user_embedding", default: model.userWidth, in: widths)
    }
    if settings.attention {
      model.attention = try section.integers("attention", default: model.attention, in: widths, counts: 2...2)
      model.attentionInput = try section.choice("attention_input", default: model.attentionInput)
    }
    if settings.hidden {
      model.hidden = try section.integers("hidden", default: model.hidden, in: widths, counts: 1...8)
    }
    if settings.products { model.products = try section.choice("products", default: model.products) }
    if settings.crossLayers {
      model.crossLayers = try section.integer("cross_layers", default: model.crossLayers, in: 1...32)
    }
    if settings.recurrent {
      model.recurrent = try section.integer("gru", default: model.recurrent, in: widths)
      model.actionWidth = try section.integer("action_embedding", default: model.actionWidth, in: widths)
    }
    let histories = try section.choices(
      "histories", default: model.histories.map(\.rawValue), of: HistoryKind.allCases.map(\.rawValue))
    model.histories = histories.compactMap(HistoryKind.init(rawValue:))
    try checkModel(section)
    historyLength = try section.integer("history_length", default: historyLength, in: 1...100_000)
    genome = try section.choice("genome", default: genome)
    try section.finish()
  }

  /// The job for one data set: with what the model takes from it. Throws `JobDatasetMismatch` where the data
  /// set lacks what the job needs; `file` names it in errors.
  package func fitted(to dataset: Dataset, file: String) throws -> Job {
    var job = self
    switch genome {
    case .none: job.model.genomeWidth = 0
    case .ifPresent: job.model.genomeWidth = dataset.items.genome?.width ?? 0
    case .required:
      guard let genome = dataset.items.genome else { throw JobDatasetMismatch.noGenome(file: file) }
      job.model.genomeWidth = genome.width
    }
    for kind in model.histories where kind.needsActions && dataset.events.action == nil {
      throw JobDatasetMismatch.noActions(file: file, history: kind.rawValue)
    }
    return job
  }
}

/// What a job needs and a data set lacks.
package enum JobDatasetMismatch: Error, Equatable, CustomStringConvertible {
  case noGenome(file: String)
  case noActions(file: String, history: String)

  package var description: String {
    switch self {
    case .noGenome(let file):
      "\(file): has no tag genome (/items/genome), which the job requires (model.genome); import MovieLens "
        + "with its genome-scores.csv, or set model.genome: if_present"
    case .noActions(let file, let history):
      "\(file): has no actions (/events/action), which the job's history '\(history)' needs; import a log with "
        + "exposures and actions (lcft import taobao), or use a model with histories [positive, negative]"
    }
  }
}
