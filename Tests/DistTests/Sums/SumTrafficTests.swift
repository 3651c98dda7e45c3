import Dist
import Testing

/// What hosts send, by hand. That sums send exactly this is checked by rank-check, with messages.
@Suite struct SumTrafficTests {
  private func traffic(_ hosts: Int, _ ranks: Int) throws -> SumTraffic {
    SumTraffic(try ShardMap(shards: 1024, layout: HostLayout(hosts: hosts, ranks: ranks)))
  }

  /// Each value of a long vector travels twice, in two messages per pair of hosts, whatever the number of ranks.
  @Test(arguments: [2, 4, 8, 64])
  func longVectors(hosts: Int) throws {
    for ranks in [hosts, 4 * hosts, 1024] {
      var traffic = try traffic(hosts, ranks)
      traffic.addVector(count: 1 << 18, elementBytes: 4)
      let bytes = 2 * (1 << 20) * (hosts - 1) / hosts
      #expect(
        traffic.hosts == Array(repeating: HostTraffic(messages: 2 * (hosts - 1), bytes: bytes), count: hosts))
      #expect(traffic.rounds == 2 && traffic.meetings == (ranks == hosts ? 0 : 5))
    }
  }

  /// Short ones take a message per doubling of the hosts, of as many parts as a host has.
  @Test func shortVectors() throws {
    var traffic = try traffic(6, 24)
    traffic.addVector(count: 10, elementBytes: 8)
    #expect(traffic.rounds == 3 && traffic.hosts.allSatisfy { $0.messages == 3 })
    var two = try self.traffic(2, 16)
    two.addVector(count: 10, elementBytes: 8)
    #expect(two.hosts == [HostTraffic(messages: 1, bytes: 80), HostTraffic(messages: 1, bytes: 80)])
  }

  /// Two hosts and a table of 10 rows of 2: the first joins rows 0 to 4, then as many as would have shared evenly.
  @Test func touchedRows() throws {
    let map = try ShardMap(shards: 2, ranks: 2)
    var ranges = [RowRanges(map.layout, host: 0, rows: 10)]
    let table = SumTraffic.TouchedTable(width: 2, partials: [[6, 7], [1, 7, 8]], union: [1, 6, 7, 8])
    var first = SumTraffic(map)
    first.addRows([table], &ranges)
    // Host 0 sends rows 6 and 7, and a sum of row 1; host 1 sends row 1, and sums of rows 6, 7 and 8. Each row has a
    // number and two values; two numbers of rows have 8 bytes.
    #expect(
      first.hosts == [HostTraffic(messages: 4, bytes: 16 + 36), HostTraffic(messages: 4, bytes: 16 + 48)])
    var second = SumTraffic(map)
    second.addRows([table], &ranges)
    // Rows 1 and 6 are the first half: host 0 sends row 7, and two sums; host 1 row 1, and two sums.
    #expect(
      second.hosts == [HostTraffic(messages: 4, bytes: 16 + 36), HostTraffic(messages: 4, bytes: 16 + 36)])
  }

  /// Within a host nothing is sent.
  @Test func oneHost() throws {
    var traffic = try traffic(1, 64)
    traffic.addVector(count: 1 << 18, elementBytes: 4)
    traffic.addVector(count: 10, elementBytes: 8)
    #expect(traffic.hosts == [HostTraffic()] && traffic.rounds == 0 && traffic.meetings == 3)
  }
}
