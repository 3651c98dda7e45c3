import IO
import Support

/// Where scores go: a file whose ending says of what kind it is.
struct ScoresFile {
  let output: OutputFile
  private let isCSV: Bool

  /// Throws where the ending says nothing.
  init(_ output: OutputFile) throws {
    self.output = output
    isCSV = output.path.hasSuffix(".csv")
    guard isCSV || output.path.hasSuffix(".h5") || output.path.hasSuffix(".hdf5") else {
      throw ServingError.unknownEnding(file: output.path, option: output.option)
    }
  }

  func write(_ predictions: Predictions) throws {
    // Somebody else may have made it since.
    try output.check()
    if isCSV {
      try predictions.writeCSV(to: output.path)
    } else {
      try PredictionsFile.write(predictions, to: output.path)
    }
  }
}
