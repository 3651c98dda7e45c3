import Dist
import Foundation
import IO
import LCFT
import Models
import Support

extension Experiment {
  /// Fine-tunes and scores every evaluated user from the cloud model `weights`, writes the results and
  /// returns them on rank 0. A resumed run keeps the users that an interrupted one had done.
  ///
  /// With `keeping`, the fine-tuned models of those users are written as well. With `saved`, the models that it
  /// holds are scored in place of fine-tuning.
  package func fineTune(
    _ weights: Weights, keeping selection: ModelSelection? = nil, saved: PersonalModelsFile.Reader? = nil
  ) throws -> Results? {
    let groups = job.fineTuning.methods.contains(.grouped) ? try groupModels(weights) : nil
    let run = FineTuningRun(
      job: job, dataset: dataset, weights: weights, groups: groups, communicator: communicator, saved: saved,
      clock: clock)
    guard !run.evaluated.isEmpty else { throw RunError.noEvaluatedUsers(dataPath) }
    let outcomes = OutcomeTable(
      dataset: dataset, evaluated: leads ? run.evaluated : [], methods: job.fineTuning.methods)
    let journal = WorkJournal(
      folder.resultsJournal,
      outcomeSettings(job.fineTuning.methods) + [("models applied", saved == nil ? "no" : "yes")])
    try communicator.collectively { if leads { try adoptEarlier(outcomes) } }
    func fineTune(again: Set<Int32> = []) throws {
      try run.run(
        into: outcomes, name: "fine-tuning", progress: .standardError, journal: leads ? journal : nil,
        again: again)
    }
    if let selection { try keepModels(of: selection, weights, run, fineTune) } else { try fineTune() }
    let rates = try summarizeTimes(run.timing)
    let start = clock.now()
    defer { clock.end(.results, since: start) }
    let results: Results? = try communicator.collectively {
      guard leads else { return nil }
      let results = try journal.keeping {
        var results = self.results(outcomes, savePredictions: job.fineTuning.savePredictions)
        results.significance = results.compareMethods(seed: job.seed)
        try ResultsFile.write(results, to: folder.results)
        return results
      }
      try journal.remove()
      for path in folder.modelsJournals().paths { try FileStatus.remove(path) }
      summarize(results, rates)
      return results
    }
    return results
  }

  /// What outcomes of fine-tuned users depend on.
  func outcomeSettings(_ methods: [Method]) -> Journal.Settings {
    var job = job
    job.fineTuning.methods = methods
    return [
      ("the data set's content", datasetDigest),
      ("the cloud model's content", summary.digest.checkpoint ?? "unknown"),
    ] + job.fineTuningSettings
  }

  /// The checkpoint to fine-tune from: `path`, or the latest of the output folder. Collective.
  package func cloudModel(_ path: String?) throws -> Weights {
    let weights = try makeWeights()
    let latest = try communicator.broadcast(leads ? folder.latestCheckpoint() ?? 0 : 0, from: 0)
    guard let path = path ?? (latest > 0 ? folder.checkpoint(epoch: latest) : nil) else {
      throw RunError.noCheckpoint(folder.path)
    }
    let progress = try loadCheckpoint(path, into: weights) {
      summary.digest.checkpoint = $0.contentDigest()
    }
    summary.cloudTraining = RunSummary.CloudTraining(loss: progress.losses)
    say("cloud model: \(path), epoch \(progress.epoch)")
    return weights
  }

  private func results(_ outcomes: OutcomeTable, savePredictions: Bool) -> Results {
    var results = outcomes.results(
      model: job.model.name, job: job, datasetDigest: datasetDigest,
      checkpointDigest: summary.digest.checkpoint ?? "")
    if !savePredictions {
      results.predictions = nil
      for index in results.methods.indices { results.methods[index].predictions = nil }
    }
    return results
  }

  /// Takes over what a finished run left, which only a resumed run finds. What an interrupted one left is in the
  /// journal, which is read later.
  private func adoptEarlier(_ outcomes: OutcomeTable) throws {
    let path = folder.results
    guard FileManager.default.fileExists(atPath: path) else { return }
    let earlier = try ResultsFile.read(path)
    guard earlier.datasetDigest == datasetDigest else {
      throw RunError.otherResults(file: path, what: "data set")
    }
    guard earlier.checkpointDigest == summary.digest.checkpoint else {
      throw RunError.otherResults(file: path, what: "cloud model")
    }
    try checkJob(of: earlier, file: path)
    outcomes.adopt(earlier)
    if outcomes.doneCount > 0 { say("going on after \(outcomes.doneCount) users of \(path)") }
  }

  /// The job of earlier results is this one, as far as outcomes depend on it.
  private func checkJob(of earlier: Results, file path: String) throws {
    var found = try Job.parse(earlier.job, findings: earlier.findings, file: path)
    found.fineTuning.methods = earlier.methods.compactMap { Method(rawValue: $0.name) }
    try Journal.check(found.fineTuningSettings, are: job.fineTuningSettings, file: path)
  }

  /// Gathers the ranks' times. Returns, on rank 0, the users per second of each method, or nothing where no
  /// user was left to do.
  private func summarizeTimes(_ timing: FineTuningRun.Timing) throws -> [Double] {
    let ranks = try rankTimes(of: timing)
    let users = try communicator.gather([timing.users], to: 0).values
    let methodSeconds = try communicator.gather(timing.methodSeconds, to: 0).values
    guard leads else { return [] }
    summary.finetuning = RunSummary.FineTuningTimes(
      usersPerSecond: Double(users.reduce(0, +)) / max(timing.seconds, 1e-9), seconds: timing.seconds,
      ranks: ranks ?? [])
    let done = Double(users.reduce(0, +))
    guard done > 0 else { return [] }
    let methods = timing.methodSeconds.count
    return (0..<methods).map { method in
      let seconds = stride(from: method, to: methodSeconds.count, by: methods).reduce(0) {
        $0 + methodSeconds[$1]
      }
      return done / max(seconds / Double(users.count), 1e-9)
    }
  }

  private func summarize(_ results: Results, _ rates: [Double]) {
    summary.digest.results = results.contentDigest()
    summary.users = RunSummary.Users(
      evaluated: results.users.row.count, undefinedAUC: results.methods.first?.summary.undefinedAUC ?? 0)
    func defined(_ value: Double) -> Double? { value.isFinite ? value : nil }
    var scores: [String: RunSummary.MethodScores] = [:]
    for (index, method) in results.methods.enumerated() {
      scores[method.name] = RunSummary.MethodScores(
        userAUC: defined(method.summary.userAUC),
        userAUCUnweighted: defined(method.summary.userAUCUnweighted),
        pooledAUC: defined(method.summary.pooledAUC), logloss: defined(method.summary.logLoss),
        undefinedAUC: method.summary.undefinedAUC, undefinedLabels: method.summary.undefinedLabels,
        diverged: method.divergedUsers,
        usersPerSecond: rates.indices.contains(index) ? rates[index] : nil)
    }
    summary.methods = scores
    summary.significance = results.significance?.comparisons.map { comparison in
      RunSummary.Comparison(
        method: comparison.method, against: comparison.against, users: comparison.users,
        difference: defined(comparison.difference), low: defined(comparison.low),
        high: defined(comparison.high), up: defined(comparison.up), same: defined(comparison.same),
        down: defined(comparison.down))
    }
  }
}
