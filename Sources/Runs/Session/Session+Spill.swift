import IO
import Plan
import Support

extension Session {
  /// Temporary files for outcomes that the memory has no room for; nil on ranks and in runs that keep them in memory, in a
  /// dry run, and as long as there is no folder for them. Throws `SpillError`, on every rank alike. Collective.
  func spill(_ outcomes: SpilledOutcomes?) throws -> Spill? {
    try communicator.collectively {
      let folder = limits.temporary ?? folder.path
      guard spill == nil, !isDryRun, let outcomes, FileStatus.isFolder(folder) else { return }
      say(
        "about \(byteText(outcomes.bytes)) of outcomes lie in temporary files in \(folder), "
          + "\(byteText(outcomes.memory)) of them in memory at a time")
      let base = ProcessMemory.unshared ?? 0
      spill = try AtomicFile.spill(to: folder, bound: base + outcomes.memory, base: base, isStrict: false)
    }
    return spill
  }

  /// Runs `body`, which works on results, with large columns in files if outcomes lie in files.
  package func sparingMemory<Result>(_ body: () throws -> Result) rethrows -> Result {
    try within(spill, body)
  }
}

/// Runs `body` with large columns in the files of `spill`, if there is one.
func within<Result>(_ spill: Spill?, _ body: () throws -> Result) rethrows -> Result {
  guard let spill else { return try body() }
  return try spill.within(body)
}
