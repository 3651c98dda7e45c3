import Dist
import Foundation
import IO
import LCFT
import Models
import Plan
import Support

extension Experiment {
  /// Refuses to keep models of more users than the disk has room for. Before any work, but with the data set:
  /// who is evaluated says how many they are. Collective.
  package func checkSpace(keeping selection: ModelSelection?) throws {
    guard let selection, !ignoresLimits else { return }
    try communicator.collectively {
      guard leads else { return }
      let users = try selection.users(of: dataset, evaluated: dataset.evaluatedUsers, seed: job.seed).count
      let parameters = makeModel().layout.parameterCount
      let bytes = ResourceEstimate.modelsBytes(job: job, users: users, parameters: parameters)
      try LimitCheck.disk([(name: "users' models", bytes: bytes)], folder.path)
    }
  }

  /// Writes the fine-tuned models of the selected users while `body` runs `run`: each rank those that it
  /// fine-tunes into a journal of its own, and in the end the ranks all journals into a file each, which rank 0's
  /// file joins. `body` gets the users to fine-tune in any case: those that have an outcome but no model.
  func keepModels(
    of selection: ModelSelection, _ weights: Weights, _ run: FineTuningRun,
    _ body: (Set<Int32>) throws -> Void
  ) throws {
    let methods = job.fineTuning.methods.filter(\.fineTunes).map(\.rawValue)
    let layout = PersonalModels(
      model: job.model.name, methods: methods, denseCount: weights.layout.parameterCount,
      tables: weights.layout.tables.map { PersonalModels.Table(name: $0.name, width: $0.width) },
      job: job.text, datasetDigest: datasetDigest,
      checkpointDigest: try communicator.broadcast(summary.digest.checkpoint ?? "", from: 0),
      findings: job.findings(usedBy: job.fineTuning.methods))
    let users = try communicator.collectively {
      guard !methods.isEmpty else { throw RunError.nothingToKeep }
      return try selection.users(of: dataset, evaluated: run.evaluated, seed: job.seed)
    }
    let isWhole = try communicator.collectively { leads ? try hasModels(of: users, layout) : false }
    if try communicator.broadcast(isWhole ? 1 : 0, from: 0) == 1 { return try body([]) }
    let journals = ModelJournals(
      folder: folder, layout: layout, settings: outcomeSettings(job.fineTuning.methods), communicator)
    let missing = users.subtracting(try journals.users())
    try communicator.collectively {
      // What is to be fine-tuned goes into the journals as it is, and all of it is compressed in the end.
      let bytes = missing.count * methods.count * layout.denseCount * 4
      let all = users.count * methods.count * layout.denseCount * 4
      say(
        "keeping the models of \(users.count) users under \(methods.joined(separator: ", ")): dense weights of "
          + "\(all >> 20) MB, compressed in \(folder.models)")
      if leads, !ignoresLimits {
        try LimitCheck.disk([(name: "users' models", bytes: bytes + all / 2)], folder.path)
      }
    }
    try journals.write { append in
      run.record(missing, emit: append)
      try body(missing)
    }
    try journals.join { dataset.users.id[Int($0)] }
  }

  /// Whether an earlier run of this job has left the joined file with the models of `users`.
  private func hasModels(of users: Set<Int32>, _ layout: PersonalModels) throws -> Bool {
    guard FileManager.default.fileExists(atPath: folder.models), folder.modelsJournals().paths.isEmpty else {
      return false
    }
    let models = try PersonalModelsFile.Reader(folder.models)
    return models.layout == layout && users.isSubset(of: models.rows)
  }

  /// Scores the users of the file `path` by the models that it holds and the cloud model `weights`: what
  /// `lcft apply` does. Returns the results on rank 0.
  package func apply(_ path: String, _ weights: Weights) throws -> Results? {
    let checkpoint = try communicator.broadcast(summary.digest.checkpoint ?? "", from: 0)
    let saved = try communicator.collectively {
      let saved = try PersonalModelsFile.Reader(path)
      guard saved.layout.datasetDigest == datasetDigest else {
        throw RunError.otherResults(file: path, what: "data set")
      }
      guard saved.layout.checkpointDigest == checkpoint else {
        throw RunError.otherResults(file: path, what: "cloud model")
      }
      let tables = weights.layout.tables.map { PersonalModels.Table(name: $0.name, width: $0.width) }
      guard saved.layout.tables == tables, saved.layout.denseCount == weights.layout.parameterCount else {
        throw RunError.otherResults(file: path, what: "model")
      }
      for method in job.fineTuning.methods
      where method.fineTunes && !saved.layout.methods.contains(method.rawValue) {
        throw RunError.notSaved(file: path, method: method.rawValue, saved: saved.layout.methods)
      }
      return saved
    }
    return try fineTune(weights, saved: saved)
  }
}
