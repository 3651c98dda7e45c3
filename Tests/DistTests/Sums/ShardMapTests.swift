import Dist
import Testing

@Suite struct ShardMapTests {
  @Test func everyShardHasOneOwner() throws {
    for shards in 1...40 {
      for ranks in 1...shards {
        let map = try ShardMap(shards: shards, ranks: ranks)
        var next = 0
        for rank in 0..<ranks {
          let block = map.shards(ofRank: rank)
          #expect(block.lowerBound == next)
          #expect(block.count == shards / ranks || block.count == shards / ranks + 1)
          for shard in block { #expect(map.owner(ofShard: shard) == rank) }
          next = block.upperBound
        }
        #expect(next == shards)
      }
    }
  }

  @Test func largerBlocksComeFirst() throws {
    let map = try ShardMap(shards: 8, ranks: 3)
    #expect((0..<3).map { map.shards(ofRank: $0) } == [0..<3, 3..<6, 6..<8])
  }

  @Test func moreRanksThanShardsAreRefused() {
    #expect(throws: DistError.moreRanksThanShards(ranks: 9, shards: 8)) {
      try ShardMap(shards: 8, ranks: 9)
    }
  }

  /// Ranks that a launcher dealt out to hosts in turns own shards that are contiguous on each host.
  @Test func aHostsShardsAreContiguous() throws {
    let layout = HostLayout(leaders: [0, 1, 2, 0, 1, 2, 0])
    #expect(layout.ranks == [[0, 3, 6], [1, 4], [2, 5]] && layout.hosts == [0, 1, 2, 0, 1, 2, 0])
    let map = try ShardMap(shards: 9, layout: layout)
    #expect((0..<7).map { map.shards(ofRank: $0) } == [0..<2, 5..<6, 7..<8, 2..<4, 6..<7, 8..<9, 4..<5])
    for ranks in layout.ranks {
      let shards = ranks.flatMap { Array(map.shards(ofRank: $0)) }
      #expect(shards == Array(shards[0]..<shards[0] + shards.count))
      for rank in ranks {
        for shard in map.shards(ofRank: rank) { #expect(map.owner(ofShard: shard) == rank) }
      }
    }
    // Values in the ranks' order, each named by its shard, come into the order of the shards.
    let byRank = (0..<7).flatMap { Array(map.shards(ofRank: $0)) }
    #expect(map.byShard(byRank) == Array(0..<9))
  }
}
