/// What a search over fine-tuning settings measured for each method, on held-out training samples.
package struct SearchTable: Sendable {
  /// One setting of a method.
  package struct Row: Sendable {
    package var learningRate: Double
    package var epochs: Int
    package var batchSize: Int
    /// User AUC weighted by held-out samples (eq. 12); a user whose fine-tuning diverged counts one half.
    package var auc: Double
    /// Users whose fine-tuning diverged.
    package var diverged: Int
    /// `auc` minus the cloud model's and its 95% interval, by a paired bootstrap over users.
    package var difference: Double
    package var low: Double
    package var high: Double
    /// As in `TuningOverrides`; nil where the method was tried without.
    package var mu: Double?
    package var share: Double?

    package init(
      learningRate: Double, epochs: Int, batchSize: Int, auc: Double, diverged: Int, difference: Double,
      low: Double, high: Double, mu: Double? = nil, share: Double? = nil
    ) {
      self.learningRate = learningRate
      self.epochs = epochs
      self.batchSize = batchSize
      self.auc = auc
      self.diverged = diverged
      self.difference = difference
      self.low = low
      self.high = high
      self.mu = mu
      self.share = share
    }
  }

  package struct Method: Sendable {
    package var name: String
    package var rows: [Row]
    /// The row with the highest AUC of those with the fewest diverged users; nil where there is none.
    package var best: Int?

    package init(name: String, rows: [Row], best: Int?) {
      self.name = name
      self.rows = rows
      self.best = best
    }
  }

  package var methods: [Method]
  /// User AUC of the cloud model on the same held-out samples.
  package var cloudAUC: Double
  package var origin: SearchOrigin

  package init(methods: [Method], cloudAUC: Double, origin: SearchOrigin) {
    self.methods = methods
    self.cloudAUC = cloudAUC
    self.origin = origin
  }
}
