import Dist
import IO
import LCFT

/// `lcft apply`: scores the users of a file of saved models by these models and the cloud model that they
/// were fine-tuned from, without fine-tuning.
package struct ApplyModels: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let loading: LoadCloudModel
  private let users: FineTuneUsers

  /// The models are those that the job of `inputs` was read from.
  package init(_ session: Session, _ inputs: Inputs, checkpoint: String) {
    self.session = session
    self.inputs = inputs
    loading = LoadCloudModel(session, inputs, path: checkpoint)
    users = FineTuneUsers(session)
  }

  package func check() throws {
    try loading.check()
    let digest = try loading.digest()
    try checkModels(cloudModel: digest)
    try users.check(inputs, cloudModel: digest)
  }

  package func preview() throws -> RunPreview { try loading.preview() + users.preview(inputs) }

  /// The results on rank 0, and the summary, which is written.
  package func run() throws -> (results: Results?, summary: RunSummary) {
    let cloud = try loading.run()
    try checkModels(cloudModel: cloud.digest)
    let product = try users.run(inputs, from: cloud)
    return (product.results, try session.write(product, cloud, inputs))
  }

  /// Throws where the saved models belong to another data set, cloud model or model, or to other methods.
  /// Collective.
  private func checkModels(cloudModel digest: String) throws {
    guard let saved = inputs.savedModels else { preconditionFailure("the job was read from saved models") }
    let layout = inputs.job.makeModel().layout
    try session.communicator.collectively {
      try inputs.checkDataset(saved.layout.datasetDigest, of: saved.path)
      try saved.check(cloudModel: digest)
      try saved.check(layout)
      try saved.check(inputs.job.fineTuning.methods)
    }
  }
}
