import Support

extension Results {
  /// How the measures beside AUC and log loss are computed: root attributes `metrics_at` and `metrics_bins`.
  package struct MeasureSettings: Sendable, Equatable {
    /// The k of NDCG@k and hit rate@k, rising.
    package var cutoffs: [Int]
    /// Intervals of the click probability, all of one width, that the expected calibration error is summed over.
    package var bins: Int

    package init(cutoffs: [Int], bins: Int) {
      self.cutoffs = cutoffs
      self.bins = bins
    }
  }

  /// The lists of candidates among each user's test samples: `/users/lists`, `/users/list_candidates`. The samples of a
  /// user with the same time are one list, which counts where it has a positive and a negative.
  package struct UserLists: Sendable, Equatable {
    package var count: Column<Int32>
    /// Samples in these lists.
    package var candidates: Column<Int32>

    package init(count: Column<Int32>, candidates: Column<Int32>) {
      self.count = count
      self.candidates = candidates
    }

    /// Those of these users and, behind them, of others.
    package static func + (first: UserLists, second: UserLists) -> UserLists {
      UserLists(count: first.count + second.count, candidates: first.candidates + second.candidates)
    }
  }

  /// `/methods/<name>`: one method's measures of every user, NaN where a score is not a number.
  package struct UserMeasures: Sendable, Equatable {
    /// Mean cross entropy of the user's test samples.
    package var logLoss: Column<Double>
    /// Mean predicted click probability of the user's test samples.
    package var predictedCTR: Column<Double>
    /// Nil where the times of the samples are not known.
    package var ranking: UserRanking?

    package init(logLoss: Column<Double>, predictedCTR: Column<Double>, ranking: UserRanking?) {
      self.logLoss = logLoss
      self.predictedCTR = predictedCTR
      self.ranking = ranking
    }
  }

  /// Means over each user's lists, NaN where the user has none.
  package struct UserRanking: Sendable, Equatable {
    package var mrr: Column<Double>
    /// [cutoffs][users]
    package var ndcg: [Column<Double>]
    package var hitRate: [Column<Double>]

    package init(mrr: Column<Double>, ndcg: [Column<Double>], hitRate: [Column<Double>]) {
      self.mrr = mrr
      self.ndcg = ndcg
      self.hitRate = hitRate
    }
  }

  /// One method's measures over users: attributes of `/summary/<name>`.
  package struct Measures: Sendable, Equatable {
    /// Mean over the users, each counted alike, of a user's mean cross entropy.
    package var logLossPerUser: Double
    /// Predicted over true CTR: the sum of the predicted probabilities over the number of positives.
    package var calibration: Double
    /// Expected calibration error: over the bins of the predicted probability, the share of the samples times the
    /// distance between their mean probability and their CTR. NaN where the samples' predictions are not at hand.
    package var calibrationError: Double
    /// Nil where the times of the samples are not known.
    package var ranking: Ranking?

    package init(logLossPerUser: Double, calibration: Double, calibrationError: Double, ranking: Ranking?) {
      self.logLossPerUser = logLossPerUser
      self.calibration = calibration
      self.calibrationError = calibrationError
      self.ranking = ranking
    }
  }

  /// Means over lists of candidates, each counted alike; NaN where there is none.
  package struct Ranking: Sendable, Equatable {
    package var lists: Int
    package var candidates: Int
    package var mrr: Double
    /// [cutoffs]
    package var ndcg: [Double]
    package var hitRate: [Double]

    package init(lists: Int, candidates: Int, mrr: Double, ndcg: [Double], hitRate: [Double]) {
      self.lists = lists
      self.candidates = candidates
      self.mrr = mrr
      self.ndcg = ndcg
      self.hitRate = hitRate
    }
  }
}

extension Results.UserMeasures {
  /// These users' and, behind them, those of another. Rankings are left out where one side has none.
  package static func + (first: Self, second: Self) -> Self {
    var both = Self(
      logLoss: first.logLoss + second.logLoss, predictedCTR: first.predictedCTR + second.predictedCTR,
      ranking: nil)
    if let one = first.ranking, let other = second.ranking {
      both.ranking = Results.UserRanking(
        mrr: one.mrr + other.mrr, ndcg: zip(one.ndcg, other.ndcg).map { $0 + $1 },
        hitRate: zip(one.hitRate, other.hitRate).map { $0 + $1 })
    }
    return both
  }
}

extension Results.Predictions {
  /// These samples and, behind them, those of other users. Times are left out where one side has none.
  package static func + (first: Self, second: Self) -> Self {
    let (users, end) = (first.offsets.count, first.offsets[first.offsets.count - 1])
    let offsets = Column<Int64>(uninitialized: users + second.offsets.count - 1)
    offsets.replace(from: 0, with: first.offsets)
    for user in 1..<max(1, second.offsets.count) {
      offsets.values[users + user - 1] = end + second.offsets[user]
    }
    var both = Self(offsets: offsets, label: first.label + second.label)
    if let one = first.timestamp, let other = second.timestamp { both.timestamp = one + other }
    return both
  }
}
