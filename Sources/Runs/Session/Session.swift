import Dist
import IO
import Plan
import Support

/// What every command on all ranks works with: the ranks, what the ranks of a host share, the output folder and its
/// lock, this rank's clock, a timeline where one is wanted, and rank 0's messages.
///
/// Made without touching anything: `perform` first lets a command check everything, and only then takes the folder.
package final class Session {
  package let communicator: any Communicator
  package let sharing: NodeSharing
  package let folder: RunFolder
  /// This rank's time by phase.
  package let clock = PhaseClock()
  /// Where rank 0 reports how far work is; silent on other ranks.
  package let progress: ProgressFeed
  package let profile: Profile?
  package let start: RunStart
  /// The files that the command writes.
  package let outputs: RunOutputs
  /// Whether a run that cannot fit is tried all the same.
  package let ignoresLimits: Bool
  /// On rank 0: keeps other runs out of the folder until this session ends, also by an error.
  private var lock: FolderLock?

  /// `profile` is the file for a timeline, if one is wanted; `progress` is rank 0's. Throws, on every rank alike, `RunError` where it cannot
  /// be written, or the output folder cannot be made or is occupied. Collective.
  package init(
    _ communicator: any Communicator, output: String, start: RunStart = .fresh, outputs: RunOutputs,
    profile: String? = nil, ignoresLimits: Bool = false, progress: ProgressFeed = .silent
  ) throws {
    self.communicator = communicator
    self.start = start
    self.outputs = outputs
    self.ignoresLimits = ignoresLimits
    self.progress = communicator.rank == 0 ? progress : .silent
    folder = RunFolder(output)
    self.profile = try profile.map { [clock] in try Profile($0, clock, communicator) }
    let folder = folder
    try communicator.collectively {
      if communicator.rank == 0 { try folder.check(start, outputs: outputs) }
    }
    sharing = try NodeSharing(communicator)
    if let warning = sharing.warning { StandardError.write("rank \(communicator.rank): \(warning)\n") }
  }

  /// Whether this is rank 0, which reads the job, writes files and says what happens.
  package var leads: Bool { communicator.rank == 0 }

  /// Lets `command` check everything, then takes the output folder for it and runs it. Throws, on every rank alike,
  /// what the command throws, and `RunError` where the folder is in use, occupied or not writable. Collective.
  package func perform<Command: RunCommand>(_ command: Command) throws -> Command.Product {
    try command.check()
    lock = try communicator.collectively {
      leads ? try folder.prepare(start, outputs: outputs) : nil
    }
    return try command.run()
  }

  /// A line on rank 0's standard error.
  package func say(_ line: @autoclosure () -> String) {
    if leads { StandardError.write(line() + "\n") }
  }

  /// Whether rank 0 finds `condition` true, on every rank. Collective.
  package func leaderFinds(_ condition: @autoclosure () throws -> Bool) throws -> Bool {
    let found = try communicator.collectively { leads ? try condition() : false }
    return try communicator.broadcast(found ? 1 : 0, from: 0) == 1
  }

  /// Whether the output folder has the file `path` and the session does not begin by removing it. Collective.
  package func keeps(_ path: String) throws -> Bool {
    try leaderFinds(folder.holds(path) && !(start == .overwrite && outputs.contains(file: path)))
  }

  /// Removes a file of the output folder that is no longer needed. Collective.
  package func remove(_ path: String) throws {
    try communicator.collectively { if leads { try FileStatus.remove(path) } }
  }
}

/// The work of one command on all ranks. Every function is collective and throws on every rank alike.
package protocol RunCommand {
  associatedtype Product

  /// Looks at everything that arguments, job, data set and earlier files can tell, and touches nothing. Throws what
  /// `run` would find wrong.
  func check() throws

  /// Does the work and returns what it made.
  func run() throws -> Product
}
