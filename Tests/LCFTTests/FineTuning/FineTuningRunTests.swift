import Dist
import Foundation
import IO
import LCFT
import Models
import TestSupport
import Testing

@Suite struct FineTuningRunTests {
  private struct Interrupted: Error {}

  private func results(_ table: OutcomeTable, _ job: Job) -> Results {
    table.results(model: job.model.name, job: job, datasetDigest: "data", checkpointDigest: "model")
  }

  /// A run that stops in the middle and goes on from its partial results, read back from their file, ends
  /// with the same content as an undisturbed one.
  @Test(arguments: [1, 3, 4])
  func goesOnFromPartialResults(_ stopAfter: Int) throws {
    let dataset = smallDataset(users: 9)
    let job = try FineTuningExample.job("DIN")
    let weights = FineTuningExample.weights(job, dataset)
    func run() -> FineTuningRun {
      FineTuningRun(job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
    }
    func table() -> OutcomeTable {
      OutcomeTable(dataset: dataset, evaluated: dataset.evaluatedUsers, methods: job.fineTuning.methods)
    }
    let whole = table()
    try run().run(into: whole) { _ in }
    #expect(whole.doneCount == dataset.evaluatedUsers.count)

    let interrupted = table()
    #expect(throws: Interrupted.self) {
      try run().run(into: interrupted) { done in if done >= stopAfter { throw Interrupted() } }
    }
    #expect(interrupted.doneCount >= stopAfter && interrupted.doneCount < whole.doneCount)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).h5").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try ResultsFile.write(results(interrupted, job), to: path)

    let resumed = table()
    resumed.adopt(try ResultsFile.read(path))
    #expect(resumed.doneCount == interrupted.doneCount)
    var first: Int?
    try run().run(into: resumed) { if first == nil { first = $0 } }
    #expect(try #require(first) > stopAfter)
    #expect(results(resumed, job).contentDigest() == results(whole, job).contentDigest())
  }

  /// The same from a journal, which holds whole users only, also where its end is torn.
  @Test(arguments: [1, 3, 4])
  func goesOnFromItsJournal(_ stopAfter: Int) throws {
    let dataset = smallDataset(users: 9)
    let job = try FineTuningExample.job("DIN")
    let weights = FineTuningExample.weights(job, dataset)
    func run() -> FineTuningRun {
      FineTuningRun(job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
    }
    func table() -> OutcomeTable {
      OutcomeTable(dataset: dataset, evaluated: dataset.evaluatedUsers, methods: job.fineTuning.methods)
    }
    let whole = table()
    try run().run(into: whole)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let interrupted = table()
    #expect(throws: Interrupted.self) {
      try run().run(into: interrupted, journal: WorkJournal(path, [("seed", "1")])) { done in
        if done >= stopAfter { throw Interrupted() }
      }
    }
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([9, 0, 0, 0, 1, 2]))
    try handle.close()

    let refusal = #expect(throws: DistError.self) {
      try run().run(into: table(), journal: WorkJournal(path, [("seed", "2")]))
    }
    #expect("\(try #require(refusal))".contains("was made with seed 1, the job now has 2"))
    let resumed = table()
    let second = run()
    try second.run(into: resumed, journal: WorkJournal(path, [("seed", "1")]))
    // What was in the journal and not yet taken in when the run broke off is kept, too.
    #expect(second.timing.users <= dataset.evaluatedUsers.count - interrupted.doneCount)
    #expect(results(resumed, job).contentDigest() == results(whole, job).contentDigest())
    // Everything is kept by now.
    let third = run()
    try third.run(into: table(), journal: WorkJournal(path, [("seed", "1")]))
    #expect(third.timing.users == 0)
  }

  /// Only users with both training and test samples are evaluated; users with one class have no AUC.
  @Test func countsUsers() throws {
    let dataset = smallDataset()
    #expect(dataset.evaluatedUsers == [2, 3, 4, 5, 6])
    let job = try FineTuningExample.job("LR")
    let weights = FineTuningExample.weights(job, dataset)
    let table = OutcomeTable(
      dataset: dataset, evaluated: dataset.evaluatedUsers, methods: job.fineTuning.methods)
    let run = FineTuningRun(job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
    try run.run(into: table) { _ in }
    let results = results(table, job)
    #expect(results.users.row == dataset.evaluatedUsers)
    for method in results.methods {
      var weighted = 0.0
      var weights = 0.0
      for (user, row) in dataset.evaluatedUsers.enumerated() {
        let labels = dataset.test.label.values[dataset.test.rows(ofUser: Int(row))]
        let single = Set(labels).count == 1
        #expect(method.auc[user].isNaN == single)
        if !single {
          weighted += Double(labels.count) * method.auc[user]
          weights += Double(labels.count)
        }
      }
      #expect(abs(method.summary.userAUC - weighted / weights) < 1e-12)
      #expect(method.summary.undefinedAUC == method.auc.count { $0.isNaN })
    }
  }
}
