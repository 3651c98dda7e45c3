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
    package var count: [Int32]
    /// Samples in these lists.
    package var candidates: [Int32]

    package init(count: [Int32], candidates: [Int32]) {
      self.count = count
      self.candidates = candidates
    }

    /// Adds those of other users behind these.
    package mutating func append(_ other: UserLists) {
      count += other.count
      candidates += other.candidates
    }
  }

  /// `/methods/<name>`: one method's measures of every user, NaN where a score is not a number.
  package struct UserMeasures: Sendable, Equatable {
    /// Mean cross entropy of the user's test samples.
    package var logLoss: [Double]
    /// Mean predicted click probability of the user's test samples.
    package var predictedCTR: [Double]
    /// Nil where the times of the samples are not known.
    package var ranking: UserRanking?

    package init(logLoss: [Double], predictedCTR: [Double], ranking: UserRanking?) {
      self.logLoss = logLoss
      self.predictedCTR = predictedCTR
      self.ranking = ranking
    }
  }

  /// Means over each user's lists, NaN where the user has none.
  package struct UserRanking: Sendable, Equatable {
    package var mrr: [Double]
    /// [cutoffs][users]
    package var ndcg: [[Double]]
    package var hitRate: [[Double]]

    package init(mrr: [Double], ndcg: [[Double]], hitRate: [[Double]]) {
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
  /// Adds those of other users behind these. Rankings are left out where one side has none.
  package mutating func append(_ other: Self) {
    logLoss += other.logLoss
    predictedCTR += other.predictedCTR
    guard ranking != nil, let others = other.ranking else {
      ranking = nil
      return
    }
    ranking?.append(others)
  }

  /// Makes room for so many users.
  package mutating func reserve(_ users: Int) {
    logLoss.reserveCapacity(users)
    predictedCTR.reserveCapacity(users)
    ranking?.reserve(users)
  }
}

extension Results.UserRanking {
  fileprivate mutating func append(_ other: Self) {
    mrr += other.mrr
    for place in ndcg.indices {
      ndcg[place] += other.ndcg[place]
      hitRate[place] += other.hitRate[place]
    }
  }

  fileprivate mutating func reserve(_ users: Int) {
    mrr.reserveCapacity(users)
    for place in ndcg.indices {
      ndcg[place].reserveCapacity(users)
      hitRate[place].reserveCapacity(users)
    }
  }
}

extension Results.Predictions {
  /// Adds the samples of other users behind these. Times are left out where one side has none.
  package mutating func append(_ other: Self) {
    let end = offsets[offsets.count - 1]
    offsets += other.offsets.dropFirst().map { $0 + end }
    label += other.label
    if let others = other.timestamp { timestamp?.append(contentsOf: others) } else { timestamp = nil }
  }
}
