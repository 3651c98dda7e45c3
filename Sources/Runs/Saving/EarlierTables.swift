import IO
import LCFT
import Support

/// What searches of a shorter training have left in the output folder, where a resumed job now trains for longer: their
/// tables are kept under names with the number of epochs, `labels-epochs-2.h5`, and are made anew as the results are.
/// What an interrupted search had done of one is of no use any more.
struct EarlierTables {
  let session: Session
  let inputs: Inputs

  /// Calls `add` with the files and the epochs of their training; `isKept`: under another name. On rank 0.
  func forEach(_ add: (_ file: String, _ isKept: Bool, _ epochs: Int) -> Void) throws {
    let (folder, job) = (session.folder, inputs.job)
    func addTable(_ file: String, beside text: String? = nil, _ origin: (String) throws -> SearchOrigin)
      throws
    {
      guard folder.holds(file), !session.isInput(file),
        let epochs = EarlierTables.epochs(try origin(file), shorterThan: job)
      else { return }
      if let text, folder.holds(text) { add(text, true, epochs) }
      // Last: it says what the other is.
      add(file, true, epochs)
    }
    if job.needsSettings {
      try addTable(folder.search, beside: folder.searchText) { try SearchTableFile.read($0).origin }
    }
    if inputs.needsLabels {
      try addTable(folder.labels, beside: folder.labelsText) { try LabelTable.read($0).origin }
    }
    if inputs.needsChoice { try addTable(folder.choice) { try MethodChoiceFile.read($0).origin } }
    let folds = (1...job.search.choice.folds).map(folder.journal(ofFold:))
    for journal in [folder.searchJournal, folder.labelsJournal] + folds {
      guard let settings = try Journal.settings(of: journal), job.isLonger(than: settings) else { continue }
      add(journal, false, settings.first { $0.name == "training.epochs" }.flatMap { Int($0.value) } ?? 0)
    }
  }

  /// Whether the journal `path` is there and is of a search whose training was shorter than that of `job`.
  static func isShorter(_ path: String, than job: Job) throws -> Bool {
    try Journal.settings(of: path).map(job.isLonger) ?? false
  }

  /// The epochs of the model that a search trained for itself, where the training of `job` is longer than that; nil
  /// elsewhere. A job that cannot be read is compared, and refused, later.
  static func epochs(_ origin: SearchOrigin, shorterThan job: Job) -> Int? {
    guard origin.checkpointDigest == SearchOrigin.ownModel,
      let earlier = try? Job.parse(origin.job, file: "job"), job.isLonger(than: earlier.searchSettings)
    else { return nil }
    return earlier.training.epochs
  }
}

extension Session {
  /// Whether a run takes the table of `origin`, which it has found in the output folder. One that makes its tables itself
  /// makes those of a shorter training anew. Collective.
  func takes(_ origin: SearchOrigin?, _ options: Inputs.Options, _ job: Job) throws -> Bool {
    try leaderFinds(
      options.requiresLabels || origin.flatMap { EarlierTables.epochs($0, shorterThan: job) } == nil)
  }
}
