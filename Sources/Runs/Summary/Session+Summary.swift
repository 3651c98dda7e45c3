import Dist
import IO
import Plan
import Support

extension Session {
  /// Writes `summary.json` on rank 0, with the most memory that each rank has had. Collective.
  func write(_ summary: RunSummary) throws {
    // Every rank takes part, even one that could not estimate its memory.
    let peaks = try communicator.gather([MachineLimits.peakMemory()], to: 0).values
    try communicator.collectively { if leads { try write(summary, peaks) } }
  }

  private func write(_ summary: RunSummary, _ peaks: [Int]) throws {
    if start == .resume, !summary.saysWork, let earlier = try EarlierSummary(folder.summary)?.digest,
      summary.digest.isPart(of: earlier)
    {
      say("nothing was left to do; \(folder.summary) stays as it is")
      return
    }
    var summary = summary
    summary.memory?.peak = peaks
    summary.command = command
    summary.hosts = communicator.ranksByHost.map { RunSummary.Host(name: $0.name, ranks: $0.ranks) }
    summary.started = started
    summary.ended = FileHeader.timestamp()
    summary.versions = RunSummary.Versions()
    try AtomicFile.write(String(decoding: try summary.json(), as: UTF8.self) + "\n", to: folder.summary)
  }

  /// Prints what the ranks did with their time, on rank 0's standard error, and writes the timeline where one
  /// is wanted. Collective.
  package func reportTimes(_ summary: RunSummary) throws {
    let table = ThroughputTable(summary)
    if !table.lines.isEmpty { say(table.lines.joined(separator: "\n")) }
    guard let profile else { return }
    let dropped = try profile.write()
    if dropped > 0 {
      say("profile: the ranks' buffers were too small for \(dropped) events; the earliest were dropped")
    }
  }
}

extension RunSummary {
  /// Whether the run trained or fine-tuned anything itself.
  fileprivate var saysWork: Bool {
    cloudTraining?.seconds != nil || (finetuning.map { $0.usersPerSecond > 0 } ?? false)
  }
}

extension RunSummary.Digest {
  /// Whether the summary with the digests `earlier` says all that this one does: a training says nothing of results.
  fileprivate func isPart(of earlier: EarlierSummary.Digest) -> Bool {
    checkpoint == earlier.checkpoint && (results == nil || results == earlier.results)
  }
}
