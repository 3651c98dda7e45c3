import Dist
import Foundation
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

  package init(estimate: ResourceEstimate, folder: String) {
    self.estimate = estimate
    self.folder = folder
  }

  /// Throws `LimitError` on every rank alike where the run cannot fit. Collective.
  package func run(_ communicator: any Communicator) throws {
    let ownRank = communicator.rank
    let node = try communicator.node()
    let ranks = node.size
    let leader = try node.allreduce(ownRank, .minimum) == 0
    let leads = node.rank == 0
    try communicator.collectively {
      let own = estimate.fullest(ranks: 1, leader: ownRank == 0)
      // The program itself is in memory already.
      let more = own.bytes - ResourceEstimate.running(ranks: 1)
      if let limit = MachineLimits.addressSpace(), more > limit.bytes {
        throw LimitError.addressSpace(stage: own.stage.name, needed: more, available: limit)
      }
      if leads, let available = MachineLimits.hostMemory() {
        let all = estimate.fullest(ranks: ranks, leader: leader)
        if all.bytes - ResourceEstimate.running(ranks: ranks) > available.bytes {
          throw LimitError.hostMemory(
            host: communicator.hosts[ownRank], stage: all.stage.name, ranks: ranks, needed: all.bytes,
            available: available)
        }
      }
      if ownRank == 0 { try LimitCheck.disk(estimate.files, folder) }
    }
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
