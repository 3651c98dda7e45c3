import Dist
import IO

/// Reading a data set as a rank does, its checks and its digest included.
struct FileBenchmarks {
  let report: Report

  func run(_ path: String) throws {
    var samples = 0
    let measurement = try Measurement.best(of: 3) {
      let dataset = try DatasetFile.read(path)
      samples = dataset.train.count + dataset.test.count
      return 1
    }
    report.line("load \(path), \(samples) samples", measurement, "loads")
  }
}
