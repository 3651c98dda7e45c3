/// What a search over fine-tuning settings measured for each method, on held-out training samples.
public struct SearchTable: Sendable {
  /// One setting of a method.
  public struct Row: Sendable {
    public var learningRate: Double
    public var epochs: Int
    public var batchSize: Int
    /// User AUC weighted by held-out samples (eq. 12); a user whose fine-tuning diverged counts one half.
    public var auc: Double
    /// Users whose fine-tuning diverged.
    public var diverged: Int
    /// `auc` less the cloud model's and its 95% interval, by a paired bootstrap over users.
    public var difference: Double
    public var low: Double
    public var high: Double

    public init(
      learningRate: Double, epochs: Int, batchSize: Int, auc: Double, diverged: Int, difference: Double,
      low: Double, high: Double
    ) {
      self.learningRate = learningRate
      self.epochs = epochs
      self.batchSize = batchSize
      self.auc = auc
      self.diverged = diverged
      self.difference = difference
      self.low = low
      self.high = high
    }
  }

  public struct Method: Sendable {
    public var name: String
    public var rows: [Row]
    /// The row with the highest AUC of those with the fewest diverged users; nil where there is none.
    public var best: Int?

    public init(name: String, rows: [Row], best: Int?) {
      self.name = name
      self.rows = rows
      self.best = best
    }
  }

  public var methods: [Method]
  /// User AUC of the cloud model on the same held-out samples.
  public var cloudAUC: Double
  public var origin: SearchOrigin

  public init(methods: [Method], cloudAUC: Double, origin: SearchOrigin) {
    self.methods = methods
    self.cloudAUC = cloudAUC
    self.origin = origin
  }
}
