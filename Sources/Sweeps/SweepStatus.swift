import Foundation
import IO
import LCFT
import Runs
import Support

/// What has become of a run of a sweep.
package enum SweepState: String, Sendable {
  case done
  /// Killed, stopped, or finished with fewer epochs: it goes on.
  case halfDone = "half done"
  case missing
  case failed
  /// Another command has its folder.
  case atWork = "at work"
}

/// What has become of a run of a sweep, with a word on it.
package struct SweepStatus: Sendable, Equatable {
  package var state: SweepState
  /// The error of a failed run, how far one at work is, or empty.
  package var detail = ""

  package init(_ state: SweepState, _ detail: String = "") {
    self.state = state
    self.detail = detail
  }
}

extension SweepRun {
  /// What the run's folder says. `digest` is the data set's; nil: not known.
  package func status(in output: String, data digest: String?) -> SweepStatus {
    let folder = folder(in: output)
    guard FileStatus.isFolder(folder) else { return SweepStatus(.missing) }
    let status = RunStatus(of: folder)
    if status.state == .running || status.state == .silent {
      let phase = status.phase.map { "\($0), " } ?? ""
      return SweepStatus(.atWork, phase + "process \(status.process ?? 0) of \(status.host ?? "?")")
    }
    if isFinished(in: folder, data: digest) { return SweepStatus(.done) }
    if let line = RunLog(log(in: output)).failure { return SweepStatus(.failed, line) }
    switch status.state {
    case .failed: return SweepStatus(.failed, status.reason ?? "")
    case .none, .unreadable: return SweepStatus(.missing)
    case .finished, .stopped, .killed, .running, .silent: return SweepStatus(.halfDone, status.phase ?? "")
    }
  }

  /// Whether the folder has the results of this job on this data.
  private func isFinished(in folder: String, data digest: String?) -> Bool {
    let files = RunFolder(folder)
    guard FileManager.default.fileExists(atPath: files.results), let summary = FinishedSummary(files.summary),
      digest == nil || summary.data == digest
    else { return false }
    return summary.difference(from: job) == nil
  }

  /// Throws `SweepError.run` where the folder holds what is not of this job and data set, so that the run could not go on
  /// from it.
  func checkEarlier(in output: String, data: SweepData) throws {
    let folder = RunFolder(folder(in: output))
    do {
      try folder.check(.resume, outputs: [.checkpoints, .results, .labels])
      if let path = try folder.newestCheckpoint() {
        let outline = try CheckpointFile.readOutline(path)
        if let digest = data.digest, outline.datasetDigest != digest {
          throw CheckpointMismatch.dataset(file: path, found: outline.datasetDigest, wanted: digest)
        }
        let earlier = try Job.parse(outline.job, file: "\(path):/job")
        try Journal.check(earlier.trainingSettings, are: job.trainingSettings, file: path)
      }
      // Results of fewer epochs are set aside when the training goes on, whatever they depend on.
      if let summary = FinishedSummary(folder.summary), summary.epochs == "\(job.training.epochs)",
        let (name, found, wanted) = summary.difference(from: job)
      {
        throw FileError.otherSettings(file: folder.summary, setting: name, found: found, wanted: wanted)
      }
    } catch {
      throw SweepError.run(name: name, reason: StandardError.line(error))
    }
  }
}

/// What a finished run's `summary.json` says of how it was made.
private struct FinishedSummary: Decodable {
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

  /// The first setting that the results depend on and that `job` has another value of; nil where there is none. A version
  /// that did not know a setting did what its default says.
  func difference(from job: Job) -> (name: String, found: String, wanted: String)? {
    let names = Set((job.trainingSettings + job.fineTuningSettings).map(\.name))
      .union([FinishedSummary.epochs, "validation.patience", "finetuning.settings"])
    let wanted = FinishedSummary.settings(of: job)
    for name in Job.sections.all().map(\.name) where names.contains(name) {
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
