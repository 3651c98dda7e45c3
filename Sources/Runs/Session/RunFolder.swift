import Foundation
import IO
import Plan
import Support

/// The output folder of a run: which files it holds and whether a run may write there. A run that replaces an
/// earlier one's files has its own in a folder within it until they are whole (`Replacement`).
package struct RunFolder: Sendable {
  package let path: String
  /// What the run writes while it works beside earlier files; nothing otherwise.
  private let beside: Replacement?

  package init(_ path: String) { self.init(path, beside: nil) }

  /// `beside` is where the files are that the run writes; nil: in the folder itself.
  init(_ path: String, beside: Replacement?) {
    self.path = path
    self.beside = beside
  }

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
  /// The choice of methods, and what its folds keep until it is made: outcomes, trainings, the best models.
  package var choice: String { join("choice.h5") }
  package func journal(ofFold fold: Int) -> String { join("choice-\(fold).journal") }
  package func latestStep(ofFold fold: Int) -> String { join("choice-\(fold)-latest.h5") }
  package func best(ofFold fold: Int) -> String { join("choice-\(fold)-best.h5") }
  package var searchText: String { join("search.yaml") }
  package var summary: String { join("summary.json") }
  /// How far the runs in this folder are and have been. Never beside earlier files: a run that replaces them goes on with
  /// the same one.
  package var progress: String { prefix + "progress.jsonl" }
  /// A search of cloud settings: its table, the best candidate's job, what candidates have come to, and the trainings of
  /// those that are at work.
  package var cloudSearch: String { join("search-cloud.h5") }
  package var cloudSearchText: String { join("search-cloud.yaml") }
  package var cloudJournal: String { join("search-cloud.journal") }
  package func candidate(_ number: Int) -> String { join("search-candidate-\(number).h5") }
  package func bestOfCandidate(_ number: Int) -> String { join("search-candidate-\(number)-best.h5") }
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
  /// The names of the rows of the checkpoints' tables.
  package var catalogue: String { join(RunFolder.catalogueName) }
  package static let catalogueName = "catalogue.h5"
  package func checkpoint(epoch: Int) -> String { join("checkpoint-epoch-\(epoch).h5") }
  /// The newest checkpoint within an epoch, of the cloud training, of the search's and of a group's.
  package var latestStep: String { join("checkpoint-latest.h5") }
  package var latestSearchStep: String { join("search-latest.h5") }
  /// The best model of a validated training, of the cloud training and of the search's.
  package var best: String { join("checkpoint-best.h5") }
  package var bestOfSearch: String { join("search-best.h5") }
  package func latestGroupStep(_ name: String) -> String { join("group-\(name)-latest.h5") }

  /// Whether a file of the name is one that runs keep in their output folders, whatever they do.
  static func names(_ name: String) -> Bool {
    RunOutputs.all.writes(name) || KeptEpochs.contains(name) || name == "progress.jsonl"
      || name == FolderLock.name
  }

  /// Those files in `folder`, whatever run has made them. Throws `SystemError` where it cannot be listed.
  package static func files(of folder: String) throws -> [String] {
    try FileStatus.names(in: folder).filter(names).map { FileStatus.path(of: $0, in: folder) }
  }

  /// The epoch of the latest checkpoint, or nil if there is none.
  package func latestCheckpoint() throws -> Int? { try checkpointEpochs().max() }

  /// The cloud model: the best, where the training was validated, else the latest. Throws `RunError.noCheckpoint` where there
  /// is none.
  package func cloudCheckpoint() throws -> String {
    if holds(best) { return best }
    guard let epoch = try latestCheckpoint() else { throw RunError.noCheckpoint(folder: path) }
    return checkpoint(epoch: epoch)
  }

  /// The checkpoint that `path` is, or the cloud model of the output folder that it is. Throws as `cloudCheckpoint()`.
  package static func cloudCheckpoint(at path: String) throws -> String {
    FileStatus.isFolder(path) ? try RunFolder(path).cloudCheckpoint() : path
  }

  /// The checkpoint of the cloud training that has done the most steps; nil if there is none. Throws what reading
  /// checkpoints throws.
  package func newestCheckpoint() throws -> String? {
    let epoch = try latestCheckpoint().map { checkpoint(epoch: $0) }
    guard holds(latestStep) else { return epoch }
    let step = try CheckpointFile.readProgress(latestStep).step
    guard let epoch, try CheckpointFile.readProgress(epoch).step >= step else { return latestStep }
    return epoch
  }

  /// The epochs that there are checkpoints of.
  func checkpointEpochs() throws -> [Int] {
    try names(beside: latestStep).compactMap { name in
      guard name.hasPrefix("checkpoint-epoch-"), name.hasSuffix(".h5") else { return nil }
      return Int(name.dropFirst("checkpoint-epoch-".count).dropLast(".h5".count))
    }
  }

  /// The models of groups of users, those in training among them.
  func groups() throws -> [String] {
    try names(beside: group("")).filter { $0.hasPrefix("group-") && $0.hasSuffix(".h5") }.map(join)
  }

  /// The files that `models` joins.
  func rankModels() throws -> [String] {
    try names(beside: models).filter { $0.hasPrefix("models-rank-") && $0.hasSuffix(".h5") }.map(join)
  }

  /// The journals of fine-tuned models that earlier starts of a run have left, in the order of their names,
  /// and the number of the next start.
  func modelsJournals() throws -> (paths: [String], nextStart: Int) {
    let found = try names(beside: models).filter { $0.hasPrefix("models-") && $0.hasSuffix(".journal") }
    let starts = found.compactMap { Int($0.dropFirst("models-".count).prefix { $0 != "-" }) }
    return (found.map(join), (starts.max() ?? 0) + 1)
  }

  /// Removes the users' models of ranks that no longer exist.
  func removeModels(fromRank size: Int) throws {
    let current = (0..<size).map { models(rank: $0) }
    for file in try rankModels() where !current.contains(file) { try FileStatus.remove(file) }
  }

  /// Only looks: throws `RunError` where the folder cannot be made or written to, or holds outputs of an
  /// earlier run that this one must not touch, and `SystemError` where what it replaces is no file.
  package func check(_ start: RunStart, outputs: RunOutputs) throws {
    var isFolder = ObjCBool(false)
    guard !path.isEmpty else { throw RunError.noFolder(path: path, why: "") }
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      let above = FileStatus.nearestExisting(path)
      guard FileManager.default.fileExists(atPath: above, isDirectory: &isFolder), isFolder.boolValue else {
        throw RunError.noFolder(path: path, why: "\(above) is not a folder")
      }
      guard FileManager.default.isWritableFile(atPath: above) else {
        throw RunError.noFolder(path: path, why: "\(above) is not writable")
      }
      return
    }
    guard isFolder.boolValue else { throw RunError.noFolder(path: path, why: "a file has this name") }
    guard FileManager.default.isWritableFile(atPath: path) else { throw RunError.readOnlyFolder(path: path) }
    if start == .fresh {
      if let first = try Replacement.halfExchanged(in: path) {
        throw RunError.halfExchanged(folder: path, file: first.name)
      }
      let unfinished = Replacement(of: outputs, in: path).name
      // A catalogue alone is what a run leaves that came to no checkpoint: nothing is lost with it.
      let kept = try names().filter { $0 != RunFolder.catalogueName }
      let earlier = try kept.filter { outputs.contains($0) || $0 == unfinished } + timelines(of: outputs)
      if let first = earlier.first {
        // What is there may be of a run at work.
        try FolderLock.check(path)
        throw RunError.occupied(folder: path, file: first)
      }
    }
    if start == .resume, let name = try Replacement.another(than: outputs, in: path) {
      try FolderLock.check(path)
      throw RunError.otherReplacement(folder: path, name: name)
    }
    if start == .overwrite {
      for file in try replaced(by: outputs) { try FileStatus.checkReplaceable(file) }
    }
  }

  /// Creates the folder if it is missing. Throws `RunError.noFolder`.
  package func make() throws(RunError) {
    do { try AtomicFile.makeFolder(path) } catch {
      guard case SystemError.failed(let file, let action, let code) = error else {
        throw .noFolder(path: path, why: "\(error)")
      }
      let place = file == path ? "" : "cannot \(action) \(file): "
      throw .noFolder(path: path, why: place + String(cString: strerror(code)))
    }
  }

  /// Creates the folder if it is missing, locks it, and makes room for the files of a run that overwrites. The
  /// folder is this run's alone as long as the lock that is returned lives. Throws what `check` throws, and
  /// `RunError.inUse`.
  package func prepare(_ start: RunStart, outputs: RunOutputs) throws -> FolderLock {
    try make()
    guard FileManager.default.isWritableFile(atPath: path) else { throw RunError.readOnlyFolder(path: path) }
    let lock = try FolderLock(path)
    AtomicFile.removeLeftovers(in: path)
    try check(start, outputs: outputs)
    if let beside {
      if start == .overwrite { try beside.removeUnfinished() }
      try beside.create()
    }
    return lock
  }

  /// The files of earlier runs that go when `outputs` are made anew.
  func replaced(by outputs: RunOutputs) throws -> [String] {
    let own = try names().filter { outputs.replaces($0) }
    let files = try own.flatMap { name in
      KeptEpochs.isFolder(name) ? try FileStatus.names(in: prefix + name).map { "\(name)/\($0)" } : [name]
    }
    // Of labels and settings a report says nothing.
    let reported = !outputs.isDisjoint(with: [.checkpoints, .results, .abTest])
    return try (files + timelines(of: outputs)).map { prefix + $0 }
      + (reported ? EarlierReport(in: report).files : [])
  }

  /// The timelines in the folder of what goes when `outputs` are made anew: training and fine-tuning have some.
  private func timelines(of outputs: RunOutputs) throws -> [String] {
    let stale: RunOutputs = outputs.contains(.checkpoints) ? [.checkpoints, .results] : [.results]
    guard !outputs.isDisjoint(with: stale) else { return [] }
    return try names().filter { name in
      try EarlierTimeline.outputs(of: prefix + name).map { !$0.isDisjoint(with: stale) } ?? false
    }
  }

  /// Where `lcft report` writes unless told otherwise.
  package var report: String { join("report") }

  /// Whether the folder has the file `path`.
  func holds(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private var prefix: String { path.hasSuffix("/") ? path : path + "/" }

  private func join(_ name: String) -> String {
    guard let beside, beside.outputs.writes(name) else { return prefix + name }
    return "\(beside.path)/\(name)"
  }

  private func names() throws -> [String] { try FileStatus.names(in: path) }

  /// The names in the folder that `file` lies in.
  private func names(beside file: String) throws -> [String] {
    try FileStatus.names(in: FileStatus.folder(of: file))
  }
}
