import IO
import Plan
import Support

extension Session {
  /// Temporary files for outcomes that the memory has no room for; nil on ranks and in runs that keep them in memory.
  /// Throws `SpillError`, on every rank alike. Collective.
  func spill(_ outcomes: SpilledOutcomes?) throws -> Spill? {
    try communicator.collectively {
      guard spill == nil, let outcomes else { return }
      let folder = limits.temporary ?? folder.path
      say(
        "about \(byteText(outcomes.bytes)) of outcomes lie in temporary files in \(folder), "
          + "\(byteText(outcomes.memory)) of them in memory at a time")
      spill = try AtomicFile.spill(
        to: folder, bound: (ProcessMemory.resident ?? 0) + outcomes.memory, isStrict: false)
    }
    return spill
  }
}

/// Runs `body` with large columns in the files of `spill`, if there is one.
func within<Result>(_ spill: Spill?, _ body: () throws -> Result) rethrows -> Result {
  guard let spill else { return try body() }
  return try spill.within(body)
}
