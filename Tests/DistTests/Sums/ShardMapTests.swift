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
}
