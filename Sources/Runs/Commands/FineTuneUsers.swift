import Dist
import IO
import LCFT
import Models
import Support

/// Fine-tunes and scores every evaluated user from a cloud model under every method of the job, and writes the
/// results: what several commands have in common. Users whose models the job was read from are scored by these,
/// without fine-tuning. A resumed run keeps the users that an interrupted one had finished.
///
/// Every function is collective. The inputs may have changed between `check` and `run` by what was found in between.
struct FineTuneUsers {
  private let session: Session
  private let saving: ModelSelection?
  private let earlier: EarlierOutcomes

  /// The fine-tuned models of the users `saving` are written as well.
  init(_ session: Session, saving: ModelSelection? = nil) {
    self.session = session
    self.saving = saving
    earlier = EarlierOutcomes(session)
  }

  /// Checks everything that can be seen before the work, and changes nothing. `digest` is the cloud model's; nil where
  /// there is none yet. `comparesEarlier`: whether what an earlier run has left must be of this one.
  func check(_ inputs: Inputs, cloudModel digest: String?, comparesEarlier: Bool = true) throws {
    let evaluated = inputs.evaluatedUsers
    guard !evaluated.isEmpty else {
      throw inputs.savedModels.map { RunError.noSavedUsers(file: inputs.dataPath, models: $0.path) }
        ?? .noEvaluatedUsers(file: inputs.dataPath)
    }
    if let saving {
      try SavedUsers(session, inputs, saving).check(evaluated)
    }
    if usesGroups(inputs) {
      try TrainGroups(session, inputs, from: nil, cloudModel: digest).check(comparesEarlier: comparesEarlier)
    }
    guard comparesEarlier else { return }
    try session.prepareSpill(inputs.spilledOutcomes)
    try session.sparingMemory {
      try earlier.check(are: OutcomeSettings(inputs: inputs, cloudModel: digest), withModels: saving != nil)
    }
  }

  /// What `run` would do, except for how its users get their models. `keepsEarlier`: whether it goes on from what an earlier
  /// run has left.
  func preview(_ inputs: Inputs, keepsEarlier: Bool = true) throws -> RunPreview {
    let (users, methods) = (inputs.evaluatedUsers, inputs.job.fineTuning.methods)
    let verb = inputs.savedModels == nil ? "fine-tune and score" : "score, without fine-tuning,"
    let found = keepsEarlier ? try earlier.found(methods) : nil
    let isDone = saving == nil && found?.users == users.count
    let work =
      isDone
      ? "no fine-tuning: \(counted(users.count, "user")) are finished"
      : "\(verb) \(counted(users.count, "user")) under \(methods.map(\.rawValue).joined(separator: ", "))"
        + (found.map { ", going on from \($0.file)" } ?? "")
    let own = RunPreview(
      reads: isDone ? [found?.file].compactMap(\.self) : [], work: [work],
      writes: ["results.h5", "summary.json"])
    let groups = usesGroups(inputs) ? try TrainGroups(session, inputs, from: nil).preview() : nil
    let saved = try saving.map { try SavedUsers(session, inputs, $0).preview(users) }
    return [groups, own, saved].compactMap(\.self).reduce(RunPreview(work: []), +)
  }

  /// The results on rank 0, and what the summary says about them.
  func run(_ inputs: Inputs, from cloud: CloudModel) throws -> Product {
    let settings = OutcomeSettings(inputs: inputs, cloudModel: cloud.digest)
    try session.prepareSpill(inputs.spilledOutcomes)
    try session.sparingMemory { try earlier.check(are: settings, withModels: saving != nil) }
    let methods = inputs.job.fineTuning.methods
    let phase = inputs.savedModels == nil ? "fine-tuning" : "scoring"
    let borrowed = try inputs.spread.map { try borrowing($0, inputs, cloud) }
    let run = FineTuningRun(
      job: inputs.job, dataset: inputs.dataset, weights: cloud.weights,
      groups: usesGroups(inputs) ? try TrainGroups(session, inputs, from: cloud).run() : nil,
      communicator: session.communicator, borrowed: borrowed,
      saved: inputs.savedModels, clock: session.clock)
    if let prior = run.prior { session.say("shrunken local CTRs: \(prior)") }
    let outcomes = session.sparingMemory {
      OutcomeTable(
        dataset: inputs.dataset, evaluated: session.leads ? run.evaluated : [], methods: methods)
    }
    let journal = WorkJournal(session.folder.resultsJournal, settings.scores)
    try session.communicator.collectively {
      guard session.leads else { return }
      try session.sparingMemory {
        try Spill.check()
        try earlier.adopt(into: outcomes)
      }
    }
    func fineTune(again: Set<Int32> = []) throws {
      try run.run(
        into: outcomes, name: phase, progress: session.progress,
        journal: session.leads ? journal : nil, again: again)
    }
    if let saving {
      let layout = PersonalModels(inputs, methods: methods, cloud)
      try SavedUsers(session, inputs, saving).save(layout, settings: settings.models, of: run, fineTune)
    } else {
      try fineTune()
    }
    let untrained = try scoreUntrained(inputs, cloud, borrowed, journal)
    if let borrowed {
      let count = try session.communicator.allreduce(borrowed.count, .sum)
      if count > 0 { session.say("\(phase): hosts took over \(counted(count, "user")) of others") }
      let rows = try session.communicator.allreduce(borrowed.tables?.count ?? 0, .sum)
      if rows > 0 {
        session.say("\(phase): ranks fetched \(counted(rows, "row")) of items and values from other hosts")
      }
    }
    let times = try session.fineTuningTimes(of: run.timing)
    session.tell(times?.parts.ranks, of: phase)
    return try session.clock.measure(.results) {
      let results = try session.communicator.withProcessorsOfHost {
        try session.communicator.collectively { () -> Results? in
          guard session.leads else { return nil }
          return try session.sparingMemory { try write(outcomes, untrained, inputs, cloud, journal) }
        }
      }
      return session.sparingMemory {
        Product(results: results, summary: RunSummary.FineTuning(results, prior: run.prior, times: times))
      }
    }
  }

  struct Product {
    /// On rank 0.
    let results: Results?
    let summary: RunSummary.FineTuning
  }

  /// The users without training samples, scored by the cloud model; nil where there are none, the job does not ask for
  /// it, or the users are those of saved models.
  private func scoreUntrained(
    _ inputs: Inputs, _ cloud: CloudModel, _ borrowed: BorrowedUsers?, _ journal: WorkJournal
  ) throws -> UntrainedUsersRun? {
    guard inputs.job.fineTuning.methods.contains(.cloud), inputs.savedModels == nil,
      let run = session.sparingMemory({
        UntrainedUsersRun(
          job: inputs.job, dataset: inputs.dataset, weights: cloud.weights,
          communicator: session.communicator, borrowed: borrowed)
      })
    else { return nil }
    try run.run(progress: session.progress, stopHint: journal.hint)
    return run
  }

  /// How users of other hosts come to this rank. Where a host does not see the cloud model's file, it gets all users'
  /// rows now.
  private func borrowing(
    _ spread: SpreadUsers, _ inputs: Inputs, _ cloud: CloudModel
  ) throws -> BorrowedUsers {
    let path = try session.communicator.broadcast(cloud.path, from: 0)
    let sees = (try? FileHeader.read(path))?.contentDigest == cloud.digest
    let allSee = try session.communicator.allreduce(sees ? 1 : 0, .minimum) == 1
    if !allSee {
      session.say("not every host sees \(path): each gets the rows of all users")
      try spread.owners.share(
        cloud.weights.embeddingTensors, session.communicator, node: session.sharing.node)
    }
    return BorrowedUsers(
      spread, job: inputs.job, dataset: inputs.dataset, weights: cloud.weights,
      checkpoint: allSee ? path : nil, communicator: session.communicator)
  }

  private func usesGroups(_ inputs: Inputs) -> Bool { inputs.job.fineTuning.methods.contains(.grouped) }

  /// Writes the results and removes what was kept on the way to them.
  private func write(
    _ outcomes: OutcomeTable, _ untrained: UntrainedUsersRun?, _ inputs: Inputs, _ cloud: CloudModel,
    _ journal: WorkJournal
  ) throws -> Results {
    let results = try journal.keeping {
      try outcomes.results(inputs, untrained, cloud, session.progress) {
        // All users are in the journal.
        if StopRequest.isPending { throw Stopped(hint: journal.hint) }
        try Spill.check()
      } write: { results in
        // Those of a finished run stay as they are, as its summary does.
        if (try? ResultsFile.states(results, at: session.folder.results)) != true {
          try ResultsFile.write(results, to: session.folder.results)
        }
      }
    }
    try journal.remove()
    for path in try session.folder.modelsJournals().paths { try FileStatus.remove(path) }
    return results
  }
}

/// `lcft finetune`: `FineTuneUsers` from a checkpoint's cloud model, with a summary.
package struct FineTuneFromCheckpoint: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let loading: LoadCloudModel
  private let users: FineTuneUsers

  /// `checkpoint` is the cloud model; nil: the best or latest of the output folder.
  package init(_ session: Session, _ inputs: Inputs, checkpoint: String?, saving: ModelSelection? = nil) {
    self.session = session
    self.inputs = inputs
    loading = LoadCloudModel(session, inputs, path: checkpoint)
    users = FineTuneUsers(session, saving: saving)
  }

  package func check() throws {
    try loading.check()
    try users.check(inputs, cloudModel: loading.digest())
  }

  package func preview() throws -> RunPreview { try loading.preview() + users.preview(inputs) }

  /// The results on rank 0, and the summary, which is written.
  package func run() throws -> (results: Results?, summary: RunSummary) {
    let cloud = try loading.run()
    let product = try users.run(inputs, from: cloud)
    return (product.results, try session.write(product, cloud, inputs))
  }
}

extension Session {
  /// Writes the summary of a fine-tuning from a checkpoint's model and returns it. Collective.
  func write(_ product: FineTuneUsers.Product, _ cloud: CloudModel, _ inputs: Inputs) throws -> RunSummary {
    var summary = inputs.summary(of: cloud, RunSummary.CloudTraining(cloud), in: self)
    summary.add(product.summary)
    try write(summary)
    return summary
  }
}
