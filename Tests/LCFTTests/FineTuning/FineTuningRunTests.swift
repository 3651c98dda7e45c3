import Dist
import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

@Suite struct FineTuningRunTests {
  private struct Interrupted: Error {}

  /// A data set, and a model of it to fine-tune its users from.
  private struct Example {
    var dataset: Dataset
    private let job: Job
    private let weights: Weights

    init(_ model: String, users: Int = 7) throws {
      dataset = smallDataset(users: users)
      job = try FineTuningExample.job(model)
      weights = FineTuningExample.weights(job, dataset)
    }

    func run() -> FineTuningRun {
      FineTuningRun(job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
    }

    func table() -> OutcomeTable {
      OutcomeTable(dataset: dataset, evaluated: dataset.evaluatedUsers, methods: job.fineTuning.methods)
    }

    func untrained(beside results: Results) throws -> Results.Untrained? {
      guard
        let run = UntrainedUsersRun(
          job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
      else { return nil }
      try run.run()
      return try run.outcome(beside: results, in: DatasetParts(dataset))
    }

    func results(_ table: OutcomeTable) throws -> Results {
      try table.results(
        model: job.model.name, job: job, datasetDigest: "data", checkpointDigest: "model",
        in: DatasetParts(dataset))
    }
  }

  /// A run that stops in the middle and goes on from its partial results, read back from their file, ends
  /// with the same content as an undisturbed one.
  @Test(arguments: [1, 3, 4])
  func goesOnFromPartialResults(_ stopAfter: Int) throws {
    let example = try Example("DIN", users: 9)
    let whole = example.table()
    try example.run().run(into: whole)
    #expect(whole.doneCount == example.dataset.evaluatedUsers.count)

    let interrupted = example.table()
    #expect(throws: Interrupted.self) {
      try example.run().run(into: interrupted) { done in if done >= stopAfter { throw Interrupted() } }
    }
    #expect(interrupted.doneCount >= stopAfter && interrupted.doneCount < whole.doneCount)
    let folder = try FileTestFolder()
    let path = folder.file("results.h5")
    try ResultsFile.write(example.results(interrupted), to: path)

    let resumed = example.table()
    resumed.adopt(try ResultsFile.read(path))
    #expect(resumed.doneCount == interrupted.doneCount)
    var first: Int?
    try example.run().run(into: resumed) { if first == nil { first = $0 } }
    #expect(try #require(first) > stopAfter)
    #expect(try example.results(resumed).contentDigest() == example.results(whole).contentDigest())
  }

  /// The same from a journal, which holds whole users only, also where its end is torn.
  @Test(arguments: [1, 3, 4])
  func goesOnFromItsJournal(_ stopAfter: Int) throws {
    let example = try Example("DIN", users: 9)
    let whole = example.table()
    try example.run().run(into: whole)
    let folder = try FileTestFolder()
    func journal(seed: Int = 1) -> WorkJournal {
      WorkJournal(folder.file("results.journal"), [("seed", "\(seed)")])
    }
    let interrupted = example.table()
    #expect {
      try example.run().run(into: interrupted, journal: journal()) { done in
        if done >= stopAfter { throw Interrupted() }
      }
    } throws: {
      "\($0)".contains("Interrupted") && "\($0)".contains("kept in \(folder.file("results.journal"))")
    }
    try folder.write(folder.bytes("results.journal") + [9, 0, 0, 0, 1, 2], to: "results.journal")

    let refusal = #expect(throws: DistError.self) {
      try example.run().run(into: example.table(), journal: journal(seed: 2))
    }
    #expect("\(try #require(refusal))".contains("was made with seed 1, the job now has 2"))
    let resumed = example.table()
    let second = example.run()
    try second.run(into: resumed, journal: journal())
    // What was in the journal and not yet taken in when the run broke off is kept, too.
    #expect(second.timing.users <= example.dataset.evaluatedUsers.count - interrupted.doneCount)
    #expect(try example.results(resumed).contentDigest() == example.results(whole).contentDigest())
    // Everything is kept by now.
    let third = example.run()
    try third.run(into: example.table(), journal: journal())
    #expect(third.timing.users == 0)
  }

  /// Only users with both training and test samples are evaluated; users with one class have no AUC.
  @Test func countsUsers() throws {
    let example = try Example("LR")
    let dataset = example.dataset
    #expect(dataset.evaluatedUsers == [2, 3, 4, 5, 6])
    let table = example.table()
    try example.run().run(into: table)
    let results = try example.results(table)
    #expect(Array(results.users.row) == dataset.evaluatedUsers)
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

  /// A user without training samples is scored as the cloud model scores the same user with some, and counts among all
  /// users with test samples.
  @Test(arguments: ["DIN", "LR"])
  func usersWithoutTrainingSamplesAreScored(_ model: String) throws {
    let example = try Example(model, users: 9)
    let table = example.table()
    try example.run().run(into: table)
    let results = try example.results(table)
    let untrained = try #require(try example.untrained(beside: results))
    #expect(untrained.row == [0] && untrained.testCount == [6])

    var other = example
    other.dataset.train = example.dataset.test
    let trained = other.table()
    try other.run().run(into: trained)
    let others = try other.results(trained)
    #expect(others.users.row.contains(0))
    let cloud = try #require(others.methods.first { $0.name == "cloud" }?.predictions)
    #expect(untrained.logits == Column(cloud[..<6]))
    #expect(try other.untrained(beside: others) == nil)
    // Both data sets have the same test part, and the cloud model's scores do not depend on the training part.
    let all = try #require(others.methods.first { $0.name == "cloud" }?.summary)
    #expect(abs(all.pooledAUC - untrained.summaryOfAll.pooledAUC) < 1e-12)
    #expect(abs(all.logLoss - untrained.summaryOfAll.logLoss) < 1e-12)
    #expect(abs(all.userAUC - untrained.summaryOfAll.userAUC) < 1e-12)
  }
}
