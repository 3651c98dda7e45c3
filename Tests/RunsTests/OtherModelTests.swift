import Foundation
import IO
import LCFT
import Runs
import TestSupport
import Testing

/// What another cloud model has left in the output folder, or puts into it.
@Suite struct OtherModelTests {
  private func command(
    _ example: RunExample, _ start: RunStart = .fresh, checkpoint: String? = nil
  ) throws -> (session: Session, command: FineTuneFromCheckpoint) {
    let session = try example.session(.results, start)
    let inputs = try example.inputs(in: session)
    return (session, FineTuneFromCheckpoint(session, inputs, checkpoint: checkpoint))
  }

  /// Results and groups of another cloud model are told by a check, before a model is loaded.
  @Test(arguments: [("local", "results.h5"), ("grouped", "group-low.h5")])
  func outcomesOfAnotherModelAreRefused(_ method: String, _ name: String) throws {
    let example = try RunExample("finetuning: {methods: [cloud, \(method)]}")
    try example.run(.fresh)
    try command(example, .resume).command.check()
    try CheckTests().expectRefused(example, "\(name): was made with another cloud model") {
      try command(example, .resume, checkpoint: "\(example.output)/checkpoint-epoch-1.h5").command.check()
    }
  }

  /// A simulated test takes groups that fit and replaces none, also where it is to replace what it makes.
  @Test func groupsAreNotReplacedByATest() throws {
    let example = try RunExample("finetuning: {methods: [cloud, grouped]}")
    try example.run(.fresh)
    func check(_ start: RunStart, _ epoch: Int) throws {
      let session = try example.session(.abTest, start)
      let inputs = try example.inputs(in: session)
      try SimulateABTest(
        session, inputs, methods: [.cloud, .grouped],
        settings: ABTest.Settings(days: 1, visits: 1, candidates: 6, shown: 2, seed: 1),
        simulatesAllBuckets: false, checkpoint: "\(example.output)/checkpoint-epoch-\(epoch).h5"
      ).check()
    }
    try check(.overwrite, 2)
    try CheckTests().expectRefused(example, "--overwrite does not replace it here; move it") {
      try check(.overwrite, 1)
    }
  }

  /// The catalogue of other models is not replaced: it says what their rows are.
  @Test func theCatalogueOfAnotherDataSetStays() throws {
    let (first, second) = (try RunExample(), try RunExample("", users: 25))
    try first.train()
    try second.write("finetuning: {methods: [cloud, grouped]}")
    try second.train()
    try CheckTests().expectRefused(
      first, "catalogue.h5: says what the rows of models of another data set are"
    ) {
      let session = try first.session(.results)
      let inputs = try Inputs(job: .file(second.job), dataPath: second.data, in: session)
      _ = try session.perform(
        FineTuneFromCheckpoint(session, inputs, checkpoint: "\(second.output)/checkpoint-epoch-2.h5"))
    }
  }

  /// The model that was checked is the one that is used, or the command says that it is gone.
  @Test func aModelThatChangesBehindItsCheckIsRefused() throws {
    let example = try RunExample()
    try example.train()
    func copy(_ epoch: Int, to place: Int) throws {
      let path = "\(example.output)/checkpoint-epoch-\(place).h5"
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.copyItem(
        atPath: "\(example.output)/checkpoint-epoch-\(epoch).h5", toPath: path)
    }
    let digest = try FileHeader.read("\(example.output)/checkpoint-epoch-2.h5").contentDigest
    let (session, command) = try command(example)
    try command.check()
    // A model that comes into the folder now is not looked at any more.
    try copy(1, to: 3)
    #expect(try command.run().summary.digest.checkpoint == digest)
    let (other, again) = try self.command(
      example, .overwrite, checkpoint: "\(example.output)/checkpoint-epoch-2.h5")
    try again.check()
    try copy(1, to: 2)
    #expect { try again.run() } throws: { "\($0)".contains("has changed since the command checked it") }
    withExtendedLifetime((session, other)) {}
  }
}
