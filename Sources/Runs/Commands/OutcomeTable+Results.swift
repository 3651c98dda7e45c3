import IO
import LCFT
import Support

extension OutcomeTable {
  /// What `results.h5` says, which `write` gets. `proceed` is called between pieces, and may end it.
  func results(
    _ inputs: Inputs, _ untrained: UntrainedUsersRun?, _ cloud: CloudModel, _ progress: ProgressFeed,
    proceed: () throws -> Void, write: (Results) throws -> Void
  ) throws -> Results {
    // Beside those of `results`: users without training samples, and the file.
    let task = progress.start("results", unit: "pieces", total: Double(pieces + 2))
    var begun = 0
    func begin(_ piece: String) throws {
      task.update(Double(begun), note: piece)
      begun += 1
      try proceed()
    }
    let parts = DatasetParts(inputs.dataset, spread: inputs.spread)
    var results = try results(
      model: inputs.job.model.name, job: inputs.job, datasetDigest: inputs.datasetDigest,
      checkpointDigest: cloud.digest, in: parts, begin: begin)
    try begin("users without training samples")
    results.untrained = try untrained?.outcome(beside: results, in: parts)
    if !inputs.job.fineTuning.savePredictions {
      results.predictions = nil
      results.untrained?.predictions = nil
      results.untrained?.logits = nil
      for index in results.methods.indices { results.methods[index].predictions = nil }
    }
    let draws = PairedBootstrap.draws
    let comparing = progress.start("comparing methods", unit: "draws", total: Double(draws))
    results.significance = try results.compareMethods(seed: inputs.job.seed) {
      comparing.update(Double($0))
      try proceed()
    }
    comparing.finishIfTold(Double(draws))
    try begin("writing")
    try write(results)
    task.finishIfTold(Double(begun))
    return results
  }
}
