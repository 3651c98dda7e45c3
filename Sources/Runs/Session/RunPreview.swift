import Dist
import Plan
import Support

/// What a command would do, for `--dry-run`.
package struct RunPreview {
  /// Files that are read besides those that the session knows of.
  var reads: [String] = []
  /// The work, one line for each part.
  var work: [String]
  /// The files that are written into the output folder.
  var writes: [String] = []
  /// What takes space on the disk besides the files that the estimate of resources counts.
  var disk: [(name: String, bytes: Int)] = []

  static func + (first: RunPreview, second: RunPreview) -> RunPreview {
    RunPreview(
      reads: first.reads + second.reads, work: first.work + second.work,
      writes: first.writes + second.writes, disk: first.disk + second.disk)
  }
}

extension Session {
  /// Lets `command` check everything and returns on rank 0 what it would read, do, write and replace, and the memory
  /// and disk that it would take, by `estimate`. Touches nothing. Throws what `perform` would throw before it begins. Collective.
  package func preview(_ command: some RunCommand, _ estimate: ResourceEstimate?) throws -> String? {
    try check(command)
    try communicator.collectively { if leads { try FolderLock.check(folder.path) } }
    let preview = try command.preview()
    let node = try communicator.node()
    guard leads else { return nil }
    let memory = estimate.map { memoryText($0, ranks: node.size) }
    let temporary =
      limits.temporary == nil ? estimate.flatMap { spilled($0, ranks: node.size)?.bytes } : nil
    let disk = (estimate?.diskBytes ?? 0) + (temporary ?? 0) + preview.disk.reduce(0) { $0 + $1.bytes }
    let free = MachineLimits.disk(folder.path).map { "; \(byteText($0.bytes)) are free" } ?? ""
    var reads: [String] = []
    for file in inputFiles + preview.reads where !reads.contains(file) { reads.append(file) }
    var writes: [String] = []
    for file in preview.writes + [FileStatus.name(of: folder.progress)] where !writes.contains(file) {
      writes.append(file)
    }
    let rows: [(name: String, lines: [String])] = [
      ("read", reads), ("do", preview.work),
      ("write", ["in \(folder.path): " + (writes + profileNames).joined(separator: ", ")]),
      ("replace", try replacedLines()),
      ("memory", [memory ?? "not known: the data set's sizes cannot be read"]),
      ("disk", ["\(disk < 1_000_000 ? "less than 1 MB" : "about \(byteText(disk))")\(free)"]),
      ("time", ["lcft plan estimates it"]),
    ]
    return dryRunText(rows)
  }

  private var profileNames: [String] { furtherOutputs.map { "and \($0)" } }

  private func replacedLines() throws -> [String] {
    guard start == .overwrite else { return ["nothing"] }
    let files = try folder.replaced(by: outputs) + furtherOutputs.filter { FileStatus.State($0) != nil }
    guard let replacement, !files.isEmpty else { return files.isEmpty ? ["nothing"] : files }
    return files + ["once all new files are whole; until then they are in \(replacement.path)"]
  }

  /// What would lie in temporary files.
  private func spilled(_ estimate: ResourceEstimate, ranks: Int) -> SpilledOutcomes? {
    guard !limits.areIgnored, let room = limits.room(ranks: ranks),
      case .spilled(let outcomes) = estimate.fit(memory: room, ranks: ranks, leader: true)
    else { return nil }
    return outcomes
  }

  private func memoryText(_ estimate: ResourceEstimate, ranks: Int) -> String {
    let outcomes = spilled(estimate, ranks: ranks)
    let host = estimate.fullest(ranks: ranks, leader: true, spilled: outcomes != nil)
    let files = outcomes.map { ", and \(byteText($0.bytes)) in temporary files" } ?? ""
    let available = limits.room(ranks: ranks).map { "; \(byteText($0)) are available" } ?? ""
    return "about \(byteText(host.bytes)) on this host for \(counted(ranks, "rank")), at most in "
      + "\(host.stage.name)\(files)\(available)"
  }
}
