import Foundation
import IO
import LCFT
import Runs

/// What a report takes from one run's folder.
struct ReportedRun {
  /// As it was given.
  let folder: String
  /// Identifies the run in a report: the folder's name.
  let name: String
  let results: Results
  let significance: Results.Significance
  /// The data set's name.
  let dataset: String
  /// Training and test samples of the data set.
  let samples: Int
  let job: String
  /// Mean training loss of the cloud model in each epoch.
  let losses: [Double]

  /// Reads `results.h5` and `summary.json` of `folder`. Throws `FileError` and `ReportError`.
  init(_ folder: String, name: String) throws {
    let files = RunFolder(folder)
    let results = try ResultsFile.read(files.results)
    let summary = try ReportedSummary(files.summary)
    self.folder = folder
    self.name = name
    self.results = results
    // Results of older versions have no comparisons of methods.
    significance =
      try results.significance
      ?? results.compareMethods(seed: Job.parse(results.job, file: "\(files.results):/job").seed)
    dataset = summary.dataset.name ?? "data set \(results.datasetDigest.prefix(8))"
    samples = summary.dataset.trainSamples + summary.dataset.testSamples
    job = summary.job
    losses = summary.cloudTraining?.loss ?? []
  }

  func method(_ name: String) -> Results.Method? { results.methods.first { $0.name == name } }
}

/// The part of `summary.json` that a report needs: the rest may be of any version.
private struct ReportedSummary: Decodable {
  struct Counts: Decodable {
    var name: String?
    var trainSamples: Int
    var testSamples: Int

    private enum CodingKeys: String, CodingKey {
      case name
      case trainSamples = "train_samples"
      case testSamples = "test_samples"
    }
  }

  struct Training: Decodable { var loss: [Double] }

  var job: String
  var dataset: Counts
  var cloudTraining: Training?

  private enum CodingKeys: String, CodingKey {
    case job, dataset
    case cloudTraining = "cloud_training"
  }

  init(_ path: String) throws {
    let bytes: [UInt8]
    do throws(TextFile.Failure) {
      bytes = try TextFile.bytes(path)
    } catch {
      throw ReportError.summary(
        file: path, reason: "\(error); lcft run and lcft finetune write it next to results.h5")
    }
    do {
      self = try JSONDecoder().decode(ReportedSummary.self, from: Data(bytes))
    } catch {
      throw ReportError.summary(file: path, reason: "not a summary as lcft run and lcft finetune write it")
    }
  }
}
