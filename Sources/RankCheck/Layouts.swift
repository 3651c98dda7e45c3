import Dist
import Support

/// The ranks as they are spread over hosts, and ways in which they might be: each for itself, in pairs, dealt out in
/// turns, one apart from the rest.
struct Layout {
  let name: String
  let hosts: HostGroup
  private let node: MPICommunicator?

  /// Collective, as is `free`.
  static func all(_ check: Check) throws -> [Layout] {
    let own = try HostGroup(check.world, node: try NodeSharing(check.world).node)
    var layouts = [Layout(name: "hosts as they are", hosts: own, node: nil)]
    let ways: [(name: String, part: (Int) -> Int)] = [
      ("each rank a host", { $0 }), ("pairs", { $0 / 2 }), ("dealt out", { $0 % 2 }),
      ("one apart", { min($0, 1) }),
    ]
    if let world = check.world as? MPICommunicator, check.size > 1 {
      for way in ways.prefix(check.size == 2 ? 1 : ways.count) {
        let node = try world.splitByHost(part: way.part)
        layouts.append(Layout(name: way.name, hosts: try HostGroup(world, node: node), node: node))
      }
    }
    return layouts
  }

  func free() throws { try node?.free() }
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
