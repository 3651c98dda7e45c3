import IO
import LCFT
import Models
import Support

/// A job, weights and a table of labels to fine-tune users of `smallDataset` by.
package enum FineTuningExample {
  /// Fitted to `dataset`, or to one of the shape of `smallDataset`; `choices` are further settings of the model, each
  /// after a comma.
  package static func job(
    _ model: String, _ optimizer: String = "learning_rate: 0.05", for dataset: Dataset = smallDataset(),
    choices: String = ""
  ) throws -> Job {
    try Job.parse(
      """
      model: {name: \(model), histories: [\(histories(model))], history_length: 6\(choices)}
      finetuning: {epochs: 2, batch_size: 7, \(optimizer)}
      """, file: "test.yaml"
    ).fitted(to: dataset, file: "test.h5")
  }

  /// The histories that a model is tested on: its own, or two of labels.
  package static func histories(_ model: String) -> String {
    (ModelRegistry.settings(model)?.histories ?? [.positive, .negative]).map(\.rawValue)
      .joined(separator: ", ")
  }

  package static func weights(_ job: Job, _ dataset: Dataset) -> Weights {
    let weights = Weights(
      layout: job.makeModel().layout, rowCounts: job.rowCounts(of: dataset))
    weights.initialize(seed: 4)
    var random = KeyedRandom(seed: 8)
    for i in 0..<weights.layout.statisticCount { weights.statistics[i] += Float(0.2 * random.uniform()) }
    return weights
  }

  package struct Outcome {
    package var outcome: MethodOutcome
    package var logits: [Float]
  }

  package static func run(_ tuner: UserFineTuner, user: Int) throws -> [Outcome] {
    var all: [Outcome] = []
    try tuner.process(user: user) { _, outcome, logits in
      all.append(Outcome(outcome: outcome, logits: Array(logits)))
    }
    return all
  }

  package static let pairs = LabelTable.Pairs(
    edges: [0, 0.1, 0.3, 1], alpha: [1, 1.2, 0.8], beta: [0.1, 0, -0.2])
}
