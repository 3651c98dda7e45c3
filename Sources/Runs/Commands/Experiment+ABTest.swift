import Dist
import Foundation
import IO
import LCFT
import Models
import Studies
import Support

extension Experiment {
  /// Runs a simulated online test from the cloud model `weights`, one bucket of users for each of `methods`,
  /// writes `ab-test.h5`, `ab-days.csv` and `ab-test.json` and returns the test on rank 0.
  ///
  /// Throws, on every rank alike, `SyntheticWorld.ProvenanceError` for a data set whose click probabilities
  /// are not known, and `ABTestError`.
  package func simulateABTest(
    _ weights: Weights, methods: [Method], settings: ABTest.Settings, simulatesAllBuckets: Bool
  ) throws -> ABTest? {
    let world = try communicator.collectively {
      guard settings.candidates <= dataset.items.count else {
        throw ABTestError.tooManyCandidates(dataPath, settings.candidates, items: dataset.items.count)
      }
      return try SyntheticWorld(of: dataset, file: dataPath)
    }
    let groups = methods.contains(.grouped) ? try groupModels(weights) : nil
    let run = ABTestRun(
      job: job, dataset: dataset, world: world, weights: weights, methods: methods, settings: settings,
      simulatesAllBuckets: simulatesAllBuckets, groups: groups, communicator: communicator)
    let journal = WorkJournal(
      folder.abTestJournal,
      outcomeSettings(methods)
        + [
          ("--days", "\(settings.days)"), ("--visits", "\(settings.visits)"),
          ("--candidates", "\(settings.candidates)"), ("--top", "\(settings.shown)"),
          ("--seed", "\(settings.seed)"), ("--truth", "\(simulatesAllBuckets)"),
        ])
    let outcome = try run.run(name: "A/B test", progress: .standardError, journal: leads ? journal : nil)
    return try communicator.collectively {
      guard leads else { return nil }
      let test = ABTest(
        methods: methods.map(\.rawValue), settings: settings, users: outcome.users, days: outcome.days,
        counterfactuals: outcome.counterfactuals, model: job.model.name, job: job.text,
        datasetDigest: datasetDigest, checkpointDigest: summary.digest.checkpoint ?? "",
        findings: job.findings(usedBy: methods))
      let analysis = ABTestAnalysis(test)
      try journal.keeping {
        try ABTestFile.write(test, to: folder.abTest)
        try AtomicFile.write(analysis.csv, to: folder.abTestDays)
        try AtomicFile.write(try json(test, analysis), to: folder.abTestSummary)
      }
      try journal.remove()
      return test
    }
  }

  /// `ab-test.json`: the test's settings and what came out, for programs.
  private func json(_ test: ABTest, _ analysis: ABTestAnalysis) throws -> String {
    struct Summary: Encodable {
      var job: String
      var model: String
      var ranks: Int
      var users: Int
      var days: Int
      var visits: Double
      var candidates: Int
      var shown: Int
      var seed: UInt64
      var test: ABTestAnalysis
      var digest: [String: String]
    }
    let settings = test.settings
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let data = try encoder.encode(
      Summary(
        job: job.name, model: test.model, ranks: communicator.size, users: test.users.row.count,
        days: settings.days, visits: settings.visits, candidates: settings.candidates, shown: settings.shown,
        seed: settings.seed, test: analysis,
        digest: [
          "dataset": test.datasetDigest, "checkpoint": test.checkpointDigest, "ab_test": test.contentDigest(),
        ]))
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}

/// Why a simulated online test is refused.
package enum ABTestError: Error, CustomStringConvertible {
  case tooManyCandidates(String, Int, items: Int)

  package var description: String {
    switch self {
    case .tooManyCandidates(let file, let candidates, let items):
      "\(file): has \(items) items, a visit is to have \(candidates) distinct candidates; lower --candidates"
    }
  }
}
