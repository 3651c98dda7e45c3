internal import CMPI
import Support

/// Which processors a rank may run on, a bit each; empty where the system does not tell.
package struct Affinity: Equatable {
  package var words: [UInt64]

  package init(words: [UInt64]) { self.words = words }

  package static func own() -> Affinity {
    var words = [UInt64](repeating: 0, count: 128)
    let bytes = lcft_affinity(&words, words.count * 8)
    return Affinity(words: bytes > 0 ? Array(words[..<((bytes + 7) / 8)]) : [])
  }

  package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  func isSubset(of other: Affinity) -> Bool { zip(words, other.words).allSatisfy { $0 & ~$1 == 0 } }

  /// The most crowded set of processors of a host: `ranks` that may run nowhere else on `processors`. nil where
  /// every rank has one of its own.
  package static func crowd(_ ranks: [Affinity]) -> (ranks: Int, processors: Int)? {
    var worst: (ranks: Int, processors: Int)?
    var looked: [Affinity] = []
    for set in ranks where set.count > 0 && !looked.contains(set) {
      looked.append(set)
      let inside = ranks.count { $0.count > 0 && $0.isSubset(of: set) }
      guard inside > set.count else { continue }
      if let worst, worst.ranks * set.count >= inside * worst.processors { continue }
      worst = (inside, set.count)
    }
    return worst
  }
}

extension Communicator {
  /// A line on rank 0 where ranks share processors, which makes all wait for the slowest; nil elsewhere, and on a
  /// machine with one processor. Collective.
  package func crowding() throws -> String? {
    let (words, counts) = try gather(Affinity.own().words, to: 0)
    guard rank == 0, size > 1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1 else { return nil }
    var ranksOfHost: [String: [Affinity]] = [:]
    var start = 0
    for (rank, count) in counts.enumerated() {
      ranksOfHost[hosts[rank], default: []].append(Affinity(words: Array(words[start..<start + count])))
      start += count
    }
    for host in hosts {
      guard let ranks = ranksOfHost[host], let crowd = Affinity.crowd(ranks) else { continue }
      return "note: \(crowd.ranks) ranks share \(crowd.processors) "
        + "processor\(crowd.processors == 1 ? "" : "s") on \(host); start at most one rank per core and bind "
        + "ranks to cores (mpirun --bind-to core, srun --cpu-bind=cores)"
    }
    return nil
  }
}
