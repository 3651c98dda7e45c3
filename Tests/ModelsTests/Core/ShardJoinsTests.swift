import Models
import Support
import Testing

@Suite struct ShardJoinsTests {
  /// Trees over a rank's shards as additions, children before parents, and with several sums at the end.
  static let trees: [(shards: Int, additions: [(left: Int, right: Int)])] = [
    (1, []), (2, [(0, 1)]), (2, []), (3, [(0, 1), (0, 2)]), (5, [(0, 1), (0, 2), (3, 4), (0, 3)]),
    // A rank in the middle: 1 + (2 + 3) are of two nodes, and (4 + 5) of a third.
    (6, [(1, 2), (3, 4)]), (7, [(0, 1), (2, 3), (0, 2), (4, 5), (4, 6)]),
    (8, [(0, 1), (2, 3), (0, 2), (4, 5), (6, 7), (4, 6), (0, 4)]),
  ]

  /// A weight of several panels, whose gradients are joined while they are made, at once and piece by piece, has the bits of
  /// every shard's own gradient, added along the tree.
  @Test(arguments: trees.indices, [false, true])
  func aLayersGradientsAreThoseOfTheTree(_ index: Int, _ defers: Bool) {
    let (shards, additions) = ShardJoinsTests.trees[index]
    var layout = ModelLayout()
    let (inputs, outputs) = (300, 70)
    let layer = Linear("layer", inputs: inputs, outputs: outputs, defers: true, in: &layout)
    let count = layout.parameterCount
    let arena = Arena()
    let offsets = arena.take(shards + 1, of: Int.self)
    for shard in 0...shards { offsets[shard] = 5 * shard + (shard == shards ? 2 : 0) }
    let partition = RowPartition(offsets: offsets, shards: shards)
    var random = KeyedRandom(seed: 7, UInt64(index))
    func matrix(_ columns: Int) -> Matrix {
      let matrix = Matrix(partition, columns: columns, in: arena)
      for row in 0..<matrix.rows {
        for column in 0..<columns { matrix.row(row)[column] = Float(random.uniform()) - 0.5 }
      }
      return matrix
    }
    let (x, dy) = (matrix(inputs), matrix(outputs))
    let parameters = arena.takeZeros(count, of: Float.self)
    func gradients(_ joins: ShardJoins?) -> UnsafeMutablePointer<Float> {
      let gradients = arena.takeZeros(shards * count, of: Float.self)
      let pass = Pass(
        layout: layout, arena: arena, normalization: .moving, parameters: parameters, statistics: parameters,
        gradients: gradients)
      pass.joins = joins
      if defers && joins != nil { pass.deferred = DeferredGradients() }
      _ = layer.forward(x, pass)
      _ = layer.backward(dy, pass)
      while pass.deferred?.advance(pass) == true {}
      return gradients
    }
    let own = gradients(nil)
    for (left, right) in additions {
      for i in 0..<inputs * outputs { own[left * count + i] += own[right * count + i] }
    }
    let joined = gradients(ShardJoins(shards: shards, additions: additions, layout))
    for shard in 0..<shards {
      if !additions.contains(where: { $0.right == shard }) {
        #expect((0..<inputs * outputs).allSatisfy { joined[shard * count + $0] == own[shard * count + $0] })
      }
      // Biases are added by whoever adds the other weights.
      #expect((inputs * outputs..<count).allSatisfy { joined[shard * count + $0] == own[shard * count + $0] })
    }
  }

  /// A perceptron's and a cross layer's weights are joined by their layers, everything else by shard.
  @Test func whichWeightsAreJoined() throws {
    let layout = try ModelRegistry.make(ModelRegistry.configuration("DCNv2")).layout
    let joined = layout.parameters.filter(\.addsShards)
    #expect(joined.map(\.name).allSatisfy { $0.hasSuffix("/weight") } && joined.count >= 3)
    let shardwise = layout.shardwiseWeights
    for parameter in layout.parameters {
      let isShardwise = shardwise.contains { $0.contains(parameter.offset) }
      #expect(isShardwise != parameter.addsShards)
    }
    #expect(
      shardwise.reduce(0) { $0 + $1.count } + joined.reduce(0) { $0 + $1.count } == layout.parameterCount)
  }
}
