import Foundation
import LCFT

/// What a finished run's `summary.json` says of how it was made.
struct FinishedSummary: Decodable {
  private struct Dataset: Decodable { var digest: String }
  private struct Digest: Decodable { var results: String? }

  private var settings: [String: String]
  private var dataset: Dataset
  private var digest: Digest

  /// The data set's content digest.
  var data: String { dataset.digest }
  var epochs: String? { settings[FinishedSummary.epochs] }
  private static let epochs = "training.epochs"

  /// Nil where there is no summary of results, or one of a version that did not keep the settings.
  init?(_ path: String) {
    guard let data = FileManager.default.contents(atPath: path),
      let found = try? JSONDecoder().decode(FinishedSummary.self, from: data), found.digest.results != nil
    else { return nil }
    self = found
  }

  /// The first setting that the results depend on and that `job` has another value of; nil where there is none. Settings
  /// of `measures` count where they are asked for: a run that goes on measures anew. A version that did not know a setting
  /// did what its default says.
  func difference(from job: Job, measures: Bool) -> (name: String, found: String, wanted: String)? {
    let names = Set((job.trainingSettings + job.fineTuningSettings).map(\.name))
      .union([FinishedSummary.epochs, "validation.patience", "finetuning.settings"])
    let wanted = FinishedSummary.settings(of: job)
    for name in Job.sections.all().map(\.name)
    where names.contains(name) || job.searches(by: name) || (measures && name.hasPrefix("metrics.")) {
      let found = settings[name] ?? (wanted[name] == nil ? nil : FinishedSummary.usual[name])
      guard found != wanted[name] else { continue }
      return (name, found ?? "(not given)", wanted[name] ?? "(not given)")
    }
    return nil
  }

  /// The settings of a job that says nothing.
  private static let usual = (try? Job.parse("", file: "")).map(settings) ?? [:]

  private static func settings(of job: Job) -> [String: String] {
    Dictionary(job.settingsInForce.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}

extension Job {
  /// Whether what a run searches by itself depends on the setting of that `name`.
  fileprivate func searches(by name: String) -> Bool {
    guard name.hasPrefix("search.") else { return false }
    let chooses = fineTuning.methods.contains(where: \.isChoice)
    let searched = fineTuning.settings == .searched ? searchedMethods : []
    let labels =
      (fineTuning.methods.contains(.hard) && fineTuning.labelTable == nil)
      || (searched + (chooses ? search.choice.methods : [])).contains(.hard)
    switch name.dropFirst("search.".count) {
    case "alphas", "betas": return labels
    case "holdout": return chooses || labels || !searched.isEmpty
    case "learning_rates", "epochs", "batch_sizes": return !searched.isEmpty
    case "mus": return searched.contains(.proximal)
    case "shares": return searched.contains(.averaged)
    case let name where name.hasPrefix("groups."): return chooses || labels
    case let name where name.hasPrefix("choice."): return chooses
    default: return false
    }
  }
}
