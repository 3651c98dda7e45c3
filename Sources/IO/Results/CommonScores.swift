extension Results {
  /// `/summary/<method>`, attributes `common_...`: a method's scores over the users whose scores are numbers under
  /// every method, so that methods can be compared although the fine-tuning of some users diverged under one of them.
  package struct CommonScores: Sendable, Equatable {
    /// The users that `pooledAUC` and `logLoss` cover.
    package var users: Int
    /// Of those, the users with an AUC under every method, which the user AUCs cover.
    package var aucUsers: Int
    package var userAUC: Double
    package var userAUCUnweighted: Double
    /// NaN, as `logLoss`, where predictions were not kept.
    package var pooledAUC: Double
    package var logLoss: Double
    /// Over the same users as `logLoss`; nil where predictions were not kept, or `Results.measureSettings` is nil.
    package var measures: Measures?

    package init(
      users: Int, aucUsers: Int, userAUC: Double, userAUCUnweighted: Double, pooledAUC: Double,
      logLoss: Double, measures: Measures? = nil
    ) {
      self.users = users
      self.aucUsers = aucUsers
      self.userAUC = userAUC
      self.userAUCUnweighted = userAUCUnweighted
      self.pooledAUC = pooledAUC
      self.logLoss = logLoss
      self.measures = measures
    }
  }
}
