import Foundation
import IO
import LCFT
import Runs
import Studies
import Support
import TestSupport
import Testing

/// What a resumed search makes of what an earlier one has left.
@Suite struct FinishedSearchTests {
  private static let grid = "search: {alphas: [0, 0.5], betas: [0.5, 1], groups: {quantiles: 2}}"

  private func labels(
    _ example: RunExample, _ start: RunStart = .fresh, checkpoint: String? = nil
  ) throws -> LabelTable? {
    let session = try example.session(.labels, start)
    let inputs = try example.inputs(Inputs.Options(labelledMethods: []), in: session)
    return try session.perform(SearchLabels(session, inputs, checkpoint: checkpoint))
  }

  private func settings(
    _ example: RunExample, _ start: RunStart = .fresh, checkpoint: String? = nil
  ) throws -> SearchTable? {
    let session = try example.session([.search, .labels], start)
    let inputs = try example.inputs(Inputs.Options(labelledMethods: [], tunes: false), in: session)
    return try session.perform(
      SearchSettings(session, inputs, methods: [.local, .hard], checkpoint: checkpoint)
    ).table
  }

  /// How often something has begun in the folder, as its progress says.
  private func begun(_ example: RunExample, _ phase: String) throws -> Int {
    let text = try String(contentsOfFile: "\(example.output)/progress.jsonl", encoding: .utf8)
    return text.components(separatedBy: phase).count - 1
  }

  @Test func aFinishedSearchIsNotDoneAgain() throws {
    let example = try RunExample(FinishedSearchTests.grid)
    let table = try #require(try settings(example))
    let (files, trainings) = (try example.contents(), try begun(example, "search: cloud model"))
    #expect(trainings > 0)
    #expect(try settings(example, .resume)?.contentDigest() == table.contentDigest())
    #expect(try begun(example, "search: cloud model") == trainings)
    for name in ["search.h5", "search.yaml", "labels.h5", "labels.yaml"] {
      #expect(try example.contents()?[name] == files?[name], "\(name)")
    }
    // What it had kept, where it was stopped behind its table, goes.
    _ = try Journal(
      creating: "\(example.output)/search.journal", [("the cloud model's content", SearchOrigin.ownModel)])
    try example.folder.write("model", to: "out/search-latest.h5")
    let session = try example.session([.search, .labels], .resume)
    let inputs = try example.inputs(Inputs.Options(labelledMethods: [], tunes: false), in: session)
    _ = try SearchSettings(session, inputs, methods: [.local, .hard]).run()
    let left = try #require(try example.contents()?.keys)
    #expect(!left.contains("search.journal") && !left.contains("search-latest.h5"))
  }

  /// What a search chose by other groups of users, or by another rule, is not taken for what this job asks for.
  @Test func otherGroupsAndRulesAreAnotherChoice() throws {
    let example = try RunExample(FinishedSearchTests.grid)
    _ = try settings(example)
    try example.write(FinishedSearchTests.grid.replacing("quantiles: 2", with: "quantiles: 3"))
    try CheckTests().expectRefused(example, "search.groups.quantiles") { _ = try settings(example, .resume) }

    let other = try RunExample("search: {choice: {methods: [soft1, local], folds: 1}}")
    func choose(_ start: RunStart) throws {
      let session = try other.session(.choice, start)
      let inputs = try other.inputs(Inputs.Options(labelledMethods: []), in: session)
      _ = try session.perform(SearchMethods(session, inputs))
    }
    try choose(.fresh)
    for (rule, name) in [
      ("choice: {methods: [soft1, local], folds: 1, decay: 0.5}", "search.choice.decay"),
      ("choice: {methods: [soft1, local], folds: 1, shrinkage: 0}", "search.choice.shrinkage"),
      ("choice: {methods: [soft1, local], folds: 1}, groups: {edges: [0.2]}", "search.groups"),
    ] {
      try other.write("search: {\(rule)}")
      try CheckTests().expectRefused(other, name) { try choose(.resume) }
    }
  }

  /// Settings under which a user's fine-tuning diverges are not chosen, and a search of nothing is refused.
  @Test func settingsThatDivergeAreNotChosen() throws {
    let example = try RunExample(
      "finetuning: {methods: [cloud, local], epochs: 60}\nsearch: {learning_rates: [1000]}", users: 30)
    func table(_ methods: [Method]) throws -> SearchTable? {
      let session = try example.session(.search)
      let inputs = try example.inputs(Inputs.Options(labelledMethods: [], tunes: false), in: session)
      return try session.perform(SearchSettings(session, inputs, methods: methods)).table
    }
    try CheckTests().expectRefused(example, "none of the methods has settings to search") {
      _ = try table([.cloud])
    }
    let local = try #require(try table([.local])?.methods.first)
    #expect(local.rows[0].diverged > 0 && local.best == nil)
  }

  @Test func aFinishedChoiceAndABTestAreNotMadeAgain() throws {
    let example = try RunExample("search: {choice: {methods: [soft1, local], folds: 2}}")
    try example.train()
    func choose(_ start: RunStart) throws -> String? {
      let session = try example.session(.choice, start)
      let inputs = try example.inputs(Inputs.Options(labelledMethods: []), in: session)
      return try session.perform(SearchMethods(session, inputs)).choice?.contentDigest()
    }
    let choice = try choose(.fresh)
    let trainings = try begun(example, "fold 1 of 2")
    #expect(try choose(.resume) == choice && trainings > 0)
    #expect(try begun(example, "fold 1 of 2") == trainings)

    func test(_ start: RunStart, checkpoint: String? = nil) throws -> String? {
      let session = try example.session(.abTest, start)
      let inputs = try example.inputs(in: session)
      let settings = ABTest.Settings(days: 2, visits: 1, candidates: 6, shown: 2, seed: 1)
      return try session.perform(
        SimulateABTest(
          session, inputs, methods: [.cloud, .local], settings: settings, simulatesAllBuckets: false,
          checkpoint: checkpoint)
      )?.contentDigest()
    }
    let digest = try test(.fresh)
    let (tests, files) = (try begun(example, "A/B test"), try #require(try example.contents()))
    try FileManager.default.removeItem(atPath: "\(example.output)/ab-days.csv")
    #expect(try test(.resume) == digest && tests > 0)
    #expect(try begun(example, "A/B test") == tests)
    #expect(try example.contents()?["ab-days.csv"] == files["ab-days.csv"])
    try CheckTests().expectRefused(example, "ab-test.h5: was made with another cloud model") {
      _ = try test(.resume, checkpoint: "\(example.output)/checkpoint-epoch-1.h5")
    }
  }

  /// A search is not taken for that of another cloud model.
  @Test func anotherCheckpointIsAnotherSearch() throws {
    let example = try RunExample(FinishedSearchTests.grid)
    try example.train()
    func checkpoint(_ epoch: Int) -> String { "\(example.output)/checkpoint-epoch-\(epoch).h5" }
    let digest = try labels(example, checkpoint: checkpoint(1))?.contentDigest()
    #expect(try labels(example, .resume, checkpoint: checkpoint(1))?.contentDigest() == digest)
    for other in [checkpoint(2), nil] {
      try CheckTests().expectRefused(example, "labels.h5: was made with another cloud model") {
        _ = try labels(example, .resume, checkpoint: other)
      }
    }
  }

  /// A search from a given model leaves alone what another has trained for itself.
  @Test func aSearchLeavesTheModelOfAnother() throws {
    let example = try RunExample(FinishedSearchTests.grid)
    try example.train()
    let model = try example.folder.write("model", to: "out/search-latest.h5")
    _ = try labels(example, .resume, checkpoint: "\(example.output)/checkpoint-epoch-2.h5")
    #expect(FileManager.default.fileExists(atPath: model))
  }

  /// What held-out samples cannot tell is said before anything is trained.
  @Test func whatCannotBeJudgedIsRefusedAtOnce() throws {
    for (settings, part) in [
      ("search: {holdout: 0.01}", "(search.holdout 0.01)"),
      ("validation: {last: 0.01}\nsearch: {holdout: 0.4}", "(validation.last 0.01)"),
    ] {
      let example = try RunExample(settings)
      try CheckTests().expectRefused(example, part) { _ = try labels(example) }
      try CheckTests().expectRefused(example, part) { _ = try self.settings(example) }
    }
  }
}
