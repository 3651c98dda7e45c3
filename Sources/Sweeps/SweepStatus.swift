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
    case .failed, .unreadable: return SweepStatus(.failed, status.reason ?? "")
    case .none: return SweepStatus(.missing)
    case .finished, .stopped, .killed, .running, .silent: return SweepStatus(.halfDone, status.phase ?? "")
    }
  }

  /// Whether the folder has the results of this job on this data.
  private func isFinished(in folder: String, data digest: String?) -> Bool {
    let files = RunFolder(folder)
    guard FileManager.default.fileExists(atPath: files.results), let summary = FinishedSummary(files.summary),
      digest == nil || summary.data == digest
    else { return false }
    return summary.difference(from: job, measures: true) == nil
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
        let epoch = try CheckpointFile.readProgress(path).epoch
        guard epoch <= job.training.epochs else {
          throw CheckpointMismatch.pastEnd(file: path, epoch: epoch, epochs: job.training.epochs)
        }
      }
      // Results of fewer epochs are set aside when the training goes on, whatever they depend on.
      if let summary = FinishedSummary(folder.summary), summary.epochs == "\(job.training.epochs)",
        let (name, found, wanted) = summary.difference(from: job, measures: false)
      {
        throw FileError.otherSettings(file: folder.summary, setting: name, found: found, wanted: wanted)
      }
    } catch {
      throw SweepError.run(name: name, reason: StandardError.line(error))
    }
  }
}
