import Dist
import LCFT
import Models
import Testing

@Suite struct StepVectorTests {
  /// Gradients, requests and losses of three shards arrive in their places, added along the tree.
  @Test func sumsItsParts() throws {
    var layout = ModelLayout()
    _ = PReLU("slopes", columns: 2, in: &layout)
    let tree = try TreeSum(HostGroup(SoloCommunicator()), ShardMap(shards: 3, ranks: 1))
    let vector = StepVector(layout, along: tree)
    for requests in [[], .checkpoint, .stop, [.checkpoint, .stop]] as [StepRequests] {
      vector.clear()
      for shard in 0..<3 {
        vector.gradients[shard * vector.stride] = Float(1 << shard)
        vector.gradients[shard * vector.stride + 1] = -1
        vector.setLoss(0.25 * Double(shard), ofShard: shard)
      }
      vector.setRequests(requests)
      try vector.sum(over: tree)
      #expect(vector.gradients[0] == 7 && vector.gradients[1] == -3)
      #expect(vector.loss == 0.75 && vector.requests == requests)
    }
  }

  /// What many ranks request is told from the sum of their numbers; only rank 0 asks for a checkpoint.
  @Test func tellsRequestsApart() {
    for ranks in [1, 2, 1000, 1_000_000] {
      for stopping in [0, 1, ranks / 2, ranks] {
        for first in [StepRequests(), .checkpoint] {
          let sum = first.number + Float(stopping) * StepRequests.stop.number
          #expect(StepRequests(sum: sum) == (stopping > 0 ? first.union(.stop) : first))
        }
      }
    }
    #expect(StepRequests(sum: .nan) == [] && StepRequests(sum: .infinity) == [])
  }
}
