import Foundation
import IO
import LCFT
import Runs
import Support
import TestSupport
import Testing

/// What is wrong is found before anything is touched.
@Suite struct CheckTests {
  /// Expects that `body` throws an error of one line with `fragment` in it, and that no file of the output folder
  /// has changed.
  func expectRefused(
    _ example: RunExample, _ fragment: String, _ sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) throws {
    let before = try example.contents()
    do {
      try body()
      Issue.record("nothing was refused", sourceLocation: sourceLocation)
    } catch {
      #expect("\(error)".contains(fragment), sourceLocation: sourceLocation)
      #expect(!"\(error)".contains("\n"), sourceLocation: sourceLocation)
    }
    #expect(try example.contents() == before, sourceLocation: sourceLocation)
  }

  @Test func checksTouchNothing() throws {
    let example = try RunExample("finetuning: {methods: [cloud, local, grouped]}")
    let session = try example.session([.checkpoints, .results, .labels])
    try RunJob(session, example.inputs(in: session)).check()
    #expect(try example.contents() == nil)
  }

  @Test func aRefusedCommandLeavesNoFolder() throws {
    let example = try RunExample("finetuning: {methods: [cloud, hard]}")
    try expectRefused(example, "needs a table of labels") {
      _ = try example.inputs(in: example.session(.results))
    }
    try expectRefused(example, "has no checkpoint-epoch-N.h5") {
      let session = try example.session(.results)
      let inputs = try example.inputs(Inputs.Options(methods: [.cloud, .local]), in: session)
      _ = try session.perform(FineTuneFromCheckpoint(session, inputs, checkpoint: nil))
    }
    #expect(try example.contents() == nil)
  }

  @Test func aResumedTrainingWithAnotherSettingIsRefused() throws {
    let example = try RunExample()
    try example.train()
    try example.write("seed: 7")
    try expectRefused(example, "seed 1, the job now has 7") { try example.train(.resume) }
  }

  /// A longer training would be reported as a shorter one.
  @Test func aFinishedRunIsNotResumedWithFewerEpochs() throws {
    let example = try RunExample()
    try example.run(.fresh)
    try example.write(epochs: 1)
    try expectRefused(example, "has finished epoch 2, and the job now has 1") { try example.run(.resume) }
  }

  /// A finished search that is resumed with another grid is not replaced, and with the same one comes out the same.
  @Test func aFinishedSearchIsNotReplacedUnasked() throws {
    let example = try RunExample("search: {alphas: [0, 0.5], betas: [0.5, 1], groups: {quantiles: 2}}")
    func search(_ start: RunStart) throws -> String? {
      let session = try example.session(.labels, start)
      let inputs = try example.inputs(Inputs.Options(labelledMethods: []), in: session)
      return try session.perform(SearchLabels(session, inputs))?.contentDigest()
    }
    let digest = try search(.fresh)
    #expect(try search(.resume) == digest)
    try example.write("search: {alphas: [0, 0.25], betas: [0.5, 1], groups: {quantiles: 2}}")
    try expectRefused(example, "what is searched") { _ = try search(.resume) }
  }

  /// The journals of an interrupted fine-tuning, of scores and of models, are compared before a cloud model is
  /// trained for them.
  @Test(arguments: ["results.journal", "models-1-0.journal"])
  func anInterruptedFineTuningIsNotResumedWithAnotherJob(_ name: String) throws {
    let example = try RunExample()
    func session() throws -> Session { try example.session([.checkpoints, .results, .labels], .resume) }
    func job(_ session: Session) throws -> RunJob {
      RunJob(session, try example.inputs(in: session), saving: .all)
    }
    func run() throws {
      let session = try session()
      _ = try session.perform(job(session))
    }
    let inputs = try example.inputs(in: session())
    try FileManager.default.createDirectory(atPath: example.output, withIntermediateDirectories: true)
    _ = try Journal(
      creating: "\(example.output)/\(name)",
      [("the data set's content", inputs.datasetDigest), ("the cloud model's content", "of a model to come")]
        + inputs.job.fineTuningSettings + (name.hasPrefix("results") ? [("models applied", "no")] : []))
    try job(session()).check()
    try example.write("finetuning: {methods: [cloud, local, soft1], epochs: 3}")
    try expectRefused(example, "\(name): was made with finetuning.epochs 1, the job now has 3") {
      try run()
    }
    // A method brings the grouping's settings with it, which are not what has changed.
    try example.write("finetuning: {methods: [cloud, local, grouped]}")
    try expectRefused(example, "\(name): was made with finetuning.methods") { try run() }
  }

  @Test func finishedResultsAreNotResumedWithOtherMethods() throws {
    let example = try RunExample()
    try example.run(.fresh)
    try example.write("finetuning: {methods: [cloud, local, soft1, grouped]}")
    try expectRefused(example, "results.h5: was made with finetuning.methods") { try example.run(.resume) }
  }

  @Test func anInputIsNotOverwritten() throws {
    let example = try RunExample()
    try example.train()
    let checkpoint = "\(example.output)/checkpoint-epoch-2.h5"
    try FileManager.default.createSymbolicLink(
      atPath: example.folder.file("cloud.h5"), withDestinationPath: checkpoint)
    for name in [checkpoint, example.folder.file("cloud.h5")] {
      try expectRefused(example, "--overwrite would replace this file") {
        let session = try example.session([.checkpoints, .results, .search], .overwrite)
        let inputs = try example.inputs(in: session)
        _ = try session.perform(FineTuneFromCheckpoint(session, inputs, checkpoint: name))
      }
    }
  }

  @Test func earlierOutputsAreNotReplacedUnasked() throws {
    let example = try RunExample()
    try example.train()
    try expectRefused(example, "give --resume to continue it") { try example.train(.fresh) }
  }

  /// A typo must not cost what an earlier run made.
  @Test(arguments: [RunStart.overwrite, .resume])
  func nothingIsRemovedForACommandThatIsRefused(_ start: RunStart) throws {
    let example = try RunExample()
    try example.train()
    let first = try example.session(.results)
    _ = try first.perform(FineTuneFromCheckpoint(first, example.inputs(in: first), checkpoint: nil))

    func fineTune(_ options: Inputs.Options = .init(), _ saving: ModelSelection? = nil) throws {
      let session = try example.session(.results, start)
      let inputs = try example.inputs(options, in: session)
      _ = try session.perform(FineTuneFromCheckpoint(session, inputs, checkpoint: nil, saving: saving))
    }
    try expectRefused(example, "no such file of settings") {
      try fineTune(.init(settings: example.folder.file("serch.yaml")))
    }
    try expectRefused(example, "labels.h5") {
      try fineTune(.init(methods: [.cloud, .hard], labels: example.folder.file("labels.h5")))
    }
    try expectRefused(example, "needs a table of labels") { try fineTune(.init(methods: [.cloud, .hard])) }
    try expectRefused(example, "users.txt") {
      try fineTune(.init(), .users(example.folder.file("users.txt")))
    }
    try expectRefused(example, "no method of the run fine-tunes") {
      try fineTune(.init(methods: [.cloud]), .all)
    }
  }

  @Test func aDataSetThatNobodyCanBeTestedOnIsRefusedBeforeTraining() throws {
    let example = try RunExample()
    var dataset = try DatasetFile.read(example.data)
    dataset.test = Dataset.Samples(
      offsets: Column([Int64](repeating: 0, count: dataset.users.count + 1)), item: Column([Int32]()),
      label: Column([UInt8]()), eventPosition: Column([Int32]()))
    try DatasetFile.write(dataset, to: example.data)
    let session = try example.session([.checkpoints, .results, .labels])
    try expectRefused(example, "no user has both training and test samples") {
      _ = try session.perform(RunJob(session, example.inputs(in: session)))
    }
  }
}
