import Dist
import IO
import LCFT

/// The choice of methods that `lcft` and `lcft_by_ctr` stand for.
extension Inputs {
  /// Takes the choice that methods need from the file that is given, or from the output folder. Throws
  /// `RunError.noChoice` where there is none and the command does not make one. Collective.
  mutating func findChoice(_ options: Options, _ session: Session) throws {
    let methods = options.labelledMethods ?? job.fineTuning.methods
    let path = options.choice
    guard let method = methods.first(where: \.isChoice) else {
      let reason = "neither lcft nor lcft_by_ctr is among the methods"
      return try checkUnused(path, reason, session) { _ = try MethodChoiceFile.read($0) }
    }
    guard try path != nil || !session.leaderFinds(job.findings.choice != nil) else { return }
    let inFolder = try session.keeps(session.folder.choice)
    guard let file = path ?? (inFolder ? session.folder.choice : nil) else {
      if !options.requiresLabels { return }
      throw RunError.noChoice(folder: session.folder.path, method: method.rawValue)
    }
    let table = try session.communicator.collectively {
      session.leads ? try MethodChoiceFile.read(file) : nil
    }
    if path == nil {
      guard try session.takes(table?.origin, options, job) else { return }
      fromFolder.insert(.choice)
    }
    session.reads([file])
    try take(choice: table, name: file, session)
  }

  /// Gives every rank rank 0's choice and lets the fine-tuning use it. Collective.
  mutating func take(choice table: MethodChoiceTable?, name: String, _ session: Session) throws {
    let communicator = session.communicator
    let (own, data) = (table?.contentDigest() ?? "", table?.origin.datasetDigest ?? "")
    var findings = job.findings
    findings.choice = SearchFindings.Choice(
      try communicator.broadcast(json: table?.choice, from: 0),
      tableDigest: try communicator.broadcast(own, from: 0),
      datasetDigest: try communicator.broadcast(data, from: 0))
    let found = findings
    try communicator.collectively { try job.take(found, file: name) }
    if found.choice?.datasetDigest != datasetDigest {
      session.say("warning: \(name): the methods were chosen on another data set; they are used as they are")
    }
  }

  /// Whether a method stands for others, and it has not been chosen for which.
  package var needsChoice: Bool {
    job.fineTuning.methods.contains(where: \.isChoice) && job.findings.choice == nil
  }
}
