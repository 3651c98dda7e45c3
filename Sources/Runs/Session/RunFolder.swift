import Foundation
import IO
import Plan
import Support

/// The output folder of a run: which files it holds and whether a run may write there.
package struct RunFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var results: String { join("results.h5") }
  /// What is done so far, while work on many users runs.
  package var resultsJournal: String { join("results.journal") }
  package var labelsJournal: String { join("labels.journal") }
  package var searchJournal: String { join("search.journal") }
  package var abTestJournal: String { join("ab-test.journal") }
  /// Hard correction's table, for programs and for people, and the settings by method.
  package var labels: String { join("labels.h5") }
  package var labelsText: String { join("labels.yaml") }
  package var search: String { join("search.h5") }
  package var searchText: String { join("search.yaml") }
  package var summary: String { join("summary.json") }
  /// Users' fine-tuned models: those of all ranks, and the file of one rank.
  package var models: String { join("models.h5") }
  package func models(rank: Int) -> String { join("models-rank-\(rank).h5") }
  /// The models that a rank has fine-tuned so far; every start of a run writes journals of its own.
  package func modelsJournal(start: Int, rank: Int) -> String { join("models-\(start)-\(rank).journal") }
  /// A simulated online test: what every user was shown and clicked, the days' table, and what came out.
  package var abTest: String { join("ab-test.h5") }
  package var abTestDays: String { join("ab-days.csv") }
  package var abTestSummary: String { join("ab-test.json") }
  /// The model of a group of users, named as in `CTRIntervals`.
  package func group(_ name: String) -> String { join("group-\(name).h5") }
  package func checkpoint(epoch: Int) -> String { join("checkpoint-epoch-\(epoch).h5") }
  /// The newest checkpoint within an epoch, of the cloud training, of the search's and of a group's.
  package var latestStep: String { join("checkpoint-latest.h5") }
  package var latestSearchStep: String { join("search-latest.h5") }
  package func latestGroupStep(_ name: String) -> String { join("group-\(name)-latest.h5") }

  /// The epoch of the latest checkpoint, or nil if there is none.
  package func latestCheckpoint() -> Int? {
    names().compactMap { name in
      guard name.hasPrefix("checkpoint-epoch-"), name.hasSuffix(".h5") else { return nil }
      return Int(name.dropFirst("checkpoint-epoch-".count).dropLast(".h5".count))
    }.max()
  }

  /// The journals of fine-tuned models that earlier starts of a run have left, in the order of their names, and
  /// the number of the next start.
  func modelsJournals() -> (paths: [String], nextStart: Int) {
    let found = names().filter { $0.hasPrefix("models-") && $0.hasSuffix(".journal") }.sorted()
    let starts = found.compactMap { Int($0.dropFirst("models-".count).prefix { $0 != "-" }) }
    return (found.map(join), (starts.max() ?? 0) + 1)
  }

  /// Removes what ranks that there are no more wrote of users' models.
  func removeModels(fromRank size: Int) throws {
    for name in names() where name.hasPrefix("models-rank-") && name.hasSuffix(".h5") {
      guard let rank = Int(name.dropFirst("models-rank-".count).dropLast(".h5".count)), rank >= size else {
        continue
      }
      try FileStatus.remove(join(name))
    }
  }

  /// Makes the folder and says what an earlier run left, which a run that does not resume must not touch.
  /// The folder is this run's alone as long as the lock that is returned lives.
  package func prepare(_ start: RunStart, outputs: RunOutputs) throws -> FolderLock {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw RunError.folder(path, reason: "the output folder cannot be made")
    }
    guard FileManager.default.isWritableFile(atPath: path) else {
      throw RunError.folder(path, reason: "the output folder is not writable")
    }
    let lock = try FolderLock(path)
    AtomicFile.removeLeftovers(in: path)
    let found = names().filter { outputs.contains($0) }.sorted()
    switch start {
    case .resume: break
    case .fresh:
      if let first = found.first { throw RunError.occupied(path, first) }
    case .overwrite:
      for name in found {
        guard (try? FileManager.default.removeItem(atPath: join(name))) != nil else {
          throw RunError.folder(join(name), reason: "cannot be removed")
        }
      }
    }
    return lock
  }

  private func join(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

  private func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}

/// How a run treats what is in its output folder.
package enum RunStart: Sendable {
  /// Only into a folder without outputs of an earlier run.
  case fresh
  /// Goes on where an earlier run of the same job and data stopped.
  case resume
  /// Removes an earlier run's outputs.
  case overwrite
}

/// The files that a command writes.
package struct RunOutputs: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let checkpoints = RunOutputs(rawValue: 1)
  package static let results = RunOutputs(rawValue: 2)
  package static let abTest = RunOutputs(rawValue: 4)
  package static let labels = RunOutputs(rawValue: 8)
  package static let search = RunOutputs(rawValue: 16)

  /// What a run that writes these files does.
  var work: PlannedWork {
    var work: PlannedWork = []
    if contains(.checkpoints) { work.insert(.training) }
    if contains(.results) { work.insert(.fineTuning) }
    if contains(.abTest) { work.insert(.simulation) }
    if !isDisjoint(with: [.labels, .search]) { work.insert(.searching) }
    return work
  }

  func contains(_ name: String) -> Bool {
    let isCheckpoint =
      (name.hasPrefix("checkpoint-epoch-") && name.hasSuffix(".h5")) || name == "checkpoint-latest.h5"
    let isResult =
      ["results.h5", "results.journal", "models.h5"].contains(name)
      || ((name.hasPrefix("models-rank-") || name.hasPrefix("group-")) && name.hasSuffix(".h5"))
      || (name.hasPrefix("models-") && name.hasSuffix(".journal"))
    let isABTest = ["ab-test.h5", "ab-days.csv", "ab-test.json", "ab-test.journal"].contains(name)
    let isLabels = ["labels.h5", "labels.yaml", "labels.journal", "search-latest.h5"].contains(name)
    let isSearch = ["search.h5", "search.yaml", "search.journal", "search-latest.h5"].contains(name)
    return (contains(.checkpoints) && isCheckpoint) || (contains(.results) && isResult)
      || (contains(.abTest) && isABTest) || (contains(.labels) && isLabels)
      || (contains(.search) && isSearch)
  }
}

/// Why a run is refused.
package enum RunError: Error, CustomStringConvertible {
  case folder(String, reason: String)
  case occupied(String, String)
  case noCheckpoint(String)
  case noEvaluatedUsers(String)
  case differentFiles(String)
  case changed(file: String, setting: String, found: String, wanted: String)
  case otherResults(file: String, what: String)
  /// `host` is nil where the process is on this one.
  case inUse(String, host: String?, process: Int, since: String, lock: String)
  /// An error that came when much was done.
  case kept(String, journal: String)
  case nothingToKeep
  case notSaved(file: String, method: String, saved: [String])

  package var description: String {
    switch self {
    case .folder(let path, let reason): "\(path): \(reason)"
    case .occupied(let path, let name):
      "\(path): holds \(name) of an earlier run; give --resume to go on with it, --overwrite to start anew, "
        + "or another --output"
    case .noCheckpoint(let path):
      "\(path): no checkpoint-epoch-N.h5 there; run lcft train first, or give --checkpoint FILE"
    case .noEvaluatedUsers(let path):
      "\(path): no user has both training and test samples; import with another split"
    case .differentFiles(let path):
      "\(path): not the same content on every rank; copy the same file to all hosts"
    case .changed(let file, let setting, let found, let wanted):
      "\(file): was made with \(setting) \(found), the job now says \(wanted); give the earlier job, or "
        + "another --output"
    case .inUse(let path, nil, let process, let since, _):
      "\(path): in use by process \(process) on this host since \(since); wait for its end, or give another --output"
    case .inUse(let path, let host?, let process, let since, let lock):
      "\(path): in use by process \(process) on host \(host) since \(since); wait for its end, or, if it is no "
        + "longer there, delete \(lock)"
    case .kept(let message, let journal):
      "\(message); what was done is kept in \(journal): start the same command with --resume when that is mended"
    case .nothingToKeep:
      "no method of the run fine-tunes; add one to --methods, or leave out --save-models"
    case .notSaved(let file, let method, let saved):
      "\(file): holds no models fine-tuned under \(method), only under \(saved.joined(separator: ", "))"
    case .otherResults(let file, let what):
      "\(file): was made with another \(what); give that one, or --overwrite to start the fine-tuning anew"
    }
  }
}
