import Foundation
import IO
import Support

/// What was made from the model of a shorter training, where a resumed job now trains for more epochs: results,
/// groups' and users' models, the tables of searches and the summary are kept under names with the number of epochs,
/// `results-epochs-2.h5`, and are computed anew. What an interrupted fine-tuning had done of them is of no use any more and is removed.
///
/// Each file says which cloud model it was made from, so that a kill between two of them does no harm. Every function
/// is collective.
struct EarlierEpochs {
  private let session: Session
  private let inputs: Inputs

  init(_ session: Session, _ inputs: Inputs) {
    self.session = session
    self.inputs = inputs
  }

  /// A file of a training of so many epochs, and what becomes of it.
  private struct Found {
    enum Fate {
      case removed, keptBeside, keptInFolder
    }

    var file: String
    var epochs: Int
    var fate: Fate

    /// Its name when it is kept, the `number`-th of its kind; nil where it is removed.
    func kept(_ number: Int) -> String? {
      switch fate {
      case .removed: nil
      case .keptBeside: KeptEpochs.path(file, epochs: epochs, number: number)
      case .keptInFolder:
        "\(KeptEpochs.folder(beside: file, epochs: epochs, number: number))/\(FileStatus.name(of: file))"
      }
    }
  }

  /// The number under which none of the names of `found` is taken.
  private func number(for found: [Found]) -> Int {
    var number = 1
    while found.contains(where: { $0.kept(number).map(session.folder.holds) ?? false }) { number += 1 }
    return number
  }

  /// Whether there is anything to set aside.
  func check() throws -> Bool { try session.leaderFinds(!files().isEmpty) }

  /// What `setAside` would do.
  func preview() throws -> RunPreview {
    let kept = try session.communicator.collectively {
      let found = try files()
      let number = number(for: found)
      return found.compactMap { $0.kept(number) }
    }
    return RunPreview(work: kept.isEmpty ? [] : ["keep earlier files as \(kept.joined(separator: ", "))"])
  }

  /// Sets it aside, and says so.
  func setAside() throws {
    try session.communicator.collectively {
      let found = try files()
      let number = number(for: found)
      for one in found {
        guard let kept = one.kept(number) else {
          try FileStatus.remove(one.file)
          continue
        }
        let folder = FileStatus.folder(of: kept)
        try AtomicFile.makeFolder(folder)
        guard rename(one.file, kept) == 0 else {
          throw SystemError.failed(file: kept, action: "rename a file to", code: errno)
        }
        try AtomicFile.syncFolder(of: kept)
      }
      guard let first = found.first else { return }
      var kept: [String] = []
      for file in found.compactMap({ $0.kept(number) }) {
        let folder = FileStatus.name(of: FileStatus.folder(of: file))
        let name = KeptEpochs.isFolder(folder) ? folder : FileStatus.name(of: file)
        if !kept.contains(name) { kept.append(name) }
      }
      session.say(
        "the job now has \(counted(inputs.job.training.epochs, "epoch")): training goes on, and everything after it is done anew; "
          + (kept.isEmpty
            ? "what was begun with the model after epoch \(first.epochs) is given up"
            : "what was made from the model after epoch \(first.epochs) is kept as "
              + kept.joined(separator: ", ")))
    }
  }

  /// On rank 0.
  private func files() throws -> [Found] {
    guard session.leads, session.start == .resume else { return [] }
    return try madeFromModels() + tables()
  }

  private func tables() throws -> [Found] {
    try EarlierTables(session: session, inputs: inputs).files().map { file, isKept, epochs in
      Found(file: file, epochs: epochs, fate: isKept ? .keptBeside : .removed)
    }
  }

  private func madeFromModels() throws -> [Found] {
    let folder = session.folder
    let epochOfModel = try models()
    guard !epochOfModel.isEmpty else { return [] }

    var found: [Found] = []
    func add(_ file: String, madeFrom digest: String?, _ fate: Found.Fate) {
      guard let digest, let epoch = epochOfModel[digest] else { return }
      found.append(Found(file: file, epochs: epoch, fate: fate))
    }
    if folder.holds(folder.results) {
      let digest = try ResultsFile.checkpointDigest(of: folder.results)
      add(folder.results, madeFrom: digest, .keptBeside)
    }
    if folder.holds(folder.summary) {
      add(folder.summary, madeFrom: try EarlierSummary(folder.summary)?.digest.checkpoint, .keptBeside)
    }
    for file in try folder.groups() where !KeptEpochs.contains(FileStatus.name(of: file)) {
      let digest = try CheckpointFile.readOutline(file).group?.cloudDigest
      add(file, madeFrom: digest, file.hasSuffix("-latest.h5") ? .removed : .keptBeside)
    }
    for journal in try [folder.resultsJournal] + folder.modelsJournals().paths {
      let settings = try Journal.settings(of: journal) ?? []
      add(journal, madeFrom: settings.first { $0.name == Inputs.cloudModelSetting }?.value, .removed)
    }
    if folder.holds(folder.models) {
      let digest = try PersonalModelsFile.Reader(folder.models).layout.checkpointDigest
      // The file that joins them goes last, as it is the one that says what they are.
      for file in try folder.rankModels() + [folder.models] {
        add(file, madeFrom: digest, .keptInFolder)
      }
    }
    return found
  }

  /// The models of shorter trainings that something may have been made from, by their content, with the epochs of the
  /// training: those after each epoch, or where it is validated the best one so far.
  private func models() throws -> [String: Int] {
    let (folder, job) = (session.folder, inputs.job)
    var epochs: [String: Int] = [:]
    if job.validation.last != nil {
      guard folder.holds(folder.best), let newest = try folder.newestCheckpoint() else { return [:] }
      let progress = try CheckpointFile.readProgress(newest)
      guard progress.epoch < job.training.epochs, !job.validation.ends(after: progress.evaluations),
        let digest = try FileHeader.read(folder.best).contentDigest
      else { return [:] }
      epochs[digest] = progress.epoch
      return epochs
    }
    for epoch in try folder.checkpointEpochs() where epoch < job.training.epochs {
      guard let digest = try FileHeader.read(folder.checkpoint(epoch: epoch)).contentDigest else { continue }
      epochs[digest] = epoch
    }
    return epochs
  }
}
