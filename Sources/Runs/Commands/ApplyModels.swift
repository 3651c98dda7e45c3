import Dist
import IO
import LCFT
import Models

/// `lcft apply`: scores the users of a file of saved models by these models and the cloud model that they
/// were fine-tuned from, without fine-tuning.
package struct ApplyModels: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let models: String
  private let checkpoint: LoadCloudModel
  private let checkpointPath: String

  package init(_ session: Session, _ inputs: Inputs, models: String, checkpoint: String) {
    self.session = session
    self.inputs = inputs
    self.models = models
    checkpointPath = checkpoint
    self.checkpoint = LoadCloudModel(session, inputs, path: checkpoint)
  }

  package func check() throws {
    try checkpoint.check()
    let digest = try session.communicator.collectively {
      try FileHeader.read(checkpointPath).contentDigest ?? ""
    }
    try FineTuneUsers(session, inputs, from: nil, saved: open(cloudModel: digest)).check()
  }

  /// The results on rank 0, and the summary, which is written.
  package func run() throws -> (results: Results?, summary: RunSummary) {
    let cloud = try checkpoint.run()
    let saved = try open(cloudModel: cloud.digest)
    let product = try FineTuneUsers(session, inputs, from: cloud, saved: saved).run()
    return (product.results, try session.write(product, cloud, inputs))
  }

  /// The saved models. Throws where they belong to another data set, cloud model or model, or to other
  /// methods. Collective.
  private func open(cloudModel digest: String) throws -> PersonalModelsFile.Reader {
    let layout = inputs.job.makeModel().layout
    return try session.communicator.collectively {
      let saved = try PersonalModelsFile.Reader(models)
      try inputs.checkDataset(saved.layout.datasetDigest, of: models)
      // A file that another program wrote may have no digest; then loading it shows.
      guard digest.isEmpty || saved.layout.checkpointDigest == digest else {
        throw RunError.otherResults(file: models, what: "cloud model")
      }
      let tables = layout.tables.map { PersonalModels.Table(name: $0.name, width: $0.width) }
      guard saved.layout.tables == tables, saved.layout.denseCount == layout.parameterCount else {
        throw RunError.otherResults(file: models, what: "model")
      }
      for method in inputs.job.fineTuning.methods
      where method.fineTunes && !saved.layout.methods.contains(method.rawValue) {
        throw RunError.notSaved(file: models, method: method.rawValue, saved: saved.layout.methods)
      }
      return saved
    }
  }
}
