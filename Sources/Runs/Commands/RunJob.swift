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
  private let earlier: EarlierEpochs
  private let startsWarm: Bool

  package init(
    _ session: Session, _ inputs: Inputs, saving: ModelSelection? = nil, warmStart: WarmStartSource? = nil
  ) {
    self.session = session
    self.inputs = inputs
    startsWarm = warmStart != nil
    training = TrainCloudModel(session, inputs, warmStart: warmStart)
    users = FineTuneUsers(session, saving: saving)
    earlier = EarlierEpochs(session, inputs)
  }

  package func check() throws {
    try training.check()
    if inputs.needsLabels, startsWarm { throw RunError.searchBesideWarmStart }
    if inputs.needsLabels { try SearchLabels(session, inputs).check() }
    // What a shorter training's model gave is set aside, so that it may be of another fine-tuning, too.
    try users.check(inputs, comparesEarlier: !earlier.check())
  }

  package func preview() throws -> RunPreview {
    let search = inputs.needsLabels ? try SearchLabels(session, inputs).preview() : RunPreview(work: [])
    return try earlier.preview() + training.preview() + search + users.preview(inputs)
  }

  /// The results on rank 0, and the summary of the whole run, which is written.
  package func run() throws -> (results: Results?, summary: RunSummary) {
    try earlier.setAside()
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
