import Dist
import IO
import LCFT
import Support

/// `lcft run`: trains the cloud model, searches methods' settings, hard correction's labels and the choice of methods where
/// they are needed and not given, fine-tunes every user, and writes everything with a summary.
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
    // What a shorter training's model gave is set aside, so that it may be of another fine-tuning, too.
    let setsAside = try earlier.check()
    if inputs.job.needsSettings { try searching.check() }
    if inputs.needsChoice { try choosing(inputs).check() }
    if searchesLabels { try labelling(inputs).check() }
    try checkTables()
    try users.check(inputs, cloudModel: nil, comparesEarlier: !setsAside)
  }

  /// Throws where a table that is taken from the output folder is not the one that the run's own search would make.
  private func checkTables() throws {
    func check(_ table: RunOutputs, _ option: String, _ file: String, _ body: () throws -> Void) throws {
      guard inputs.fromFolder.contains(table) else { return }
      do {
        try body()
      } catch DistError.collective(let rank, let message, let failures, let status) {
        let error = RunError.otherTable(why: message, option: option, file: file)
        throw DistError.collective(
          rank: rank, message: "\(error)", failures: failures, exitStatus: status)
      }
    }
    let folder = session.folder
    try check(.search, "--settings", folder.searchText) {
      var inputs = inputs
      // What a search tries does not depend on what others found.
      inputs.job.findings = SearchFindings()
      try SearchSettings(session, inputs).checkFinished()
    }
    try check(.labels, "--labels", folder.labels) { try SearchLabels(session, inputs).checkFinished() }
    try check(.choice, "--choice", folder.choice) { try SearchMethods(session, inputs).checkFinished() }
  }

  /// Throws where a search would train a model that begins otherwise than the run's.
  private func checkStart() throws {
    guard startsWarm else { return }
    if inputs.job.needsSettings, let method = inputs.job.searchedMethods.first {
      throw RunError.searchBesideWarmStart(
        method: method.rawValue, what: "settings that are searched (finetuning.settings)",
        option: "--settings")
    }
    if let method = inputs.job.fineTuning.methods.first(where: \.isChoice), inputs.needsChoice {
      throw RunError.searchBesideWarmStart(
        method: method.rawValue, what: "a choice of methods", option: "--choice")
    }
    if inputs.needsLabels {
      throw RunError.searchBesideWarmStart(method: "hard", what: "a table of labels", option: "--labels")
    }
  }

  private var searching: SearchSettings { SearchSettings(session, inputs, givesUpShorter: true) }

  private func choosing(_ inputs: Inputs) -> SearchMethods {
    SearchMethods(session, inputs, writesLabels: inputs.needsLabels, givesUpShorter: true)
  }

  private func labelling(_ inputs: Inputs) -> SearchLabels {
    SearchLabels(session, inputs, givesUpShorter: true)
  }

  /// Whether hard's labels take a search of their own: that of settings has them, and the choice's, if hard is tried there.
  private var searchesLabels: Bool {
    inputs.needsLabels && !inputs.job.needsSettings
      && !(inputs.needsChoice && inputs.job.search.choice.methods.contains(.hard))
  }

  package func preview() throws -> RunPreview {
    var searches: [RunPreview] = []
    if inputs.job.needsSettings { searches.append(try searching.preview()) }
    if inputs.needsChoice { searches.append(try choosing(inputs).preview()) }
    if searchesLabels { searches.append(try labelling(inputs).preview()) }
    let fineTuning = try users.preview(inputs, keepsEarlier: !earlier.check())
    return try searches.reduce(earlier.preview() + training.preview(), +) + fineTuning
  }

  /// The results on rank 0, and the summary of the whole run, which is written.
  package func run() throws -> (results: Results?, summary: RunSummary) {
    try earlier.setAside()
    let (cloud, trained) = try training.run()
    var summary = inputs.summary(of: cloud, trained, in: session)
    var inputs = inputs
    if inputs.job.needsSettings {
      let found = try searching.run()
      try Inputs.take(
        settings: found.table?.yaml ?? "", name: session.folder.search, into: &inputs.job, session)
      if inputs.needsLabels { try inputs.take(labels: found.labels, name: session.folder.labels, session) }
    }
    let (needsLabels, needsChoice) = (inputs.needsLabels, inputs.needsChoice)
    let chosen = needsChoice ? try choosing(inputs).run() : nil
    if needsChoice { try inputs.take(choice: chosen?.choice, name: session.folder.choice, session) }
    if needsLabels {
      let table = searchesLabels ? try labelling(inputs).run() : chosen?.labels
      try inputs.take(labels: table, name: session.folder.labels, session)
    }
    let folder = session.folder
    try session.communicator.collectively {
      guard session.leads else { return }
      try folder.endFinishedSearch(folder.search, journal: folder.searchJournal)
      try folder.endFinishedSearch(folder.labels, journal: folder.labelsJournal)
      try folder.endFinishedChoice(folds: inputs.job.search.choice.folds)
    }
    let product = try users.run(inputs, from: cloud)
    summary.add(product.summary)
    try session.write(summary)
    return (product.results, summary)
  }
}

extension RunOutputs {
  /// What `lcft run` writes for `job` with what the command line gives: the tables that it makes itself, not those that an
  /// earlier command has left.
  package static func ofRun(_ job: Job, _ given: Inputs.Options) -> RunOutputs {
    var job = job
    if let methods = given.methods { job.fineTuning.methods = methods }
    var outputs: RunOutputs = [.checkpoints, .results]
    let methods = job.fineTuning.methods
    let searched =
      job.fineTuning.settings == .searched && given.settings == nil ? job.searchedMethods : []
    if !searched.isEmpty { outputs.insert(.search) }
    let looksUp = methods.contains(.hard) && given.labels == nil && job.fineTuning.labelTable == nil
    if looksUp || searched.contains(.hard) { outputs.insert(.labels) }
    if methods.contains(where: \.isChoice) && given.choice == nil { outputs.insert(.choice) }
    return outputs
  }

  /// What `lcft search` writes for `job`, whose methods `methods` replace.
  package static func ofSearch(_ job: Job, _ methods: [Method]?) -> RunOutputs {
    (methods ?? job.searchedMethods).contains(.hard) ? [.search, .labels] : .search
  }
}
