import Dist
import IO
import LCFT
import Support

/// What an earlier run has left of a fine-tuning in the output folder: its results, or the journals of what an
/// interrupted one had done. Only a resumed run finds any.
struct EarlierOutcomes {
  private let session: Session
  /// On rank 0.
  private let results = KeptContent(ResultsFile.read)

  init(_ session: Session) { self.session = session }

  /// Throws where they were made with other settings. `withModels`: whether fine-tuned models are taken over as
  /// well. Collective.
  func check(are settings: OutcomeSettings, withModels: Bool) throws {
    guard session.start == .resume else { return }
    try session.communicator.collectively {
      guard session.leads else { return }
      let folder = session.folder
      try check(journal: folder.resultsJournal, of: settings.scores, settings)
      if withModels {
        for path in try folder.modelsJournals().paths {
          try check(journal: path, of: settings.models, settings)
        }
      }
      if folder.holds(folder.results) { try check(try results.content(of: folder.results), settings) }
    }
  }

  /// The file that `run` would take outcomes of `methods` over from, and how many users are done in it where that is known;
  /// nil where there is none. Collective.
  func found(_ methods: [Method]) throws -> (file: String, users: Int?)? {
    guard session.start == .resume else { return nil }
    return try session.communicator.collectively {
      let folder = session.folder
      guard session.leads else { return nil }
      if folder.holds(folder.results) {
        let results = try results.content(of: folder.results)
        if OutcomeTable.adoptable(results, methods) != nil {
          return (folder.results, results.users.row.count)
        }
      }
      return try Journal.settings(of: folder.resultsJournal).map { _ in (folder.resultsJournal, nil) }
    }
  }

  /// Takes over the results, which have been checked, on rank 0. What is in a journal is taken over by the run that
  /// appends to it.
  func adopt(into outcomes: OutcomeTable) throws {
    let path = session.folder.results
    guard session.start == .resume, session.folder.holds(path) else { return }
    outcomes.adopt(try results.content(of: path))
    results.forget()
    if outcomes.doneCount > 0 {
      session.say("resuming after \(counted(outcomes.doneCount, "user")) of \(path)")
    }
  }

  private func check(journal path: String, of wanted: Journal.Settings, _ settings: OutcomeSettings) throws {
    if let found = try Journal.settings(of: path) { try settings.check(found, are: wanted, file: path) }
  }

  private func check(_ earlier: Results, _ settings: OutcomeSettings) throws {
    let path = session.folder.results
    try settings.inputs.checkDataset(earlier.datasetDigest, of: path)
    guard settings.cloudModel ?? earlier.checkpointDigest == earlier.checkpointDigest else {
      throw RunError.otherResults(file: path, what: "cloud model")
    }
    let job = try Job.parse(earlier.job, findings: earlier.findings, file: path)
    try settings.check(
      job.fineTuningSettings(of: earlier.methods.compactMap { Method(rawValue: $0.name) }),
      are: settings.inputs.job.fineTuningSettings, file: path)
  }
}
