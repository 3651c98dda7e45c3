import Dist
import Foundation
import IO
import Models
import Support

extension Experiment {
  /// Fine-tunes and scores every evaluated user from the cloud model `weights`, writes the results and
  /// returns them on rank 0. A resumed run keeps the users that an interrupted one had done.
  ///
  /// With `keeping`, the fine-tuned models of those users are written as well; such a run begins anew when it
  /// is resumed, because a user's model is there only where the user has just been fine-tuned. With `saved`,
  /// the models that it holds are scored in place of fine-tuning.
  public func fineTune(
    _ weights: Weights, keeping selection: ModelSelection? = nil, saved: PersonalModelsFile.Reader? = nil
  ) throws -> Results? {
    let groups = job.fineTuning.methods.contains(.grouped) ? try groupModels(weights) : nil
    let run = FineTuningRun(
      job: job, dataset: dataset, weights: weights, groups: groups, communicator: communicator, saved: saved,
      clock: clock)
    guard !run.evaluated.isEmpty else { throw RunError.noEvaluatedUsers(dataPath) }
    let outcomes = OutcomeTable(
      dataset: dataset, evaluated: leads ? run.evaluated : [], methods: job.fineTuning.methods)
    if let selection {
      try keepModels(of: selection, weights, run) { try fineTune(run, into: outcomes) }
    } else {
      try communicator.collectively { if leads { try adoptEarlier(outcomes) } }
      try fineTune(run, into: outcomes)
    }
    let rates = try summarizeTimes(run.timing)
    let start = clock.now()
    defer { clock.end(.results, since: start) }
    let results: Results? = try communicator.collectively {
      guard leads else { return nil }
      var results = self.results(outcomes, savePredictions: job.fineTuning.savePredictions)
      results.significance = results.compareMethods(seed: job.seed)
      try ResultsFile.write(results, to: folder.results)
      try? FileManager.default.removeItem(atPath: folder.partialResults)
      summarize(results, rates)
      return results
    }
    return results
  }

  /// Runs what `outcomes` does not hold yet, with progress, and a partial file once a minute.
  private func fineTune(_ run: FineTuningRun, into outcomes: OutcomeTable) throws {
    let before = outcomes.doneCount
    let meter = ProgressMeter("fine-tuning", unit: "users", total: Double(run.evaluated.count - before))
    var lastFlush = 0.0
    try run.run(into: outcomes) { done in
      meter.update(Double(done - before))
      if meter.elapsed - lastFlush > 60, done < run.evaluated.count {
        lastFlush = meter.elapsed
        try ResultsFile.write(self.results(outcomes, savePredictions: true), to: self.folder.partialResults)
      }
    }
    if leads { meter.finish(Double(outcomes.doneCount - before)) }
  }

  /// The checkpoint to fine-tune from: `path`, or the latest of the output folder. Collective.
  public func cloudModel(_ path: String?) throws -> Weights {
    let weights = try makeWeights()
    let latest = try communicator.broadcast(leads ? folder.latestCheckpoint() ?? 0 : 0, from: 0)
    guard let path = path ?? (latest > 0 ? folder.checkpoint(epoch: latest) : nil) else {
      throw RunError.noCheckpoint(folder.path)
    }
    let progress = try loadCheckpoint(path, into: weights)
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

  /// Takes over what an interrupted or finished run left, which only a resumed run finds.
  private func adoptEarlier(_ outcomes: OutcomeTable) throws {
    for path in [folder.partialResults, folder.results] where FileManager.default.fileExists(atPath: path) {
      let earlier = try ResultsFile.read(path)
      guard earlier.datasetDigest == datasetDigest else {
        throw RunError.otherResults(file: path, what: "data set")
      }
      guard earlier.checkpointDigest == summary.digest.checkpoint else {
        throw RunError.otherResults(file: path, what: "cloud model")
      }
      guard earlier.job == job.text, earlier.methods.map(\.name) == job.fineTuning.methods.map(\.rawValue)
      else { throw RunError.otherResults(file: path, what: "job file or other methods") }
      outcomes.adopt(earlier)
      say("going on after \(outcomes.doneCount) users of \(path)")
      return
    }
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
