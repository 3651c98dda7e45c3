import Foundation
import IO
import LCFT
import Runs
import Support
import TestSupport
import Testing

/// The commands' values among one rank: what each makes, and that its digests and files agree.
@Suite struct CommandTests {
  @Test func aTrainedModelIsTheOneInItsCheckpoint() throws {
    let example = try RunExample()
    let session = try example.session(.checkpoints)
    let inputs = try example.inputs(in: session)
    let (model, summary) = try session.perform(TrainCloudModel(session, inputs))
    let path = session.folder.checkpoint(epoch: 2)
    #expect(model.losses.count == 2 && summary.loss == model.losses)
    #expect(try FileHeader.read(path).contentDigest == model.digest)
    // The names of the rows of its tables lie beside it.
    let name = try #require(try CheckpointFile.readOutline(path).catalogue)
    let catalogue = try CatalogueFile.read("\(example.output)/\(name.file)")
    #expect(catalogue.contentDigest() == name.digest)
    #expect(catalogue.datasetDigest == inputs.datasetDigest)
    #expect(catalogue.users.count == inputs.dataset.users.count)
    let loaded = try LoadCloudModel(session, inputs, path: nil).run()
    #expect(loaded.digest == model.digest && loaded.losses == model.losses)
    let count = model.weights.layout.parameterCount
    #expect(
      Array(UnsafeBufferPointer(start: loaded.weights.dense, count: count))
        == Array(UnsafeBufferPointer(start: model.weights.dense, count: count)))
    #expect(try Session(session.communicator, output: example.output, outputs: []).keeps(path))
  }

  @Test func aResumedTrainingGivesTheSameModel() throws {
    let (whole, parts) = (try RunExample(), try RunExample())
    let model = try whole.train()
    try parts.train()
    // As if it had been stopped after the first epoch.
    try FileManager.default.removeItem(atPath: "\(parts.output)/checkpoint-epoch-2.h5")
    #expect(try parts.train(.resume).digest == model.digest)
  }

  @Test func fineTuningScoresEveryMethodAndSaysSo() throws {
    let example = try RunExample()
    let cloud = try example.train()
    let session = try example.session(.results)
    let inputs = try example.inputs(in: session)
    let (results, summary) = try session.perform(FineTuneFromCheckpoint(session, inputs, checkpoint: nil))
    let written = try ResultsFile.read(session.folder.results)
    #expect(written.methods.map(\.name) == ["cloud", "local", "soft1"])
    #expect(results?.contentDigest() == written.contentDigest())
    #expect(summary.digest.results == written.contentDigest())
    #expect(written.checkpointDigest == cloud.digest)
    #expect(summary.methods?["soft1"]?.userAUC == written.methods[2].summary.userAUC)
    #expect(summary.users?.evaluated == written.users.row.count)
    // What was kept on the way is gone.
    #expect(try example.contents()?.keys.contains("results.journal") == false)
  }

  @Test func aWholeRunEqualsItsParts() throws {
    let (whole, parts) = (try RunExample(), try RunExample())
    let session = try whole.session([.checkpoints, .results, .labels])
    let inputs = try whole.inputs(in: session)
    let (_, summary) = try session.perform(RunJob(session, inputs))
    try parts.train()
    let other = try parts.session(.results)
    let (_, second) = try other.perform(
      FineTuneFromCheckpoint(other, parts.inputs(in: other), checkpoint: nil))
    #expect(summary.digest.checkpoint == second.digest.checkpoint)
    #expect(summary.digest.results == second.digest.results)
  }

  @Test func groupsAreTrainedOnce() throws {
    let example = try RunExample("finetuning: {methods: [cloud, grouped]}")
    let cloud = try example.train()
    let session = try example.session(.results)
    let inputs = try example.inputs(in: session)
    let models = try session.perform(TrainGroups(session, inputs, from: cloud))
    #expect(models.weights.count == 3)
    let before = try example.contents()
    let again = try TrainGroups(example.session(.results, .resume), inputs, from: cloud).run()
    #expect(again.weights.count == 3)
    #expect(try example.contents() == before)
  }

  @Test func aSearchFindsATableThatAFineTuningTakes() throws {
    let example = try RunExample(
      """
      finetuning: {methods: [cloud, hard]}
      search: {alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}}
      """)
    let session = try example.session([.checkpoints, .results, .labels])
    let inputs = try example.inputs(Inputs.Options(requiresLabels: false), in: session)
    let (results, _) = try session.perform(RunJob(session, inputs))
    let table = try LabelTable.read(session.folder.labels)
    let hard = try #require(results?.methods.last)
    for (alpha, beta) in zip(hard.alpha, hard.beta) {
      #expect(zip(table.pairs.alpha, table.pairs.beta).contains { $0 == (alpha, beta) })
    }
    // A later fine-tuning finds the table in the folder.
    let resumed = try example.session(.results, .resume)
    #expect(try example.inputs(in: resumed).needsLabels == false)
  }

  @Test func aRunSearchesSettingsAsTheCommandsDoInTurn() throws {
    let job = """
      finetuning: {settings: searched, methods: [cloud, local, hard, lcft]}
      search: {alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}, learning_rates: [0.001, 0.2],
        choice: {methods: [soft1, local], folds: 2}}
      """
    let (whole, parts) = (try RunExample(job), try RunExample(job))
    let session = try whole.session([.checkpoints, .results, .labels, .search, .choice])
    let inputs = try whole.inputs(Inputs.Options(requiresLabels: false), in: session)
    #expect(inputs.job.needsSettings)
    let (_, summary) = try session.perform(RunJob(session, inputs))

    // A session has the folder's lock for as long as it is there.
    func perform<Command: RunCommand>(
      _ outputs: RunOutputs, _ options: Inputs.Options, _ command: (Session, Inputs) -> Command
    ) throws -> Command.Product {
      let session = try parts.session(outputs)
      return try session.perform(command(session, parts.inputs(options, in: session)))
    }
    try parts.train()
    #expect(throws: RunError.self) {
      try perform(.results, Inputs.Options()) { FineTuneFromCheckpoint($0, $1, checkpoint: nil) }
    }
    let search = Inputs.Options(labelledMethods: [], tunes: false)
    let product = try perform([.search, .labels], search) { SearchSettings($0, $1) }
    #expect(product.table?.methods.map(\.name) == ["local", "hard", "soft1"])
    _ = try perform(.choice, Inputs.Options(labelledMethods: [])) { SearchMethods($0, $1) }
    let results = try perform(.results, Inputs.Options()) { FineTuneFromCheckpoint($0, $1, checkpoint: nil) }
      .results
    #expect(results?.contentDigest() == summary.digest.results)
    // Each method has what was best for it on held-out samples.
    let found = try SearchTableFile.read(session.folder.search)
    for method in found.methods {
      let best = try #require(method.best)
      #expect(results?.findings?.settings[method.name]?.learningRate == method.rows[best].learningRate)
    }
  }

  @Test func aSimulatedTestServesEveryUser() throws {
    let example = try RunExample()
    let cloud = try example.train()
    let session = try example.session(.abTest)
    let inputs = try example.inputs(in: session)
    let settings = ABTest.Settings(days: 2, visits: 1, candidates: 6, shown: 2, seed: 1)
    let test = try session.perform(
      SimulateABTest(
        session, inputs, methods: [.cloud, .local], settings: settings, simulatesAllBuckets: false,
        checkpoint: nil))
    #expect(test?.users.row.count == inputs.dataset.users.count)
    #expect(test?.checkpointDigest == cloud.digest)
  }
}
