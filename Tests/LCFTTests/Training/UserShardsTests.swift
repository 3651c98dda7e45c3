import Dist
import IO
import LCFT
import Support
import TestSupport
import Testing

@Suite struct UserShardsTests {
  /// Hosts have whole blocks of users, all of them together, those of their ranks' shards.
  @Test(arguments: [[0], [0, 1, 2], [0, 0, 2, 2], [0, 1, 0, 1], [0, 1, 2, 3, 4, 5, 6, 7]])
  func hostsOwnTheUsersOfTheirShards(_ leaders: [Int]) throws {
    var dataset = smallDataset()
    dataset.blocks = UserBlocks(users: dataset.users.count, size: 2)
    let job = try Job.parse("training: {virtual_shards: 8}", file: "job.yaml")
    let layout = HostLayout(leaders: leaders)
    let owners = try RowOwners(job, of: dataset, on: layout)
    #expect(owners.users.flatMap(Array.init) == Array(0..<dataset.users.count))
    for user in 0..<dataset.users.count {
      #expect(owners.users[owners.host(ofUser: user)].contains(user))
    }
    let map = try ShardMap(shards: 8, layout: layout)
    let shards = UserShards(dataset: dataset, shards: 8)
    for rank in leaders.indices {
      for shard in map.shards(ofRank: rank) {
        #expect(shards.users[shard].allSatisfy(owners.held(byHostOf: rank).users.contains))
      }
    }
  }

  /// Hosts that share out tables have all rows of items and values together, each those of its shards, one after another.
  @Test(arguments: [[0], [0, 1, 2], [0, 0, 2, 2], [0, 1, 0, 1], [0, 1, 2, 3, 4, 5, 6, 7]])
  func hostsShareOutTables(_ leaders: [Int]) throws {
    let dataset = smallDataset()
    let job = try Job.parse("training: {virtual_shards: 8, tables: sharded}", file: "job.yaml")
    let owners = try RowOwners(job, of: dataset, on: HostLayout(leaders: leaders), sharesTables: true)
    for count in [0, 1, 7, 8, 9, 1000] {
      let parts = owners.held.map { $0.rows(of: .item, count: count) ?? 0..<0 }
      #expect(parts.flatMap(Array.init) == Array(0..<count))
      #expect(
        owners.map.parts(of: [(count, 3)]).bounds == [parts.map { Int32($0.lowerBound) } + [Int32(count)]])
      for (host, part) in parts.enumerated() {
        // A virtual shard's rows more or less than an equal part.
        let share = Double(count * owners.layout.ranks[host].count) / Double(leaders.count)
        #expect(abs(Double(part.count) - share) <= Double(count) / 8 + 1)
      }
    }
    #expect(
      try RowOwners(job, of: dataset, on: owners.layout).held.allSatisfy {
        $0.rows(of: .item, count: 9) == nil
      })
  }

  private func shards(_ samples: [Int], blockSize: Int, _ count: Int) -> UserShards {
    var offsets: [Int64] = [0]
    for own in samples { offsets.append(offsets[offsets.count - 1] + Int64(own)) }
    return offsets.withUnsafeBufferPointer {
      UserShards(
        trainOffsets: $0, blocks: UserBlocks(users: samples.count, size: blockSize), shards: count)
    }
  }

  /// Shards tile the users in order, end at block boundaries, and each at the first of those that are
  /// nearest.
  @Test(arguments: [1, 2, 8], [1, 2, 3, 5, 16, 64])
  func endsAtTheNearestBoundaries(_ blockSize: Int, _ count: Int) throws {
    for seed in 0..<6 {
      var random = KeyedRandom(seed: UInt64(seed))
      // Some users without samples, and sometimes one with very many.
      var samples = (0..<1 + random.below(90)).map { _ in random.below(3) == 0 ? 0 : random.below(50) }
      samples[random.below(samples.count)] += [0, 0, 2000][seed % 3]
      let found = shards(samples, blockSize: blockSize, count)
      let total = samples.reduce(0, +)
      #expect(found.users.count == count && found.sampleCount == total)
      #expect(found.users.first?.lowerBound == 0 && found.users.last?.upperBound == samples.count)
      let boundaries = Array(stride(from: 0, to: samples.count, by: blockSize)) + [samples.count]
      for shard in 0..<count - 1 {
        let distances = boundaries.map { abs(samples[..<$0].reduce(0, +) * count - total * (shard + 1)) }
        let nearest = try #require(distances.indices.min { distances[$0] < distances[$1] })
        #expect(found.users[shard].upperBound == boundaries[nearest])
        #expect(found.users[shard + 1].lowerBound == found.users[shard].upperBound)
      }
      for shard in 0..<count {
        #expect(found.sampleCounts[shard] == samples[found.users[shard]].reduce(0, +))
      }
      #expect(found.users(ofShards: 0..<count) == 0..<samples.count)
    }
  }

  @Test func workedByHand() {
    // Cumulative 0, 4, 4, 6, 12 after blocks of one user; targets 3, 6 and 9 of 12.
    let found = shards([4, 0, 2, 6], blockSize: 1, 4)
    #expect(found.users == [0..<1, 1..<3, 3..<3, 3..<4])
    #expect(found.sampleCounts == [4, 2, 0, 6])
    // 6 and 12 are equally near to 9, and the first is taken.
    #expect(shards([3], blockSize: 1, 3).users == [0..<0, 0..<1, 1..<1])
    #expect(shards([0, 0], blockSize: 1, 2).users == [0..<0, 0..<2])
  }
}
