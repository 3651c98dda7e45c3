import Foundation
import IO
import LCFT
import Support

extension Calibration {
  /// Seconds for the results of the users that `outcomes` has: of what rank 0 does alone, and of parts; the least of some
  /// turns.
  static func results(
    _ outcomes: OutcomeTable, _ job: Job, _ dataset: Dataset
  ) throws -> (alone: Double, inParts: Double) {
    let turns = try (0..<3).map { _ in
      try inScratch { path in
        try Processors.alone {
          let (start, before) = (processorSeconds(), Processors.secondsInParts)
          var results = try outcomes.results(
            model: job.model.name, job: job, datasetDigest: "", checkpointDigest: "",
            in: DatasetParts(dataset))
          results.significance = results.compareMethods(seed: job.seed)
          try ResultsFile.write(results, to: path)
          let inParts = Processors.secondsInParts - before
          return (alone: processorSeconds() - start - inParts, inParts: inParts)
        }
      }
    }
    return (turns.map(\.alone).min() ?? 0, turns.map(\.inParts).min() ?? 0)
  }

  /// Runs `body` with the path of a file to write, which is removed afterwards.
  static func inScratch<Value>(_ body: (String) throws -> Value) throws -> Value {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(
      "lcft-plan-\(UUID().uuidString).h5"
    )
    .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }
}
