import Dist
import Foundation
import IO
import LCFT
import Studies
import Support

/// `lcft search --cloud`: trains the cloud model with one candidate's settings after the other, on all ranks, judges each on
/// the held-out samples of the job's validation, and writes a table and the best candidate's job.
///
/// What a candidate has come to in a round is kept in a journal, and its training in a checkpoint of its own, until the
/// table is written.
package struct SearchCloud: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let plan: CloudSearchPlan

  /// Throws, on every rank alike, where a candidate is no job.
  package init(_ session: Session, _ inputs: Inputs, file: String) throws {
    self.session = session
    self.inputs = inputs
    plan = try session.communicator.collectively { try CloudSearchPlan(inputs.job, file: file) }
  }

  private var folder: RunFolder { session.folder }

  package func check() throws {
    guard inputs.job.validation.last != nil else {
      throw RunError.nothingToSearch(missing: "validation.last")
    }
    guard !inputs.job.search.cloud.settings.isEmpty else {
      throw RunError.nothingToSearch(missing: "search.cloud.settings")
    }
    try session.communicator.collectively {
      for candidate in plan.candidates { try check(candidate) }
      try JudgedTraining.check(inputs.dataset, inputs)
    }
    try session.check(disk: [("the candidates' models", disk)])
    try session.check(journal: folder.cloudJournal, are: settings)
    guard try session.keeps(folder.cloudSearch) else { return }
    try session.communicator.collectively {
      guard session.leads else { return }
      let found = try CandidateTableFile.read(folder.cloudSearch)
      try inputs.checkDataset(found.origin.datasetDigest, of: folder.cloudSearch)
      let earlier = try Job.parse(found.origin.job, file: "\(folder.cloudSearch):/job")
      let plan = try CloudSearchPlan(earlier, file: "\(folder.cloudSearch):/job")
      try Journal.check(
        SearchCloud.settings(earlier, plan), are: SearchCloud.settings(inputs.job, self.plan),
        file: folder.cloudSearch)
    }
  }

  private func check(_ candidate: CloudSearchPlan.Candidate) throws {
    let job = try candidate.job.fitted(to: inputs.dataset, file: inputs.dataPath)
    guard job.training.epochs > 0 else { throw TrainingError.noEpochs }
    try job.training.check(samples: inputs.dataset.train.count)
  }

  /// A checkpoint and a best model for each candidate that goes on.
  private var disk: Int {
    (plan.rounds.count == 1 ? 2 : 2 * plan.candidates.count) * (inputs.estimate?.checkpointBytes ?? 0)
  }

  package func preview() throws -> RunPreview {
    let epochs =
      plan.rounds.last == 0
      ? "" : ", in rounds up to \(plan.rounds.map(String.init).joined(separator: ", ")) epochs"
    return RunPreview(
      work: [
        "train \(inputs.job.model.name) with \(counted(plan.candidates.count, "candidate")) of settings\(epochs)"
      ],
      writes: ["search-cloud.h5", "search-cloud.yaml"], disk: [("the candidates' models", disk)])
  }

  /// The table on rank 0.
  package func run() throws -> CandidateTable? {
    if try session.keeps(folder.cloudSearch) {
      // The search is finished, and `check` found it to be this one. It may have been stopped behind its table.
      for candidate in plan.candidates { try remove(candidate) }
      try session.remove(folder.cloudJournal)
      return try session.communicator.collectively {
        session.leads ? try CandidateTableFile.read(folder.cloudSearch) : nil
      }
    }
    var outcomes = CandidateOutcomes(session, journal: folder.cloudJournal, settings: settings)
    try outcomes.open()
    var left = plan.candidates
    for round in plan.rounds.indices {
      for candidate in left where outcomes[candidate.number, round] == nil {
        try outcomes.add(try train(candidate, round))
        // Of what goes no further nothing is needed any more.
        if round == plan.rounds.count - 1 { try remove(candidate) }
      }
      guard round < plan.rounds.count - 1 else { break }
      let kept = outcomes.ranked(left.map(\.number), in: round, by: inputs.job.validation.metric)
        .prefix(plan.kept(of: left.count))
      left = left.filter { kept.contains($0.number) && outcomes[$0.number, round]?.diverged == false }
      for candidate in plan.candidates where !left.contains(where: { $0.number == candidate.number }) {
        try remove(candidate)
      }
    }
    let table = try session.communicator.collectively {
      session.leads ? try write(outcomes, left.map(\.number)) : nil
    }
    for candidate in plan.candidates { try remove(candidate) }
    try outcomes.end()
    return table
  }

  /// Trains `candidate` to the end of `round`, from where its own checkpoint is.
  private func train(_ candidate: CloudSearchPlan.Candidate, _ round: Int) throws -> CandidateOutcome {
    var own = inputs
    own.job = try session.communicator.collectively {
      try candidate.job.fitted(to: inputs.dataset, file: inputs.dataPath)
    }
    let (latest, best) = (folder.candidate(candidate.number), folder.bestOfCandidate(candidate.number))
    let epochs = plan.epochs(of: candidate, round: round)
    session.say("candidate \(candidate.number)/\(plan.candidates.count): \(candidate.text)")
    let training = try JudgedTraining(session, own, on: inputs.dataset, best: best)
    let (store, trainer) = (training.store, training.trainer)
    var position = TrainingPosition()
    if try session.keeps(latest) {
      position = try store.resume(trainer, from: latest, epochs: epochs) {
        try JudgedTraining.checkBest(best, $0.progress, store)
      }.position
    } else {
      try store.initialize(trainer.weights)
    }
    var run = TrainingRun(
      trainer, epochs: epochs, settings: own.job.training, communicator: session.communicator)
    let hint = "the candidate is given up"
    run.lastCheckpoint = { hint }
    run.stopHint = session.stopHint("search")
    run.save = { try store.write(trainer, $0, to: latest, lastGood: hint) }
    run.afterEpoch = run.save ?? { _ in }
    training.judge(&run) { hint }
    var outcome = CandidateOutcome(candidate: candidate.number, round: round)
    let end: TrainingPosition
    do {
      end = try session.follow(
        run, from: position, epochs: epochs,
        name: "candidate \(candidate.number)/\(plan.candidates.count), epoch", rate: nil)
    } catch TrainingError.diverged {
      session.say("candidate \(candidate.number)/\(plan.candidates.count): diverged")
      outcome.diverged = true
      return outcome
    }
    guard let place = own.job.validation.best(of: end.evaluations) else { return outcome }
    let model = try training.model(at: end)
    outcome.take(end.evaluations[place])
    let points = SearchPlan(own.job, methods: []) { _ in [] }.points
    let scores: SearchScores
    do {
      scores = try SearchRun(
        job: own.job, dataset: trainer.dataset, weights: model.weights, points: points,
        communicator: session.communicator
      ).run(name: "candidate \(candidate.number)/\(plan.candidates.count), users", progress: session.progress)
    } catch is Stopped {
      // Of these users nothing is kept, but of the search all else.
      throw Stopped(hint: session.stopHint("search"))
    }
    outcome.users = scores.aucs[0]
    outcome.samples = scores.weight
    return outcome
  }

  private func remove(_ candidate: CloudSearchPlan.Candidate) throws {
    try session.remove(folder.candidate(candidate.number))
    try session.remove(folder.bestOfCandidate(candidate.number))
  }

  /// What the outcomes depend on.
  private var settings: Journal.Settings {
    [("the data set's content", inputs.datasetDigest)] + SearchCloud.settings(inputs.job, plan)
  }

  private static func settings(_ job: Job, _ plan: CloudSearchPlan) -> Journal.Settings {
    let searched = Set(job.search.cloud.settings.map(\.key))
    let epochs = ("rounds", plan.rounds.map(String.init).joined(separator: ", "))
    return job.searchSettings.filter {
      !searched.contains($0.name) && !$0.name.hasPrefix("finetuning.") && !$0.name.hasPrefix("search.")
    }
      + [("what is searched", plan.candidates.map(\.text).joined(separator: "; ")), epochs]
  }

  /// Writes the table and the job, on rank 0. `last` are the candidates of the last round.
  private func write(_ outcomes: CandidateOutcomes, _ last: [Int]) throws -> CandidateTable {
    var origin = SearchOrigin()
    origin.model = inputs.job.model.name
    origin.datasetDigest = inputs.datasetDigest
    origin.holdout = inputs.job.validation.last ?? .nan
    origin.job = inputs.job.text
    let metric = inputs.job.validation.metric
    let latest = outcomes.latest
    let finalists = outcomes.ranked(last, in: plan.rounds.count - 1, by: metric)
    // Those that have come further are before the others.
    let others = latest.keys.filter { !last.contains($0) }
    let order = finalists + outcomes.ranked(others, by: metric)
    let compared = outcomes.compared(order, seed: inputs.job.seed)
    let rows = order.compactMap { number in
      latest[number].map { outcome -> CandidateTable.Row in
        let candidate = plan.candidates[number - 1]
        return CandidateTable.Row(
          settings: candidate.text, epochs: plan.epochs(of: candidate, round: outcome.round),
          userAUC: outcome.userAUC ?? .nan, logLoss: outcome.logLoss ?? .nan,
          calibration: outcome.calibration ?? .nan,
          step: outcome.step, difference: compared[number]?.difference ?? .nan,
          low: compared[number]?.low ?? .nan,
          high: compared[number]?.high ?? .nan, diverged: outcome.diverged)
      }
    }
    origin.users = order.first.flatMap { latest[$0] }?.users.count ?? 0
    let table = CandidateTable(rows: rows, metric: metric.rawValue, origin: origin)
    if let best = order.first, rows.first?.diverged == false {
      var job = plan.candidates[best - 1].job
      // What was searched is found; the other searches of the job are still to come.
      job.search.cloud = Job.Search().cloud
      try AtomicFile.write(table.jobFile(job.yaml), to: folder.cloudSearchText)
    } else {
      session.say(
        "warning: the training of every candidate diverged, so that there is no best one and no search-cloud.yaml; search "
          + "lower learning rates")
    }
    try CandidateTableFile.write(table, to: folder.cloudSearch)
    return table
  }
}
