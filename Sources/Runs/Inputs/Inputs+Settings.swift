import Dist
import IO
import LCFT
import Studies

/// The settings of single methods that a search found.
extension Inputs {
  /// Takes the settings that methods need from the file that is given, or from the search of the output folder, whose origin
  /// rank 0 gets. Throws `RunError.noSettings` where there is none and the command does not search. Collective.
  static func findSettings(_ options: Options, into job: inout Job, _ session: Session) throws
    -> SearchOrigin?
  {
    let communicator = session.communicator
    if let path = options.settings {
      let text = try communicator.collectively {
        session.leads ? try SearchTable.text(of: path) : ""
      }
      try take(settings: text, name: path, into: &job, session)
      return nil
    }
    guard options.tunes, job.needsSettings else { return nil }
    let path = session.folder.search
    guard try session.keeps(path) else {
      if !options.requiresLabels { return nil }
      throw RunError.noSettings(folder: session.folder.path)
    }
    let table = try communicator.collectively { session.leads ? try SearchTableFile.read(path) : nil }
    guard try session.takes(table?.origin, options, job) else { return nil }
    session.reads([path])
    try take(settings: table?.yaml ?? "", name: path, into: &job, session)
    let others = job.searchedMethods.filter { job.findings.settings[$0.rawValue] == nil }.map(\.rawValue)
    if !others.isEmpty {
      session.say(
        "\(path): has no settings of \(others.joined(separator: ", ")), which take those of the job")
    }
    return table?.origin
  }

  /// Gives every rank the settings of rank 0's `text` and lets the fine-tuning use them. Collective.
  static func take(
    settings text: String, name: String, into job: inout Job, _ session: Session
  ) throws {
    try job.takeSettings(try session.communicator.broadcast(text, from: 0), file: name)
  }
}
