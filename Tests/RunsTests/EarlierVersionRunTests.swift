import Dist
import Foundation
import IO
import LCFT
import Runs
import Support
import TestSupport
import Testing

/// What version 0.1 left in an output folder: used where that gives the right numbers, and refused otherwise.
@Suite struct EarlierVersionRunTests {
  private let folder = Result { try FileTestFolder() }

  private func fixture(_ name: String) -> String { FixtureFile.path("version-0.1/\(name).h5") }

  /// The job that made the fixtures, with other lines replaced.
  private func job(_ replaced: String = "", by line: String = "") throws -> String {
    let text = try CheckpointFile.readOutline(fixture("checkpoint")).job
    let path = try folder.get().file("job.yaml")
    try text.replacing(replaced.isEmpty ? "\u{0}" : replaced, with: line)
      .write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func output(with files: [String: String]) throws -> String {
    let path = try folder.get().file("out")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, source) in files {
      try FileManager.default.copyItem(atPath: fixture(source), toPath: "\(path)/\(name)")
    }
    return path
  }

  @Test func aCheckpointCanBeFineTunedFrom() throws {
    let output = try output(with: [:])
    let session = try Session(SoloCommunicator(), output: output, outputs: .results)
    let inputs = try Inputs(
      job: .file(job()), dataPath: fixture("dataset"), Inputs.Options(methods: [.cloud, .local]), in: session)
    let (results, _) = try session.perform(
      FineTuneFromCheckpoint(session, inputs, checkpoint: fixture("checkpoint")))
    let earlier = try ResultsFile.read(fixture("results"))
    // The cloud model needs no fine-tuning, whose order of samples is another now.
    #expect(results?.methods[0].auc.map(\.bitPattern) == earlier.methods[0].auc.map(\.bitPattern))
  }

  @Test func itsTrainingIsNotResumed() throws {
    let epochs = try Job.parse(CheckpointFile.readOutline(fixture("checkpoint")).job, file: "job").training
      .epochs
    let output = try output(with: ["checkpoint-epoch-1.h5": "checkpoint"])
    let session = try Session(SoloCommunicator(), output: output, start: .resume, outputs: .checkpoints)
    let inputs = try Inputs(
      job: .file(job("epochs: \(epochs)", by: "epochs: \(epochs + 1)")), dataPath: fixture("dataset"),
      in: session)
    #expect(inputs.job.training.epochs > 1)
    #expect {
      try session.perform(TrainCloudModel(session, inputs))
    } throws: { "\($0)".contains("from version 0.1") && "\($0)".contains("--checkpoint") }
  }

  @Test func itsResultsAreNotMixedWithNewOnes() throws {
    let output = try output(with: ["results.h5": "results"])
    let session = try Session(SoloCommunicator(), output: output, start: .resume, outputs: .results)
    let inputs = try Inputs(
      job: .file(job()), dataPath: fixture("dataset"), Inputs.Options(methods: [.cloud, .local, .soft1]),
      in: session)
    let command = FineTuneFromCheckpoint(session, inputs, checkpoint: fixture("checkpoint"))
    #expect {
      try session.perform(command)
    } throws: { !"\($0)".contains("\n") && "\($0)".contains("results.h5") }
    #expect(FileManager.default.contentsEqual(atPath: "\(output)/results.h5", andPath: fixture("results")))
  }
}
