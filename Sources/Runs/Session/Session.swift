import Dist
import IO
import Plan
import Support

/// What every command on all ranks works with: the ranks, what the ranks of a host share, the output folder
/// and its lock, this rank's clock, a timeline where one is wanted, and rank 0's messages.
///
/// Creating it changes nothing: `perform` first lets a command check everything, and only then takes the
/// folder.
package final class Session {
  package let communicator: any Communicator
  package let sharing: NodeSharing
  package let folder: RunFolder
  /// This rank's time by phase.
  package let clock = PhaseClock()
  /// Where rank 0 reports progress; silent on other ranks.
  package let progress: ProgressFeed
  package let profile: Profile?
  package let start: RunStart
  /// The files that the command writes.
  package let outputs: RunOutputs
  /// Whether a run that cannot fit is tried anyway.
  package let ignoresLimits: Bool
  /// The files that the command reads, which an overwriting run must not remove.
  private var inputFiles: [String] = []
  /// On rank 0: keeps other runs out of the folder until this session ends, even by an error.
  private var lock: FolderLock?

  /// `profile` is the file for a timeline, if one is wanted; `progress` is rank 0's. Throws, on every rank
  /// alike, `RunError` where it cannot be written, or the output folder cannot be made or is occupied.
  /// Collective.
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

  /// Lets `command` check everything, then takes the output folder for it and runs it. Throws, on every rank
  /// alike, what the command throws, and `RunError` where the folder is in use, occupied or not writable.
  /// Collective.
  package func perform<Command: RunCommand>(_ command: Command) throws -> Command.Product {
    try command.check()
    try communicator.collectively { if leads, start == .overwrite { try checkInputs() } }
    lock = try communicator.collectively {
      leads ? try folder.prepare(start, outputs: outputs) : nil
    }
    return try command.run()
  }

  /// Notes files that the command reads.
  func reads(_ paths: [String?]) { inputFiles += paths.compactMap { $0 } }

  /// Throws `RunError.removesInput` where a file that the command reads is one that it begins by removing.
  private func checkInputs() throws {
    for file in folder.files(of: outputs) {
      if let input = inputFiles.first(where: { FileStatus.areSame($0, file) }) {
        throw RunError.removesInput(file: input)
      }
    }
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

  /// Checks everything that can be seen from the arguments, the job, the data set and earlier files, and
  /// changes nothing. Throws what `run` would find wrong.
  func check() throws

  /// Does the work and returns what it made.
  func run() throws -> Product
}
