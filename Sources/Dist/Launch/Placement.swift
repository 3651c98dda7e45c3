import Support

/// The processors that a rank may run on, one bit each; empty where the system does not tell.
package struct Affinity: Equatable {
  package var words: [UInt64]

  package init(words: [UInt64]) { self.words = words }

  /// From the text of /proc/PROCESS/status, whose `Cpus_allowed` lists 32 processors per hexadecimal group,
  /// the highest first: `ff,ffffffff`.
  package init(status: String) {
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") } ?? ""
    let groups = line.drop { $0 != ":" }.dropFirst().split(separator: ",").reversed().map {
      UInt64($0.trimmingPrefix(while: \.isWhitespace), radix: 16) ?? 0
    }
    words = stride(from: 0, to: groups.count, by: 2).map { low in
      groups[low] | (low + 1 < groups.count ? groups[low + 1] << 32 : 0)
    }
  }

  /// The processors of this process.
  package static func own() -> Affinity { Affinity(status: SystemFile.text("/proc/self/status") ?? "") }

  package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  func isSubset(of other: Affinity) -> Bool { zip(words, other.words).allSatisfy { $0 & ~$1 == 0 } }

  /// The most crowded set of processors of a host: `ranks` that may run nowhere else share `processors`. nil
  /// where every rank can have one of its own.
  package static func crowd(_ ranks: [Affinity]) -> (ranks: Int, processors: Int)? {
    var worst: (ranks: Int, processors: Int)?
    var seen: [Affinity] = []
    for set in ranks where set.count > 0 && !seen.contains(set) {
      seen.append(set)
      let inside = ranks.count { $0.count > 0 && $0.isSubset(of: set) }
      guard inside > set.count else { continue }
      if let worst, worst.ranks * set.count >= inside * worst.processors { continue }
      worst = (inside, set.count)
    }
    return worst
  }
}

extension Communicator {
  /// On rank 0, a line for the user where ranks share processors, which makes all ranks wait for the slowest;
  /// nil on the other ranks, and on a machine with one processor. Collective.
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
        + "ranks to cores (\(OwnLibrary.bindingCommand), srun --cpu-bind=cores)"
    }
    return nil
  }
}
