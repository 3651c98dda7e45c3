import Foundation
import IO
import Plan
import Support

/// The output folder of a run: which files it holds and whether a run may write there.
package struct RunFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var results: String { join("results.h5") }
  /// The work done so far, while work on many users runs.
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
  /// The models that a rank has fine-tuned so far; every start of a run writes its own journals.
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

  /// The journals of fine-tuned models that earlier starts of a run have left, in the order of their names,
  /// and the number of the next start.
  func modelsJournals() -> (paths: [String], nextStart: Int) {
    let found = names().filter { $0.hasPrefix("models-") && $0.hasSuffix(".journal") }.sorted()
    let starts = found.compactMap { Int($0.dropFirst("models-".count).prefix { $0 != "-" }) }
    return (found.map(join), (starts.max() ?? 0) + 1)
  }

  /// Removes the users' models of ranks that no longer exist.
  func removeModels(fromRank size: Int) throws {
    for name in names() where name.hasPrefix("models-rank-") && name.hasSuffix(".h5") {
      guard let rank = Int(name.dropFirst("models-rank-".count).dropLast(".h5".count)), rank >= size else {
        continue
      }
      try FileStatus.remove(join(name))
    }
  }

  /// Only looks: throws `RunError` where the folder cannot be made or written to, or holds outputs of an
  /// earlier run that this one must not touch.
  package func check(_ start: RunStart, outputs: RunOutputs) throws {
    var isFolder = ObjCBool(false)
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw RunError.noFolder(path: path) }
      guard FileManager.default.isWritableFile(atPath: path) else {
        throw RunError.readOnlyFolder(path: path)
      }
      if start == .fresh, let first = names().filter({ outputs.contains($0) }).min() {
        throw RunError.occupied(folder: path, file: first)
      }
    } else {
      let above = FileStatus.nearestExisting(path)
      guard FileManager.default.fileExists(atPath: above, isDirectory: &isFolder), isFolder.boolValue,
        FileManager.default.isWritableFile(atPath: above)
      else { throw RunError.noFolder(path: path) }
    }
  }

  /// Creates the folder if it is missing, locks it, and removes the earlier outputs that a run overwrites.
  /// The folder is this run's alone as long as the lock that is returned lives. Throws what `check` throws,
  /// and `RunError.inUse`.
  package func prepare(_ start: RunStart, outputs: RunOutputs) throws -> FolderLock {
    guard (try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)) != nil
    else {
      throw RunError.noFolder(path: path)
    }
    guard FileManager.default.isWritableFile(atPath: path) else { throw RunError.readOnlyFolder(path: path) }
    let lock = try FolderLock(path)
    AtomicFile.removeLeftovers(in: path)
    try check(start, outputs: outputs)
    if start == .overwrite {
      for name in names() where outputs.contains(name) { try FileStatus.remove(join(name)) }
    }
    return lock
  }

  /// The files in the folder that are among `outputs`.
  func files(of outputs: RunOutputs) -> [String] { names().filter { outputs.contains($0) }.map(join) }

  /// Whether the folder has the file `path`.
  func holds(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private func join(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

  private func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}
