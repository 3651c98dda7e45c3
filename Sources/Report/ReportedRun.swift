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
  /// Users with training samples, where it is known, and these.
  let trainUsers: Int?
  let trainSamples: Int
  let job: String
  let seed: UInt64
  /// Everything but the seed that the numbers depend on; nil where the results do not say all of it.
  let settings: String?
  /// Mean training loss of the cloud model in each epoch.
  let losses: [Double]
  /// Its scores on held-out samples as it was trained, and those of the model that was kept; empty where none were held
  /// out.
  let evaluations: [RunSummary.Evaluation]
  let best: RunSummary.Evaluation?
  let ranks: Int?
  /// Where it ran, and the command; nil in summaries of versions that did not say.
  let hosts: [RunSummary.Host]?
  let command: String?
  /// When `results.h5` was written, and by which program.
  let created: String
  let creator: String

  /// Reads `results.h5` and `summary.json` of `folder`. Throws `FileError` and `ReportError`.
  init(_ folder: String, name: String) throws {
    let files = RunFolder(folder)
    let header = try FileHeader.read(files.results)
    let results = try ResultsFile.read(files.results).withCommonScores()
    let summary = try ReportedSummary(files.summary)
    self.folder = folder
    self.name = name
    self.results = results
    // A job with keys of another version can be shown, if not compared.
    let parsed = Result { try Job.parse(results.job, file: "\(files.results):/job") }
    // Results of older versions have no comparisons of methods.
    significance = try results.significance ?? results.compareMethods(seed: parsed.get().seed)
    seed = (try? parsed.get().seed) ?? significance.seed
    settings = (try? parsed.get()).flatMap { ReportedRun.settings(of: results, $0) }
    dataset = summary.dataset.name ?? "data set \(results.datasetDigest.prefix(8))"
    samples = summary.dataset.trainSamples + summary.dataset.testSamples
    (trainUsers, trainSamples) = (summary.dataset.trainUsers, summary.dataset.trainSamples)
    job = summary.job
    losses = summary.cloudTraining?.loss ?? []
    evaluations = summary.cloudTraining?.validation ?? []
    best = summary.cloudTraining?.best
    ranks = summary.ranks
    hosts = summary.hosts
    command = summary.command
    created = header.created
    creator = header.creator
  }

  private static func settings(of results: Results, _ job: Job) -> String? {
    guard var findings = results.findings else { return nil }
    let methods = results.methods.compactMap { Method(rawValue: $0.name) }
    guard methods.count == results.methods.count else { return nil }
    var job = job
    // What a run has searched on its own data follows from its seed.
    if job.fineTuning.settings == .searched { findings.settings = [:] }
    guard (try? job.take(findings, file: "")) != nil else { return nil }
    var settings = job.trainingSettings + job.fineTuningSettings(of: methods)
    settings.removeAll { $0.name == "seed" }
    var searched: [String] = []
    if findings.choice?.datasetDigest == results.datasetDigest { searched.append(Job.choiceSetting) }
    if findings.labels?.datasetDigest == results.datasetDigest { searched.append(Job.labelsSetting) }
    settings.removeAll { searched.contains($0.name) }
    settings += [
      ("epochs of the cloud model", "\(job.training.epochs)"), ("data set", results.datasetDigest),
      ("users", results.users.row.map(String.init).joined(separator: ",")),
    ]
    return Journal.text(settings)
  }
}

/// The part of `summary.json` that a report needs: the rest may be of any version.
private struct ReportedSummary: Decodable {
  struct Counts: Decodable {
    var name: String?
    /// Nil in summaries of versions that did not say.
    var trainUsers: Int?
    var trainSamples: Int
    var testSamples: Int

    private enum CodingKeys: String, CodingKey {
      case name
      case trainUsers = "train_users"
      case trainSamples = "train_samples"
      case testSamples = "test_samples"
    }
  }

  struct Training: Decodable {
    var loss: [Double]
    var validation: [RunSummary.Evaluation]?
    var best: RunSummary.Evaluation?
  }

  var job: String
  var dataset: Counts
  var cloudTraining: Training?
  var ranks: Int?
  var hosts: [RunSummary.Host]?
  var command: String?

  private enum CodingKeys: String, CodingKey {
    case job, dataset, ranks, hosts, command
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
