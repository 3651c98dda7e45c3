import Dist
import Support

/// What `lcft ping` prints: the links between ranks, and sums over all of them.
package struct LinkReport: CustomStringConvertible {
  private var lines: [String] = []

  /// Measures the links. Collective; every rank gets the report.
  package init(_ communicator: any Communicator) throws {
    let size = communicator.size
    guard size > 1 else { throw LinkError.oneRank }
    let hosts = try communicator.nodes()
    let count = Set(hosts).count
    lines.append("\(size) ranks on \(count) host\(count == 1 ? "" : "s")")
    var best: Link?
    for (name, sameHost) in [("one host", true), ("two hosts", false)] {
      guard let other = hosts.indices.dropFirst().first(where: { (hosts[$0] == hosts[0]) == sameHost })
      else { continue }
      let link = try communicator.measureLink(0, other)
      lines.append(
        "\(name), ranks 0 and \(other): latency \(secondsText(link.latency)), "
          + "bandwidth \(byteText(Int(link.bandwidth)))/s")
      best = link
    }
    let group = try HostGroup(communicator, node: try NodeSharing(communicator).node)
    let map = try ShardMap(shards: max(8, size), layout: group.layout)
    let summer = TreeSum(group, map)
    let owned = map.shards(ofRank: communicator.rank).count
    for count in [1, 1 << 14, 1 << 20] {
      let values = UnsafeMutablePointer<Float>.allocate(capacity: owned * count)
      values.initialize(repeating: 0, count: owned * count)
      defer { values.deallocate() }
      let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: (count + 1) / 2)
      buffer.initialize(repeating: 0)
      defer { buffer.deallocate() }
      let tree = try LinkReport.fastest(communicator) { try summer.sum(values, count: count) }
      let library = try LinkReport.fastest(communicator) { try communicator.allreduce(buffer, .sum) }
      lines.append(
        "sum of \(byteText(4 * count)) over all ranks: \(secondsText(tree)), MPI_Allreduce "
          + secondsText(library))
    }
    if let best {
      lines.append(
        "for lcft plan: --latency \(secondsText(best.latency).filter { $0 != " " }) "
          + "--bandwidth \(byteText(Int(best.bandwidth)).filter { $0 != " " })")
    }
  }

  /// The shortest of some rounds, each measured by the rank that took longest.
  private static func fastest(_ communicator: any Communicator, _ body: () throws -> Void) throws -> Double {
    var shortest = Double.infinity
    for _ in 0..<20 {
      try communicator.barrier()
      let start = steadySeconds()
      try body()
      shortest = min(shortest, try communicator.allreduce(steadySeconds() - start, .maximum))
    }
    return shortest
  }

  package var description: String { lines.joined(separator: "\n") }
}

/// Why links cannot be measured.
package enum LinkError: Error, CustomStringConvertible {
  case oneRank

  package var description: String {
    "a single rank has no other rank to reach; start two or more, for example with mpirun -n 2 lcft ping"
  }
}
