import Dist
import Serving

extension Readers {
  /// Scores the pairs `path` by the corpus's own model.
  func predict(_ path: String) throws {
    var options = Predict.Options(
      checkpoint: file("checkpoint.h5"), pairs: path, output: "\(scratch)/out/scores.csv")
    options.data = file("world.h5")
    options.overwrites = true
    try attempt { _ = try Predict(options, SoloCommunicator()).run() }
  }
}
