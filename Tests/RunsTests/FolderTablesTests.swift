import Foundation
import IO
import LCFT
import Runs
import Studies
import TestSupport
import Testing

/// Tables of searches that a run finds in its output folder.
@Suite struct FolderTablesTests {
  private static let searched = """
    finetuning: {settings: searched, methods: [cloud, local, hard, lcft]}
    search: {alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}, learning_rates: [0.001, 0.2],
      choice: {methods: [soft1, local], folds: 2}}
    """

  @discardableResult
  private func run(_ example: RunExample, _ start: RunStart) throws -> RunSummary {
    let given = Inputs.Options(requiresLabels: false)
    let session = try example.session(.ofRun(Job.read(example.job), given), start)
    let inputs = try example.inputs(given, in: session)
    return try session.perform(RunJob(session, inputs)).summary
  }

  /// With more epochs the tables are made anew as the results are, and the earlier ones are kept.
  @Test func aLongerTrainingSearchesAnew() throws {
    let example = try RunExample(FolderTablesTests.searched)
    try run(example, .fresh)
    let before = try #require(try example.contents())
    try run(example, .resume)
    try example.write(FolderTablesTests.searched, epochs: 3)
    let long = try run(example, .resume)
    let whole = try RunExample()
    try whole.write(FolderTablesTests.searched, epochs: 3)
    let expected = try run(whole, .fresh)
    #expect(long.digest.results == expected.digest.results)
    let after = try #require(try example.contents())
    for (name, kept) in [
      ("search.h5", "search-epochs-2.h5"), ("search.yaml", "search-epochs-2.yaml"),
      ("labels.h5", "labels-epochs-2.h5"), ("labels.yaml", "labels-epochs-2.yaml"),
      ("choice.h5", "choice-epochs-2.h5"), ("results.h5", "results-epochs-2.h5"),
    ] {
      #expect(after[kept] == before[name] && before[name] != nil, "\(name)")
      #expect(after[name] != nil, "\(name)")
    }
    #expect(
      try LabelTable.read("\(example.output)/labels.h5").contentDigest()
        == LabelTable.read("\(whole.output)/labels.h5").contentDigest())
    // Nothing is set aside again.
    try run(example, .resume)
    #expect(try example.contents()?.keys.sorted() == after.keys.sorted())
  }

  /// Outcomes that an interrupted search of the shorter training has left are given up, too.
  @Test func anInterruptedSearchOfAShorterTrainingIsGivenUp() throws {
    let job = """
      finetuning: {methods: [cloud, hard]}
      search: {alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}}
      """
    let example = try RunExample(job)
    try example.train()
    let session = try example.session(.labels, .resume)
    let inputs = try example.inputs(Inputs.Options(labelledMethods: []), in: session)
    _ = try Journal(
      creating: "\(example.output)/labels.journal",
      [
        ("the data set's content", inputs.datasetDigest),
        ("the cloud model's content", SearchOrigin.ownModel),
      ] + inputs.job.searchSettings)
    try example.write(job, epochs: 3)
    try run(example, .resume)
    let left = try #require(try example.contents()?.keys)
    #expect(left.contains("labels.h5") && !left.contains("labels.journal"))
  }

  /// A table of another search is not taken unasked, and the refusal says how it can be.
  @Test func aTableOfAnotherSearchIsRefused() throws {
    let example = try RunExample(FolderTablesTests.searched)
    try run(example, .fresh)
    func expect(_ from: String, _ to: String, _ parts: String...) throws {
      try example.write(FolderTablesTests.searched.replacingOccurrences(of: from, with: to))
      for part in parts {
        try CheckTests().expectRefused(example, part) { try run(example, .resume) }
      }
    }
    try expect(
      "search: {", "search: {holdout: 0.3, ", "search.h5: was made with search.holdout 0.2",
      "or give --settings \(example.output)/search.yaml")
    try expect("alphas: [0.8, 1]", "alphas: [0.7, 1]", "search.h5: was made with what is searched")
    try expect(
      "folds: 2", "folds: 3", "choice.h5: was made with search.choice.folds 2",
      "or give --choice \(example.output)/choice.h5")
    let labels = try RunExample("finetuning: {methods: [cloud, hard]}\nsearch: {alphas: [0.8], betas: [0]}")
    try run(labels, .fresh)
    try labels.write("finetuning: {methods: [cloud, hard]}\nsearch: {alphas: [0.9], betas: [0]}")
    try CheckTests().expectRefused(labels, "or give --labels \(labels.output)/labels.h5") {
      try run(labels, .resume)
    }
  }

  /// A run that starts anew replaces the tables that it makes, and no others.
  @Test func tablesThatAreNotMadeStay() throws {
    let example = try RunExample(FolderTablesTests.searched)
    try run(example, .fresh)
    let before = try #require(try example.contents())
    try example.write("finetuning: {methods: [cloud, local]}")
    #expect(try RunOutputs.ofRun(Job.read(example.job), Inputs.Options()) == [.checkpoints, .results])
    try run(example, .overwrite)
    let after = try #require(try example.contents())
    for name in ["search.h5", "search.yaml", "labels.h5", "labels.yaml", "choice.h5"] {
      #expect(after[name] == before[name], "\(name)")
    }
    #expect(after["results.h5"] != before["results.h5"])
  }

  @Test func outputsDependOnWhatIsGiven() throws {
    let example = try RunExample(FolderTablesTests.searched)
    let job = try Job.read(example.job)
    let run: RunOutputs = [.checkpoints, .results]
    #expect(RunOutputs.ofRun(job, Inputs.Options()) == run.union([.search, .labels, .choice]))
    #expect(
      RunOutputs.ofRun(job, Inputs.Options(settings: "a", labels: "b", choice: "c")) == run)
    #expect(
      RunOutputs.ofRun(job, Inputs.Options(methods: [.cloud, .hard], settings: "a"))
        == run.union(.labels))
    #expect(RunOutputs.ofRun(job, Inputs.Options(methods: [.lcft], settings: "a")) == run.union(.choice))
    #expect(RunOutputs.ofSearch(job, [.local]) == .search)
    #expect(RunOutputs.ofSearch(job, nil) == [.search, .labels])
  }
}
