import Dist
import Foundation
import IO
import Support

/// Why a run cannot fit.
package enum LimitError: Error, Equatable, CustomStringConvertible {
  case hostMemory(host: String, stage: String, ranks: Int, needed: Int, available: Available)
  case addressSpace(stage: String, needed: Int, available: Available)
  case disk(path: String, what: String, needed: Int, available: Available)

  package var description: String {
    switch self {
    case .hostMemory(let host, let stage, let ranks, let needed, let available):
      "\(stage) needs about \(byteText(needed)) of memory on \(host) "
        + "(\(ranks) rank\(ranks == 1 ? "" : "s")), but \(byteText(available.bytes)) are available "
        + "(\(available.source)); start fewer ranks per host or more hosts, take a smaller model "
        + "or more memory, or give --ignore-limits"
    case .addressSpace(let stage, let needed, let available):
      "\(stage) needs about \(byteText(needed)) more memory in a process, but its limit leaves "
        + "\(byteText(available.bytes)) (\(available.source)); raise the limit, or give --ignore-limits"
    case .disk(let path, let what, let needed, let available):
      "\(path): \(what) need about \(byteText(needed)), but \(byteText(available.bytes)) are free; make "
        + "room, write elsewhere or less (--save-models sample:N, fewer methods), or give --ignore-limits"
    }
  }
}

/// Compares what a run will need with what is available, before it begins.
package struct LimitCheck {
  private let estimate: ResourceEstimate
  private let folder: String
  private let limits: RunLimits

  /// `folder` is the output folder.
  package init(estimate: ResourceEstimate, folder: String, limits: RunLimits = RunLimits()) {
    self.estimate = estimate
    self.folder = folder
    self.limits = limits
  }

  /// Whether outcomes lie in files, on rank 0; nil where the memory has room for them. Throws `LimitError` on every rank
  /// alike where the run cannot fit, and `SpillError` where there is no such folder. Collective.
  package func run(_ communicator: any Communicator) throws -> SpilledOutcomes? {
    let ownRank = communicator.rank
    let node = try communicator.node()
    let ranks = node.size
    let leader = try node.allreduce(ownRank, .minimum) == 0
    let leads = node.rank == 0
    return try communicator.collectively {
      let own = estimate.fullest(ranks: 1, leader: ownRank == 0)
      // The program itself is in memory already.
      let more = own.bytes - ResourceEstimate.running(ranks: 1)
      if let limit = MachineLimits.addressSpace(), more > limit.bytes {
        throw LimitError.addressSpace(stage: own.stage.name, needed: more, available: limit)
      }
      var spilled: SpilledOutcomes?
      if leads, let available = limits.available(ranks: ranks) {
        let running = ResourceEstimate.running(ranks: ranks)
        switch estimate.fit(memory: available.bytes + running, ranks: ranks, leader: leader) {
        case .inMemory: break
        case .spilled(let outcomes): spilled = outcomes
        case .tooLarge(let stage, let needed):
          throw LimitError.hostMemory(
            host: communicator.hosts[ownRank], stage: stage, ranks: ranks, needed: needed - running,
            available: available)
        }
      }
      guard ownRank == 0 else { return nil }
      if let temporary = limits.temporary { try AtomicFile.checkSpill(to: temporary) }
      try checkDisk(spilled)
      return spilled
    }
  }

  private func checkDisk(_ spilled: SpilledOutcomes?) throws {
    guard let spilled else { return try LimitCheck.disk(estimate.files, folder) }
    let temporary = [("temporary files", spilled.bytes)]
    guard let other = limits.temporary else { return try LimitCheck.disk(estimate.files + temporary, folder) }
    try LimitCheck.disk(estimate.files, folder)
    try LimitCheck.disk(temporary, other)
  }

  /// `a, b and c`
  private static func joined(_ names: [String]) -> String {
    names.dropLast().isEmpty
      ? names.joined() : names.dropLast().joined(separator: ", ") + " and \(names[names.count - 1])"
  }

  /// Throws `LimitError.disk` where `files` do not fit into `folder`.
  package static func disk(_ files: [(name: String, bytes: Int)], _ folder: String) throws {
    let needed = files.reduce(0) { $0 + $1.bytes }
    guard needed > 0, let free = MachineLimits.disk(folder), needed > free.bytes else { return }
    throw LimitError.disk(
      path: folder, what: LimitCheck.joined(files.map(\.name)), needed: needed, available: free)
  }
}
