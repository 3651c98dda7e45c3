import IO
import LCFT
import Support

extension OutcomeTable {
  /// What `results.h5` says. `proceed` is called between pieces, and may end it.
  func results(
    _ inputs: Inputs, _ untrained: UntrainedUsersRun?, _ cloud: CloudModel, _ progress: ProgressFeed,
    proceed: () throws -> Void
  ) throws -> Results {
    try proceed()
    let parts = DatasetParts(inputs.dataset, spread: inputs.spread)
    var results = try results(
      model: inputs.job.model.name, job: inputs.job, datasetDigest: inputs.datasetDigest,
      checkpointDigest: cloud.digest, in: parts)
    try proceed()
    results.untrained = try untrained?.outcome(beside: results, in: parts)
    if !inputs.job.fineTuning.savePredictions {
      results.predictions = nil
      results.untrained?.predictions = nil
      results.untrained?.logits = nil
      for index in results.methods.indices { results.methods[index].predictions = nil }
    }
    let draws = PairedBootstrap.draws
    let task = progress.start("comparing methods", unit: "draws", total: Double(draws))
    results.significance = try results.compareMethods(seed: inputs.job.seed) {
      task.update(Double($0))
      try proceed()
    }
    task.finishIfTold(Double(draws))
    return results
  }
}
