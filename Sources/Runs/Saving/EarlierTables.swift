import IO
import LCFT
import Support

/// What searches of a shorter training have left in the output folder, where a resumed job now trains for longer: their
/// tables are kept under names with the number of epochs, `labels-epochs-2.h5`, and are made anew as the results are.
/// What an interrupted search had done of one is of no use any more.
struct EarlierTables {
  let session: Session
  let inputs: Inputs

  /// The files and the epochs of their training; `isKept`: under another name. On rank 0.
  func files() throws -> [(file: String, isKept: Bool, epochs: Int)] {
    let (folder, job) = (session.folder, inputs.job)
    var files: [(file: String, isKept: Bool, epochs: Int)] = []
    func addTable(_ file: String, beside text: String? = nil, _ origin: (String) throws -> SearchOrigin)
      throws
    {
      guard folder.holds(file), !session.isInput(file),
        let epochs = EarlierTables.epochs(try origin(file), shorterThan: job)
      else { return }
      if let text, folder.holds(text) { files.append((text, true, epochs)) }
      // Last: it says what the other is.
      files.append((file, true, epochs))
    }
    if job.needsSettings {
      try addTable(folder.search, beside: folder.searchText) { try SearchTableFile.read($0).origin }
    }
    if inputs.needsLabels || (job.needsSettings && job.searchedMethods.contains(.hard)) {
      try addTable(folder.labels, beside: folder.labelsText) { try LabelTable.read($0).origin }
    }
    if inputs.needsChoice { try addTable(folder.choice) { try MethodChoiceFile.read($0).origin } }
    let folds = (1...job.search.choice.folds).map(folder.journal(ofFold:))
    for journal in [folder.searchJournal, folder.labelsJournal] + folds {
      guard let settings = try Journal.settings(of: journal), EarlierTables.isShorter(settings, than: job)
      else { continue }
      let epochs = settings.first { $0.name == "training.epochs" }.flatMap { Int($0.value) }
      files.append((journal, false, epochs ?? 0))
    }
    return files
  }

  /// Whether the journal `path` is there and is of a search whose training was shorter than that of `job`.
  static func isShorter(_ path: String, than job: Job) throws -> Bool {
    try Journal.settings(of: path).map { isShorter($0, than: job) } ?? false
  }

  /// A search from a given model has no training.
  private static func isShorter(_ settings: Journal.Settings, than job: Job) -> Bool {
    settings.contains { $0.name == Inputs.cloudModelSetting && $0.value == SearchOrigin.ownModel }
      && job.isLonger(than: settings)
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
