import Dist
import Foundation
import IO
import LCFT
import Models
import Studies
import Support

/// `lcft simulate-ab`: a simulated online test from a cloud model, with one bucket of users for each method.
/// Writes `ab-test.h5`, `ab-days.csv` and `ab-test.json`.
package struct SimulateABTest: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let methods: [Method]
  private let settings: ABTest.Settings
  private let simulatesAllBuckets: Bool
  private let loading: LoadCloudModel

  /// `checkpoint` is the cloud model; nil: the best or latest of the output folder.
  package init(
    _ session: Session, _ inputs: Inputs, methods: [Method], settings: ABTest.Settings,
    simulatesAllBuckets: Bool, checkpoint: String?
  ) {
    self.session = session
    self.inputs = inputs
    self.methods = methods
    self.settings = settings
    self.simulatesAllBuckets = simulatesAllBuckets
    loading = LoadCloudModel(session, inputs, path: checkpoint)
  }

  package func check() throws {
    try loading.check()
    _ = try world()
    let digest = try loading.digest()
    try session.check(disk: disk)
    try session.check(journal: session.folder.abTestJournal, are: journalSettings(cloudModel: digest))
    if try session.keeps(session.folder.abTest) {
      try session.communicator.collectively {
        if session.leads { try checkFinished(session.folder.abTest, cloudModel: digest) }
      }
    }
    if methods.contains(.grouped) {
      try TrainGroups(session, inputs, from: nil, cloudModel: digest).check()
    }
  }

  package func preview() throws -> RunPreview {
    let groups =
      methods.contains(.grouped)
      ? try TrainGroups(session, inputs, from: nil).preview() : RunPreview(work: [])
    let test =
      "fine-tune and serve \(counted(inputs.dataset.users.count, "user")) for \(counted(settings.days, "day")), in "
      + "buckets of \(methods.map(\.rawValue).joined(separator: ", "))"
    return try loading.preview() + groups
      + RunPreview(work: [test], writes: ["ab-test.h5", "ab-days.csv", "ab-test.json"], disk: disk)
  }

  /// The journal and the file, per user and day what was shown and clicked, and per bucket what was expected.
  private var disk: [(name: String, bytes: Int)] {
    let own = 32 + 32 * settings.days + (simulatesAllBuckets ? 8 * methods.count : 0)
    return [("the test's outcomes", 2 * inputs.dataset.users.count * own)]
  }

  private func journalSettings(cloudModel digest: String) -> Journal.Settings {
    inputs.contentSettings(cloudModel: digest)
      + SimulateABTest.journalSettings(
        inputs.job, methods, settings, simulatesAllBuckets: simulatesAllBuckets)
  }

  /// Throws where the finished test `path` is another one: it is not replaced unasked.
  private func checkFinished(_ path: String, cloudModel digest: String) throws {
    let test = try ABTestFile.read(path)
    try inputs.checkDataset(test.datasetDigest, of: path)
    guard test.checkpointDigest == digest else {
      throw RunError.otherResults(file: path, what: "cloud model")
    }
    let job = try Job.parse(test.job, findings: test.findings, file: path)
    let earlier = SimulateABTest.journalSettings(
      job, test.methods.compactMap { Method(rawValue: $0) }, test.settings,
      simulatesAllBuckets: test.counterfactuals != nil)
    try Journal.check(
      earlier,
      are: SimulateABTest.journalSettings(
        inputs.job, methods, settings, simulatesAllBuckets: simulatesAllBuckets), file: path)
  }

  /// What a test depends on besides the data set and the cloud model.
  private static func journalSettings(
    _ job: Job, _ methods: [Method], _ settings: ABTest.Settings, simulatesAllBuckets: Bool
  ) -> Journal.Settings {
    job.fineTuningSettings(of: methods)
      + [
        ("--days", "\(settings.days)"), ("--visits", "\(settings.visits)"),
        ("--candidates", "\(settings.candidates)"), ("--top", "\(settings.shown)"),
        ("--seed", "\(settings.seed)"), ("--truth", "\(simulatesAllBuckets)"),
      ]
  }

  /// The world that the data set was made from. Throws `SyntheticWorld.ProvenanceError` for a data set whose
  /// click probabilities are not known, and `RunError.tooManyCandidates`.
  private func world() throws -> SyntheticWorld {
    try session.communicator.collectively {
      let items = inputs.dataset.items.count
      guard settings.candidates <= items else {
        throw RunError.tooManyCandidates(file: inputs.dataPath, candidates: settings.candidates, items: items)
      }
      return try SyntheticWorld(of: inputs.dataset, file: inputs.dataPath)
    }
  }

  /// The test on rank 0.
  package func run() throws -> ABTest? {
    if try session.keeps(session.folder.abTest) { return try finished() }
    let cloud = try loading.run()
    let groups = methods.contains(.grouped) ? try TrainGroups(session, inputs, from: cloud).run() : nil
    let run = ABTestRun(
      job: inputs.job, dataset: inputs.dataset, world: try world(), weights: cloud.weights, methods: methods,
      settings: settings, simulatesAllBuckets: simulatesAllBuckets, groups: groups,
      communicator: session.communicator)
    let journal = WorkJournal(session.folder.abTestJournal, journalSettings(cloudModel: cloud.digest))
    let outcome = try run.run(
      name: "A/B test", progress: session.progress, journal: session.leads ? journal : nil)
    return try session.communicator.collectively {
      guard session.leads else { return nil }
      let test = ABTest(
        methods: methods.map(\.rawValue), settings: settings, users: outcome.users, days: outcome.days,
        counterfactuals: outcome.counterfactuals, model: inputs.job.model.name, job: inputs.job.text,
        datasetDigest: inputs.datasetDigest, checkpointDigest: cloud.digest,
        findings: inputs.job.findings(usedBy: methods))
      try journal.keeping {
        try writeTables(of: test)
        // Last: where there is one, the test is finished.
        try ABTestFile.write(test, to: session.folder.abTest)
      }
      try journal.remove()
      return test
    }
  }

  /// The test that is there and that `check` found to be this one. A kill may have come right after it was written.
  private func finished() throws -> ABTest? {
    try session.communicator.collectively {
      guard session.leads else { return nil }
      let folder = session.folder
      let test = try ABTestFile.read(folder.abTest)
      // Earlier versions wrote these after the test.
      if !folder.holds(folder.abTestDays) || !folder.holds(folder.abTestSummary) { try writeTables(of: test) }
      try FileStatus.remove(folder.abTestJournal)
      session.sayFinished("test", folder.abTest)
      return test
    }
  }

  private func writeTables(of test: ABTest) throws {
    let analysis = ABTestAnalysis(test)
    try AtomicFile.write(analysis.csv, to: session.folder.abTestDays)
    let summary = ABTestSummary(test, analysis, job: inputs.job.name, ranks: session.communicator.size)
    try AtomicFile.write(try summary.json(), to: session.folder.abTestSummary)
  }
}
