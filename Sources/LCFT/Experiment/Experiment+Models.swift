import Dist
import Foundation
import IO
import Models

extension Experiment {
  /// Writes the fine-tuned models of the selected users while `body` runs `run`: each rank those that it
  /// fine-tunes, into a file of its own, and rank 0 in the end the file that joins them.
  func keepModels(
    of selection: ModelSelection, _ weights: Weights, _ run: FineTuningRun, _ body: () throws -> Void
  ) throws {
    let methods = job.fineTuning.methods.filter(\.fineTunes).map(\.rawValue)
    let layout = PersonalModels(
      model: job.model.name, methods: methods, denseCount: weights.layout.parameterCount,
      tables: weights.layout.tables.map { PersonalModels.Table(name: $0.name, width: $0.width) },
      job: job.text, datasetDigest: datasetDigest,
      checkpointDigest: try communicator.broadcast(summary.digest.checkpoint ?? "", from: 0))
    let users = try communicator.collectively {
      guard !methods.isEmpty else { throw RunError.nothingToKeep }
      let users = try selection.users(of: dataset, evaluated: run.evaluated, seed: job.seed)
      let bytes = users.count * methods.count * layout.denseCount * 4
      say(
        "keeping the models of \(users.count) users under \(methods.joined(separator: ", ")): dense weights of "
          + "\(bytes >> 20) MB, compressed in \(folder.models)")
      if leads { try checkSpace(bytes) }
      return users
    }
    try PersonalModelsFile.write(layout, to: folder.models(rank: communicator.rank)) { writer in
      run.record(users) { try writer.append($0) }
      try body()
    }
    try communicator.collectively {}
    try communicator.collectively {
      guard leads else { return }
      let parts = (0..<communicator.size).map { folder.models(rank: $0) }
      try PersonalModelsFile.join(parts, layout, to: folder.models) { dataset.users.id[Int($0)] }
    }
  }

  /// Refuses what cannot fit even when compression halves it.
  private func checkSpace(_ bytes: Int) throws {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
    guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue, bytes / 2 > free else { return }
    throw RunError.noSpace(folder.path, needed: bytes / 2, free: free)
  }

  /// Scores the users of the file `path` by the models that it holds and the cloud model `weights`: what
  /// `lcft apply` does. Returns the results on rank 0.
  public func apply(_ path: String, _ weights: Weights) throws -> Results? {
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
