import Dist
import Foundation
import IO
import LCFT
import Runs
import Studies
import Support
import TestSupport

/// A small world, a job and an output folder of one test's own, for commands among one rank.
struct RunExample {
  let folder: FileTestFolder
  let data: String
  let job: String
  let output: String

  /// `settings` are further lines of the job.
  init(_ settings: String = "", users: Int = 30) throws {
    folder = try FileTestFolder()
    data = folder.file("world.h5")
    job = folder.file("job.yaml")
    output = folder.file("out")
    var options = SyntheticWorld.Options(users: users, items: 40, categories: 5, seed: 2, drift: true)
    options.meanTraining = 12
    options.meanTest = 6
    try DatasetFile.write(try SyntheticWorld(options).dataset(), to: data)
    try write(settings)
  }

  /// The job anew, with other further lines.
  func write(_ settings: String = "", epochs: Int = 2) throws {
    try """
    name: example
    model: {name: DIN, attention: [6, 4], hidden: [8], history_length: 5}
    training: {epochs: \(epochs), batch_size: 32, learning_rate: 0.5, virtual_shards: 4}
    \(settings.contains("finetuning:") ? "" : "finetuning: {methods: [cloud, local, soft1]}")
    \(settings)
    """.write(toFile: job, atomically: true, encoding: .utf8)
  }

  func session(_ outputs: RunOutputs, _ start: RunStart = .fresh) throws -> Session {
    try Session(SoloCommunicator(), output: output, start: start, outputs: outputs)
  }

  func inputs(_ options: Inputs.Options = Inputs.Options(), in session: Session) throws -> Inputs {
    try Inputs(job: .file(job), dataPath: data, options, in: session)
  }

  /// A cloud model in the output folder.
  @discardableResult
  func train(_ start: RunStart = .fresh) throws -> CloudModel {
    let session = try session(.checkpoints, start)
    let options = Inputs.Options(labelledMethods: [], tunes: false)
    return try session.perform(TrainCloudModel(session, inputs(options, in: session))).model
  }

  /// A whole run.
  @discardableResult
  func run(_ start: RunStart, saving: ModelSelection? = nil) throws -> RunSummary {
    let session = try session([.checkpoints, .results, .labels], start)
    return try session.perform(RunJob(session, inputs(in: session), saving: saving)).summary
  }

  /// Every file of the output folder with its bytes; nil where there is no folder.
  func contents() throws -> [String: Data]? {
    guard FileManager.default.fileExists(atPath: output) else { return nil }
    var contents: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: output) where !isFolder(name) {
      contents[name] = try Data(contentsOf: URL(fileURLWithPath: "\(output)/\(name)"))
    }
    return contents
  }

  private func isFolder(_ name: String) -> Bool {
    var isFolder = ObjCBool(false)
    return FileManager.default.fileExists(atPath: "\(output)/\(name)", isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
