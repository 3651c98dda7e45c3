import IO
import LCFT
import Support

/// `lcft run`: trains the cloud model, searches hard correction's labels and the choice of methods where a method needs them
/// and they are not given, fine-tunes every user, and writes everything with a summary.
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
    try checkStart()
    if inputs.needsChoice { try choosing.check() }
    if searchesLabels { try SearchLabels(session, inputs).check() }
    // What a shorter training's model gave is set aside, so that it may be of another fine-tuning, too.
    try users.check(inputs, comparesEarlier: !earlier.check())
  }

  /// Throws where a search would train a model that begins otherwise than the run's.
  private func checkStart() throws {
    guard startsWarm else { return }
    if let method = inputs.job.fineTuning.methods.first(where: \.isChoice), inputs.needsChoice {
      throw RunError.searchBesideWarmStart(
        method: method.rawValue, what: "a choice of methods", option: "--choice")
    }
    if inputs.needsLabels {
      throw RunError.searchBesideWarmStart(method: "hard", what: "a table of labels", option: "--labels")
    }
  }

  private var choosing: SearchMethods {
    SearchMethods(session, inputs, writesLabels: inputs.needsLabels)
  }

  /// Whether hard's labels take a search of their own: the choice's has them, if hard is tried there.
  private var searchesLabels: Bool {
    inputs.needsLabels && !(inputs.needsChoice && inputs.job.search.choice.methods.contains(.hard))
  }

  package func preview() throws -> RunPreview {
    let search = searchesLabels ? try SearchLabels(session, inputs).preview() : RunPreview(work: [])
    let choice = inputs.needsChoice ? try choosing.preview() : RunPreview(work: [])
    return try earlier.preview() + training.preview() + choice + search + users.preview(inputs)
  }

  /// The results on rank 0, and the summary of the whole run, which is written.
  package func run() throws -> (results: Results?, summary: RunSummary) {
    try earlier.setAside()
    let (cloud, trained) = try training.run()
    var summary = inputs.summary(of: cloud, trained, in: session)
    var inputs = inputs
    let (needsLabels, needsChoice) = (inputs.needsLabels, inputs.needsChoice)
    let chosen = needsChoice ? try choosing.run() : nil
    if needsChoice { try inputs.take(choice: chosen?.choice, name: session.folder.choice, session) }
    if needsLabels {
      let table = searchesLabels ? try SearchLabels(session, inputs).run() : chosen?.labels
      try inputs.take(labels: table, name: session.folder.labels, session)
    }
    let folder = session.folder
    try session.communicator.collectively { if session.leads { try folder.endFinishedLabelSearch() } }
    let product = try users.run(inputs, from: cloud)
    summary.add(product.summary)
    try session.write(summary)
    return (product.results, summary)
  }
}
