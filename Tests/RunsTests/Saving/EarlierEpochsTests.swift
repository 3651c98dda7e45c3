import Foundation
import IO
import Runs
import TestSupport
import Testing

/// A finished run whose job now has more epochs.
@Suite struct EarlierEpochsTests {
  private static let grouped = "finetuning: {methods: [cloud, local, grouped]}"

  @Test func earlierResultsAreKeptAndComputedAnew() throws {
    let example = try RunExample(EarlierEpochsTests.grouped)
    let short = try example.run(.fresh, saving: .all)
    let before = try #require(try example.contents())
    try example.write(EarlierEpochsTests.grouped, epochs: 3)
    let long = try example.run(.resume, saving: .all)

    let whole = try RunExample()
    try whole.write(EarlierEpochsTests.grouped, epochs: 3)
    let expected = try whole.run(.fresh, saving: .all)
    #expect(long.digest.checkpoint == expected.digest.checkpoint)
    #expect(long.digest.results == expected.digest.results && long.digest.results != short.digest.results)

    let after = try #require(try example.contents())
    for name in ["results.h5", "summary.json", "group-low.h5", "group-middle.h5", "group-high.h5"] {
      let place = try #require(name.lastIndex(of: "."))
      #expect(after["\(name[..<place])-epochs-2\(name[place...])"] == before[name], "\(name)")
    }
    for name in ["models.h5", "models-rank-0.h5"] {
      #expect(after["models-epochs-2/\(name)"] == before[name], "\(name)")
    }
    // The earlier models can still be read.
    let models = try PersonalModelsFile.Reader("\(example.output)/models-epochs-2/models.h5")
    #expect(models.layout.checkpointDigest == short.digest.checkpoint)
    #expect(
      try models.user(row: models.rows[0])
        != PersonalModelsFile.Reader("\(example.output)/models.h5").user(row: models.rows[0]))
    #expect(after.count == before.count + 7 + 1)

    // Another resumed run finds nothing to set aside, and one that starts anew leaves nothing of it.
    try example.run(.resume, saving: .all)
    #expect(try example.contents()?.keys.sorted() == after.keys.sorted())
    try example.run(.overwrite)
    #expect(try example.contents()?.keys.contains { $0.contains("-epochs-") } == false)
  }

  /// What an interrupted fine-tuning has left of the shorter training's model does not stop the longer one, which
  /// may also have other methods.
  @Test func anInterruptedFineTuningOfAShorterTrainingIsGivenUp() throws {
    let example = try RunExample()
    let model = try example.train()
    let session = try example.session([.checkpoints, .results, .labels], .resume)
    let inputs = try example.inputs(in: session)
    _ = try Journal(
      creating: "\(example.output)/results.journal",
      [("the data set's content", inputs.datasetDigest), ("the cloud model's content", model.digest)]
        + inputs.job.fineTuningSettings + [("models applied", "no")])
    try example.write("finetuning: {methods: [cloud, local], epochs: 2}", epochs: 3)
    #expect(try example.run(.resume).methods?.count == 2)
    #expect(try example.contents()?.keys.contains("results.journal") == false)
  }

  /// What is kept is replaced by nothing that is kept later.
  @Test func aNameThatIsTakenGetsANumber() throws {
    let example = try RunExample()
    try example.run(.fresh)
    try example.folder.write("mine", to: "out/results-epochs-2.h5")
    try example.write(epochs: 3)
    let before = try #require(try example.contents())
    try example.run(.resume)
    let after = try #require(try example.contents())
    #expect(after["results-epochs-2.h5"] == before["results-epochs-2.h5"])
    #expect(after["results-epochs-2-2.h5"] == before["results.h5"])
    #expect(after["summary-epochs-2-2.json"] == before["summary.json"])
    try example.run(.overwrite)
    #expect(try example.contents()?.keys.contains { $0.contains("-epochs-") } == false)
  }
}
