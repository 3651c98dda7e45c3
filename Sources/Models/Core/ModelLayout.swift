/// One tensor in the flat block of dense weights, or in the flat block of moving statistics.
public struct Parameter: Sendable, Equatable {
  /// Path within the checkpoint's `/dense`, for example `mlp/0/weight`.
  public let name: String
  public let shape: [Int]
  /// Where the tensor starts in its block.
  public let offset: Int
  public let initializer: Initializer
  public var count: Int { shape.reduce(1, *) }
}

/// The kinds of feature values that have embedding rows.
public enum Field: Int, Sendable, CaseIterable {
  case user, item, category
}

/// One embedding table [rows of its field x width].
public struct Table: Sendable, Equatable {
  /// Name within the checkpoint's `/embeddings`.
  public let name: String
  public let field: Field
  public let width: Int
}

/// What a model consists of: its dense weights and moving statistics, each a flat block with named
/// tensors, and its embedding tables.
public struct ModelLayout: Sendable, Equatable {
  /// Weights, trained by gradients.
  public private(set) var parameters: [Parameter] = []
  public private(set) var parameterCount = 0
  /// Moving means and variances of normalisations, updated by cloud training's forward passes.
  public private(set) var statistics: [Parameter] = []
  public private(set) var statisticCount = 0
  public private(set) var tables: [Table] = []
  /// Offset of the weight that is added to every logit.
  public var outputBias: Int?

  public init() {}

  /// Registers a weight and returns its offset in the block of weights.
  mutating func addParameter(_ name: String, _ shape: [Int], _ initializer: Initializer) -> Int {
    let parameter = Parameter(name: name, shape: shape, offset: parameterCount, initializer: initializer)
    parameters.append(parameter)
    parameterCount += parameter.count
    return parameter.offset
  }

  /// Registers a moving statistic and returns its offset in the block of statistics.
  mutating func addStatistic(_ name: String, _ shape: [Int], _ initializer: Initializer) -> Int {
    let statistic = Parameter(name: name, shape: shape, offset: statisticCount, initializer: initializer)
    statistics.append(statistic)
    statisticCount += statistic.count
    return statistic.offset
  }

  /// Registers an embedding table and returns its index.
  mutating func addTable(_ name: String, _ field: Field, width: Int) -> Int {
    tables.append(Table(name: name, field: field, width: width))
    return tables.count - 1
  }
}
