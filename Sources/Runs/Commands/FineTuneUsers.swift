import Dist
import IO
import LCFT
import Models
import Support

/// Fine-tunes and scores every evaluated user from a cloud model under every method of the job, and
/// writes the results. A resumed run keeps the users that an interrupted one had finished.
package struct FineTuneUsers: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let cloud: CloudModel?
  private let saving: ModelSelection?
  private let saved: PersonalModelsFile.Reader?
  private let groups: TrainGroups

  /// `cloud` is needed to run; nil where it does not exist yet. The fine-tuned models of the users `saving`
  /// are written as well. Where `saved` is given, the models that it holds are scored in place of
  /// fine-tuning.
  package init(
    _ session: Session, _ inputs: Inputs, from cloud: CloudModel?, saving: ModelSelection? = nil,
    saved: PersonalModelsFile.Reader? = nil
  ) {
    self.session = session
    self.inputs = inputs
    self.cloud = cloud
    self.saving = saving
    self.saved = saved
    groups = TrainGroups(session, inputs, from: cloud)
  }

  private var methods: [Method] { inputs.job.fineTuning.methods }
  private var usesGroups: Bool { methods.contains(.grouped) }

  package func check() throws {
    let evaluated = inputs.evaluatedUsers(saved: saved)
    guard !evaluated.isEmpty else { throw RunError.noEvaluatedUsers(file: inputs.dataPath) }
    if let saving {
      try SavedUsers(session, inputs, saving).check(evaluated)
    }
    if usesGroups { try groups.check() }
    guard try session.keeps(session.folder.results) else { return }
    try session.communicator.collectively {
      if session.leads { try check(try ResultsFile.read(session.folder.results)) }
    }
  }

  /// The results on rank 0, and what the summary says about them.
  package func run() throws -> Product {
    guard let cloud else { preconditionFailure("users are fine-tuned from a cloud model") }
    let run = FineTuningRun(
      job: inputs.job, dataset: inputs.dataset, weights: cloud.weights,
      groups: usesGroups ? try groups.run() : nil, communicator: session.communicator, saved: saved,
      clock: session.clock)
    let outcomes = OutcomeTable(
      dataset: inputs.dataset, evaluated: session.leads ? run.evaluated : [], methods: methods)
    let settings = inputs.outcomeSettings(methods, cloudModel: cloud.digest)
    let journal = WorkJournal(
      session.folder.resultsJournal, settings + [("models applied", saved == nil ? "no" : "yes")])
    try session.communicator.collectively { if session.leads { try adoptEarlier(outcomes) } }
    func fineTune(again: Set<Int32> = []) throws {
      try run.run(
        into: outcomes, name: "fine-tuning", progress: session.progress,
        journal: session.leads ? journal : nil, again: again)
    }
    if let saving {
      let layout = PersonalModels(inputs, methods: methods, cloud)
      try SavedUsers(session, inputs, saving).save(layout, settings: settings, of: run, fineTune)
    } else {
      try fineTune()
    }
    let times = try session.fineTuningTimes(of: run.timing)
    return try session.clock.measure(.results) {
      let results = try write(outcomes, cloud.digest, journal)
      return Product(results: results, summary: RunSummary.FineTuning(results, times: times))
    }
  }

  package struct Product {
    /// On rank 0.
    package let results: Results?
    package let summary: RunSummary.FineTuning
  }

  /// Writes the results, on rank 0, and removes what was kept on the way to them.
  private func write(
    _ outcomes: OutcomeTable, _ cloudDigest: String, _ journal: WorkJournal
  ) throws -> Results? {
    try session.communicator.collectively {
      guard session.leads else { return nil }
      let results = try journal.keeping {
        let results = self.results(outcomes, cloudDigest)
        try ResultsFile.write(results, to: session.folder.results)
        return results
      }
      try journal.remove()
      for path in session.folder.modelsJournals().paths { try FileStatus.remove(path) }
      return results
    }
  }

  private func results(_ outcomes: OutcomeTable, _ cloudDigest: String) -> Results {
    var results = outcomes.results(
      model: inputs.job.model.name, job: inputs.job, datasetDigest: inputs.datasetDigest,
      checkpointDigest: cloudDigest)
    if !inputs.job.fineTuning.savePredictions {
      results.predictions = nil
      for index in results.methods.indices { results.methods[index].predictions = nil }
    }
    results.significance = results.compareMethods(seed: inputs.job.seed)
    return results
  }

  /// Takes over what a finished run left, which only a resumed run finds. What an interrupted one left is in
  /// the journal, which is read later.
  private func adoptEarlier(_ outcomes: OutcomeTable) throws {
    let path = session.folder.results
    guard session.folder.holds(path) else { return }
    let earlier = try ResultsFile.read(path)
    try check(earlier)
    outcomes.adopt(earlier)
    if outcomes.doneCount > 0 { session.say("resuming after \(outcomes.doneCount) users of \(path)") }
  }

  /// Throws where earlier results are of another data set, cloud model or job, as far as outcomes depend on
  /// it.
  private func check(_ earlier: Results) throws {
    let path = session.folder.results
    try inputs.checkDataset(earlier.datasetDigest, of: path)
    if let cloud, earlier.checkpointDigest != cloud.digest {
      throw RunError.otherResults(file: path, what: "cloud model")
    }
    let job = try Job.parse(earlier.job, findings: earlier.findings, file: path)
    try Journal.check(
      job.fineTuningSettings(of: earlier.methods.compactMap { Method(rawValue: $0.name) }),
      are: inputs.job.fineTuningSettings, file: path)
  }
}

/// `lcft finetune`: `FineTuneUsers` from a checkpoint's cloud model, with a summary.
package struct FineTuneFromCheckpoint: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let saving: ModelSelection?
  private let loading: LoadCloudModel

  /// `checkpoint` is the cloud model; nil: the latest of the output folder.
  package init(_ session: Session, _ inputs: Inputs, checkpoint: String?, saving: ModelSelection? = nil) {
    self.session = session
    self.inputs = inputs
    self.saving = saving
    loading = LoadCloudModel(session, inputs, path: checkpoint)
  }

  package func check() throws {
    try loading.check()
    try FineTuneUsers(session, inputs, from: nil, saving: saving).check()
  }

  /// The results on rank 0, and the summary, which is written.
  package func run() throws -> (results: Results?, summary: RunSummary) {
    let cloud = try loading.run()
    let product = try FineTuneUsers(session, inputs, from: cloud, saving: saving).run()
    return (product.results, try session.write(product, cloud, inputs))
  }
}

extension Session {
  /// Writes the summary of a fine-tuning from a checkpoint's model and returns it. Collective.
  func write(_ product: FineTuneUsers.Product, _ cloud: CloudModel, _ inputs: Inputs) throws -> RunSummary {
    var summary = inputs.summary(of: cloud, RunSummary.CloudTraining(loss: cloud.losses), in: self)
    summary.add(product.summary)
    try write(summary)
    return summary
  }
}

extension Inputs {
  /// Users with training and test samples, by row; of those, where there are `saved` models, the ones that
  /// have some.
  func evaluatedUsers(saved: PersonalModelsFile.Reader?) -> [Int32] {
    let rows = saved.map { Set($0.rows) }
    return dataset.evaluatedUsers.filter { rows?.contains($0) ?? true }
  }

  /// Throws where the file `path`, which names the data set `digest`, was made with another one.
  func checkDataset(_ digest: String, of path: String) throws {
    guard digest == datasetDigest else { throw RunError.otherResults(file: path, what: "data set") }
  }

  /// What outcomes of fine-tuned users depend on.
  func outcomeSettings(_ methods: [Method], cloudModel digest: String) -> Journal.Settings {
    [("the data set's content", datasetDigest), ("the cloud model's content", digest)]
      + job.fineTuningSettings(of: methods)
  }
}
