import IO
import LCFT
import Support

/// `lcft run`: trains the cloud model, searches hard correction's labels where a method needs them and no
/// table is given, fine-tunes every user, and writes everything with a summary.
package struct RunJob: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let training: TrainCloudModel
  private let users: FineTuneUsers

  package init(_ session: Session, _ inputs: Inputs, saving: ModelSelection? = nil) {
    self.session = session
    self.inputs = inputs
    training = TrainCloudModel(session, inputs)
    users = FineTuneUsers(session, saving: saving)
  }

  package func check() throws {
    try training.check()
    if inputs.needsLabels { try SearchLabels(session, inputs).check() }
    try users.check(inputs)
    try checkEarlierResults()
  }

  /// Throws `RunError.olderResults` where the job now trains for longer than for the results in the folder.
  private func checkEarlierResults() throws {
    let (folder, wanted) = (session.folder, inputs.job.training.epochs)
    guard try session.keeps(folder.results) else { return }
    try session.communicator.collectively {
      guard session.leads, let epoch = folder.latestCheckpoint(), epoch < wanted else { return }
      throw RunError.olderResults(file: folder.results, epoch: epoch, wanted: wanted)
    }
  }

  /// The results on rank 0, and the summary of the whole run, which is written.
  package func run() throws -> (results: Results?, summary: RunSummary) {
    let (cloud, trained) = try training.run()
    var summary = inputs.summary(of: cloud, trained, in: session)
    var inputs = inputs
    if inputs.needsLabels {
      let table = try SearchLabels(session, inputs).run()
      try inputs.take(labels: table, name: session.folder.labels, session)
    }
    let product = try users.run(inputs, from: cloud)
    summary.add(product.summary)
    try session.write(summary)
    return (product.results, summary)
  }
}
