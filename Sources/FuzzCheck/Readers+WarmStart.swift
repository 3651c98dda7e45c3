import Dist
import Foundation
import LCFT
import Runs

extension Readers {
  /// A training goes on from a checkpoint with a catalogue beside it.
  func warmStart(from checkpoint: String, catalogue: String) throws {
    let folder = "\(scratch)/out/parent"
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (path, name) in [(checkpoint, "checkpoint-epoch-1.h5"), (catalogue, "catalogue.h5")] {
      guard FileManager.default.fileExists(atPath: path) else { continue }
      try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/\(name)")
    }
    try attempt { [self] in
      let session = try Session(
        SoloCommunicator(), output: "\(scratch)/out/run", start: .overwrite,
        outputs: [.checkpoints, .results])
      let inputs = try Inputs(job: .file(file("job.yaml")), dataPath: file("world.h5"), in: session)
      _ = try session.perform(TrainCloudModel(session, inputs, warmStart: WarmStartSource(folder)))
    }
  }
}
