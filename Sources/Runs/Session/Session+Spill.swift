import IO
import Plan
import Support

extension Session {
  /// Gets temporary files for outcomes that the memory has no room for. There are none on ranks and in runs that keep them
  /// in memory, in a dry run, and as long as there is no folder for them. Throws `SpillError`, on every rank alike.
  /// Collective.
  func prepareSpill(_ outcomes: SpilledOutcomes?) throws {
    try communicator.collectively {
      let folder = limits.temporary ?? folder.path
      guard spill == nil, !isDryRun, let outcomes, FileStatus.isFolder(folder) else { return }
      say(
        "about \(byteText(outcomes.bytes)) of outcomes lie in temporary files in \(folder), "
          + "\(byteText(outcomes.memory)) of them in memory at a time")
      spill = try AtomicFile.spill(to: folder, working: outcomes.memory)
    }
  }

  /// Runs `body`, which works on results, with large columns in files if outcomes lie in files.
  package func sparingMemory<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let spill else { return try body() }
    return try spill.within(body)
  }
}
