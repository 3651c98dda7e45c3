import Dist
import IO
import Plan
import Support

/// What every command on all ranks works with: the ranks, what the ranks of a host share, the output folder
/// and its lock, this rank's clock, a timeline where one is wanted, and rank 0's messages.
///
/// Creating it completes at most what a kill has stopped of an exchange of files, and changes nothing else: `perform`
/// first lets a command check everything, and only then takes the folder.
package final class Session {
  package let communicator: any Communicator
  package let sharing: NodeSharing
  package private(set) var folder: RunFolder
  /// This rank's time by phase.
  package let clock = PhaseClock()
  /// Where rank 0 reports progress; silent on other ranks. While a command is at work the folder's file is among the
  /// listeners.
  package internal(set) var progress: ProgressFeed
  /// On rank 0 while a command is at work.
  var progressFile: ProgressFile?
  /// When the session began.
  let started = FileHeader.timestamp()
  package let profile: Profile?
  package let start: RunStart
  /// The files that the command writes.
  package let outputs: RunOutputs
  /// The command that the session is of, as one would type it again; nil where there is none.
  let command: String?
  /// What the run may take.
  package let limits: RunLimits
  /// Temporary files for outcomes, from when they are first asked for.
  var spill: Spill?
  /// Whether nothing but `preview` is called.
  let isDryRun: Bool
  /// The files that the command reads, none of which it may replace.
  private(set) var inputFiles: [String] = []
  /// Files outside the folder that the command writes.
  let furtherOutputs: [String]
  /// Where the files are made that replace an earlier run's; nil where there are none to replace.
  private(set) var replacement: Replacement?
  /// On rank 0: keeps other runs out of the folder until this session ends, even by an error.
  private var lock: FolderLock?

  /// `profile` is the file for a timeline, if one is wanted; `progress` is rank 0's; `isDryRun`: only `preview` is to
  /// be called. Throws, on every rank alike, `OutputError` where the timeline cannot be written, and `RunError` where
  /// the output folder cannot be made or is occupied.
  /// Collective.
  package init(
    _ communicator: any Communicator, output: String, start: RunStart = .fresh, outputs: RunOutputs,
    profile: String? = nil, command: String? = nil, limits: RunLimits = RunLimits(), isDryRun: Bool = false,
    progress: ProgressFeed = .silent
  ) throws {
    self.communicator = communicator
    self.start = start
    self.outputs = outputs
    self.command = command
    self.limits = limits
    self.isDryRun = isDryRun
    self.progress = communicator.rank == 0 ? progress : .silent
    folder = RunFolder(output)
    furtherOutputs = [profile].compactMap(\.self)
    let found = folder
    let worksBeside = try communicator.collectively {
      guard communicator.rank == 0 else { return 0 }
      try found.check(start, outputs: outputs)
      if let profile { try Session.check(profile: profile, start, outputs, in: output) }
      return try Session.worksBeside(found, start, outputs, isDryRun: isDryRun) ? 1 : 0
    }
    if try communicator.broadcast(worksBeside, from: 0) == 1 {
      let replacement = Replacement(of: outputs, in: output)
      folder = RunFolder(output, beside: replacement)
      self.replacement = replacement
    }
    self.profile = try profile.map { [clock] in try Profile($0, of: outputs, clock, communicator) }
    sharing = try NodeSharing(communicator)
    if let warning = sharing.warning { StandardError.write("rank \(communicator.rank): \(warning)\n") }
  }

  /// Whether this is rank 0, which reads the job, writes files and says what happens.
  package var leads: Bool { communicator.rank == 0 }

  /// Lets `command` check everything, then takes the output folder for it and runs it. Throws, on every rank
  /// alike, what the command throws, and `RunError` where the folder is in use, occupied or not writable.
  /// Collective.
  package func perform<Command: RunCommand>(_ command: Command) throws -> Command.Product {
    try check(command)
    lock = try communicator.collectively {
      leads ? try folder.prepare(start, outputs: outputs) : nil
    }
    return try keepingProgress {
      let product = try command.run()
      try putInPlace()
      return product
    }
  }

  /// Whether the run's files are made beside an earlier run's. Before, an exchange that a kill has stopped is
  /// completed; throws `RunError.halfExchanged` instead where nothing may be touched.
  private static func worksBeside(
    _ folder: RunFolder, _ start: RunStart, _ outputs: RunOutputs, isDryRun: Bool
  ) throws -> Bool {
    if start == .fresh { return false }
    if isDryRun, let found = try Replacement.halfExchanged(in: folder.path) {
      throw RunError.halfExchanged(folder: folder.path, file: found.name)
    }
    try finishExchange(in: folder.path)
    return try Replacement(of: outputs, in: folder.path).isUnderWay
      || (start == .overwrite && !folder.replaced(by: outputs).isEmpty)
  }

  /// Throws where the timeline cannot be written, or would replace what it must not.
  private static func check(
    profile: String, _ start: RunStart, _ outputs: RunOutputs, in output: String
  ) throws {
    guard
      !(RunFolder.names(FileStatus.name(of: profile))
        && FileStatus.areSame(FileStatus.folder(of: profile), output))
    else { throw RunError.profileIsOutput(file: profile) }
    do {
      try OutputFile(profile, option: "--profile", overwrites: start == .overwrite).check()
    } catch {
      guard case .exists = error, start == .resume else { throw error }
      // To overwrite would do all of the run again.
      throw RunError.earlierTimeline(file: profile)
    }
  }

  /// Completes what a kill has stopped between an overwriting run's last file and the end of the exchange.
  private static func finishExchange(in output: String) throws {
    guard try Replacement.halfExchanged(in: output) != nil else { return }
    let lock = try FolderLock(output)
    defer { withExtendedLifetime(lock) {} }
    try Replacement.halfExchanged(in: output)?.finish()
  }

  /// Exchanges the files of an earlier run for the new ones, once those are whole. Collective.
  private func putInPlace() throws {
    guard let replacement else { return }
    // Other ranks may write files, too.
    try communicator.barrier()
    try communicator.collectively { if leads { try replacement.exchange() } }
    folder = RunFolder(folder.path)
    self.replacement = nil
  }

  /// Notes files that the command reads.
  func reads(_ paths: [String?]) { inputFiles += paths.compactMap { $0 } }

  /// Whether the command reads the file `path`.
  func isInput(_ path: String) -> Bool { inputFiles.contains { FileStatus.areSame($0, path) } }

  /// Lets `command` check everything. Throws also `RunError.removesInput` where a file that the command reads is one
  /// that it replaces. Collective.
  func check(_ command: some RunCommand) throws {
    try command.check()
    try communicator.collectively {
      guard leads, start == .overwrite else { return }
      for file in try folder.replaced(by: outputs) + furtherOutputs {
        if let input = inputFiles.first(where: { FileStatus.areSame($0, file) }) {
          throw RunError.removesInput(file: input)
        }
      }
    }
  }

  /// A line on rank 0's standard error.
  package func say(_ line: @autoclosure () -> String) {
    if leads { StandardError.write(line() + "\n") }
  }

  /// Says that what `path` holds the outcome of, such as a search, was finished before.
  func sayFinished(_ what: String, _ path: String) {
    say("\(path): the \(what) is finished, and nothing was left to do")
  }

  /// Whether rank 0 finds `condition` true, on every rank. Throws, on every rank alike, what `condition` throws. Collective.
  package func leaderFinds(_ condition: @autoclosure () throws -> Bool) throws -> Bool {
    let found = try communicator.collectively { leads ? try condition() : false }
    return try communicator.broadcast(found ? 1 : 0, from: 0) == 1
  }

  /// Whether the output folder has the file `path` and the session does not make it anew. Throws what goes wrong between
  /// the ranks. Collective.
  package func keeps(_ path: String) throws -> Bool {
    try leaderFinds(folder.holds(path) && !(start == .overwrite && outputs.contains(file: path)))
  }

  /// Removes a file of the output folder that is no longer needed, where it is there. Throws `SystemError`, on every rank
  /// alike. Collective.
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

  /// What `run` would do, after `check`; complete on rank 0.
  func preview() throws -> RunPreview

  /// Does the work and returns what it made.
  func run() throws -> Product
}
