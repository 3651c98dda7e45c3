import Dist
import Support

/// Runs `body` with the ranks as they are spread over hosts, and with ways in which they might be: each for itself, in
/// pairs, dealt out in turns, one apart from the rest.
func forEachLayout(_ check: Check, _ body: (HostGroup, String) throws -> Void) throws {
  try body(try HostGroup(check.world, node: try NodeSharing(check.world).node), "hosts as they are")
  guard let world = check.world as? MPICommunicator, check.size > 1 else { return }
  let ways: [(name: String, part: (Int) -> Int)] = [
    ("each rank a host", { $0 }), ("pairs", { $0 / 2 }), ("dealt out", { $0 % 2 }),
    ("one apart", { min($0, 1) }),
  ].prefix(check.size == 2 ? 1 : 4).map { $0 }
  for way in ways {
    let node = try world.splitByHost(part: way.part)
    try body(try HostGroup(world, node: node), way.name)
    try node.free()
  }
}

/// What every host has sent while `body` ran. Collective.
func sent(_ check: Check, _ hosts: HostGroup, _ body: () throws -> Void) throws -> [HostTraffic] {
  let before = hosts.traffic
  try body()
  let own = hosts.traffic - before
  let all = try check.world.allgather([own.messages, own.bytes]).values
  return hosts.layout.ranks.map { ranks in
    ranks.reduce(HostTraffic()) { $0 + HostTraffic(messages: all[2 * $1], bytes: all[2 * $1 + 1]) }
  }
}
