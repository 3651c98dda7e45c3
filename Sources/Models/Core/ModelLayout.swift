/// One tensor in the flat block of dense weights, or in the flat block of moving statistics.
package struct Parameter: Sendable, Equatable {
  /// Path within the checkpoint's `/dense`, for example `mlp/0/weight`.
  package let name: String
  package let shape: [Int]
  /// Where the tensor starts in its block.
  package let offset: Int
  package let initializer: Initializer
  /// Whether the layer that has the weight adds its gradients over the shards, where the pass says how (`ShardJoins`).
  package var addsShards = false
  package var count: Int { shape.reduce(1, *) }
}

/// One embedding table [rows of its space x width].
package struct Table: Sendable, Equatable {
  /// Name within the checkpoint's `/embeddings`.
  package let name: String
  package let space: RowSpace
  package let width: Int
}

/// Embeddings that are a dense weight [rows of its space x width].
package struct DenseTable: Sendable, Equatable {
  package let space: RowSpace
  /// Where it starts in the block of weights.
  package let offset: Int
  package let width: Int
}

/// What a model consists of: its dense weights and moving statistics, each a flat block with named
/// tensors, and its embedding tables.
package struct ModelLayout: Sendable, Equatable {
  /// Weights, trained by gradients.
  package private(set) var parameters: [Parameter] = []
  package private(set) var parameterCount = 0
  /// Moving means and variances of normalisations, updated by cloud training's forward passes.
  package private(set) var statistics: [Parameter] = []
  package private(set) var statisticCount = 0
  package private(set) var tables: [Table] = []
  package private(set) var denseTables: [DenseTable] = []
  /// Offset of the weight that is added to every logit.
  package var outputBias: Int?

  package init() {}

  /// The weights whose gradients no layer adds over the shards, as ranges of the block of weights.
  package var shardwiseWeights: [Range<Int>] {
    var ranges: [Range<Int>] = []
    for parameter in parameters where !parameter.addsShards {
      let (start, end) = (parameter.offset, parameter.offset + parameter.count)
      if let last = ranges.last, last.upperBound == start {
        ranges[ranges.count - 1] = last.lowerBound..<end
      } else {
        ranges.append(start..<end)
      }
    }
    return ranges
  }

  /// Registers a weight and returns its offset in the block of weights.
  mutating func addParameter(
    _ name: String, _ shape: [Int], _ initializer: Initializer, addsShards: Bool = false
  ) -> Int {
    assert(!parameters.contains { $0.name == name }, "every weight has a name of its own")
    let parameter = Parameter(
      name: name, shape: shape, offset: parameterCount, initializer: initializer, addsShards: addsShards)
    parameters.append(parameter)
    parameterCount += parameter.count
    return parameter.offset
  }

  /// Registers a moving statistic and returns its offset in the block of statistics.
  mutating func addStatistic(_ name: String, _ shape: [Int], _ initializer: Initializer) -> Int {
    assert(!statistics.contains { $0.name == name }, "every statistic has a name of its own")
    let statistic = Parameter(name: name, shape: shape, offset: statisticCount, initializer: initializer)
    statistics.append(statistic)
    statisticCount += statistic.count
    return statistic.offset
  }

  /// Registers an embedding table and returns its index.
  mutating func addTable(_ name: String, _ space: RowSpace, width: Int) -> Int {
    assert(!tables.contains { $0.name == name }, "every table has a name of its own")
    tables.append(Table(name: name, space: space, width: width))
    return tables.count - 1
  }

  // What several parts of a model have in common: registered by the first of them.

  /// The index of the embedding table of this name.
  mutating func sharedTable(_ name: String, _ space: RowSpace, width: Int) -> Int {
    guard let index = tables.firstIndex(where: { $0.name == name }) else {
      return addTable(name, space, width: width)
    }
    precondition(tables[index].space == space && tables[index].width == width, "a shared table is one table")
    return index
  }

  /// The offset of the weight of this name, whose rows are embeddings.
  mutating func sharedDenseTable(_ name: String, _ space: RowSpace, rows: Int, width: Int) -> Int {
    let offset = sharedParameter(name, [rows, width], .glorotUniform)
    let table = DenseTable(space: space, offset: offset, width: width)
    if !denseTables.contains(table) { denseTables.append(table) }
    return offset
  }

  /// The offset of the weight of this name.
  mutating func sharedParameter(_ name: String, _ shape: [Int], _ initializer: Initializer) -> Int {
    guard let parameter = parameters.first(where: { $0.name == name }) else {
      return addParameter(name, shape, initializer)
    }
    precondition(parameter.shape == shape, "a shared weight is one weight")
    return parameter.offset
  }
}
