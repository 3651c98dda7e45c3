import IO
import Models
import Support

extension Results.UserMeasures {
  /// Of one method, by the logits of the users' test samples; NaN for users whose scores are not numbers.
  package init(
    logits: Column<Float>, _ predictions: Results.Predictions, isScored: (Int) -> Bool,
    _ settings: Results.MeasureSettings
  ) {
    let users = predictions.offsets.count - 1
    let (logLoss, predictedCTR) = (Column<Double>(uninitialized: users), Column<Double>(uninitialized: users))
    let times = predictions.timestamp
    let ranking = times.map { _ in Results.UserRanking(users: users, cutoffs: settings.cutoffs.count) }
    UserParts.each(users) { part in
      for user in part {
        (logLoss.values[user], predictedCTR.values[user]) = (.nan, .nan)
        guard isScored(user) else { continue }
        var (loss, predicted) = (0.0, 0.0)
        let rows = predictions.rows(ofUser: user)
        for row in rows {
          let label = Double(predictions.label[row])
          loss += Loss.crossEntropy.value(logit: Double(logits[row]), label: label)
          predicted += CalibrationError.probability(logits[row])
        }
        logLoss.values[user] = loss / Double(rows.count)
        predictedCTR.values[user] = predicted / Double(rows.count)
      }
      if let times {
        ranking?.measure(part, logits: logits, predictions, times: times, isScored: isScored, settings)
      }
    }
    self.init(logLoss: logLoss, predictedCTR: predictedCTR, ranking: ranking)
  }
}

extension Results.UserRanking {
  /// Of so many users, to be measured.
  fileprivate init(users: Int, cutoffs: Int) {
    func column() -> Column<Double> { Column(uninitialized: users) }
    self.init(
      mrr: column(), ndcg: (0..<cutoffs).map { _ in column() }, hitRate: (0..<cutoffs).map { _ in column() })
  }

  /// Fills in the measures of `users`, one after the other.
  fileprivate func measure(
    _ users: Range<Int>, logits: Column<Float>, _ predictions: Results.Predictions, times: Column<Int64>,
    isScored: (Int) -> Bool, _ settings: Results.MeasureSettings
  ) {
    var lists = CandidateLists()
    var list = ListRanking(cutoffs: settings.cutoffs)
    let (scores, labels) = (logits.pointer, predictions.label.pointer)
    for user in users {
      var count = 0.0
      change(user) { _ in 0 }
      if isScored(user) {
        lists.each(of: predictions.rows(ofUser: user), times: times.pointer, labels: labels) { rows in
          list.evaluate(rows, scores: scores, labels: labels)
          mrr.values[user] += list.reciprocalRank
          for place in settings.cutoffs.indices {
            ndcg[place].values[user] += list.ndcg[place]
            hitRate[place].values[user] += list.hitRate[place]
          }
          count += 1
        }
      }
      change(user) { count > 0 ? $0 / count : .nan }
    }
  }

  /// Changes each of a user's measures.
  private func change(_ user: Int, _ changed: (Double) -> Double) {
    mrr.values[user] = changed(mrr[user])
    for place in ndcg.indices {
      ndcg[place].values[user] = changed(ndcg[place][user])
      hitRate[place].values[user] = changed(hitRate[place][user])
    }
  }
}

extension Results.Measures {
  /// Of `users`, whose scores are numbers, from each one's: means over users, over samples (the users weighted by
  /// `samples`) and over lists (the users weighted by theirs). `positives` are the users' test samples with label 1.
  package init(
    _ measures: Results.UserMeasures, over users: Column<Int>, samples: (Int) -> Double,
    positives: (Int) -> Double, lists: Results.UserLists?, calibrationError: Double
  ) {
    let (predicted, clicked) = users.reduce(into: (0.0, 0.0)) { sums, user in
      sums.0 += samples(user) * measures.predictedCTR[user]
      sums.1 += positives(user)
    }
    self.init(
      logLossPerUser: users.reduce(0) { $0 + measures.logLoss[$1] } / Double(users.count),
      calibration: clicked > 0 ? predicted / clicked : .nan, calibrationError: calibrationError, ranking: nil)
    guard let lists, let own = measures.ranking else { return }
    let listed = users.lazy.filter { lists.count[$0] > 0 }
    let count = listed.reduce(0) { $0 + Int(lists.count[$1]) }
    func mean(_ values: Column<Double>) -> Double {
      listed.reduce(0) { $0 + Double(lists.count[$1]) * values[$1] } / Double(count)
    }
    ranking = Results.Ranking(
      lists: count, candidates: listed.reduce(0) { $0 + Int(lists.candidates[$1]) }, mrr: mean(own.mrr),
      ndcg: own.ndcg.map(mean), hitRate: own.hitRate.map(mean))
  }

  /// The same where the users' predictions are at hand, which give the calibration error as well.
  package init(
    _ measures: Results.UserMeasures, over users: Column<Int>, logits: Column<Float>,
    _ predictions: Results.Predictions, lists: Results.UserLists?, bins: Int
  ) {
    var error = CalibrationError(bins: bins)
    error.add(users, logits: logits, predictions)
    self.init(
      measures, over: users, samples: { Double(predictions.rows(ofUser: $0).count) },
      positives: { user in predictions.rows(ofUser: user).reduce(0) { $0 + Double(predictions.label[$1]) } },
      lists: lists, calibrationError: error.value)
  }
}

extension Results {
  /// With every measure of `settings`, where the predictions are at hand.
  package func measured(_ settings: MeasureSettings) -> Results { measured(settings) { _ in } }

  /// The same; `begin` is called before each method.
  package func measured(
    _ settings: MeasureSettings, begin: (_ piece: String) throws -> Void
  ) rethrows -> Results {
    guard let predictions, methods.allSatisfy({ $0.predictions != nil }) else { return self }
    var results = self
    results.measureSettings = settings
    let lists = UserLists(predictions)
    results.lists = lists
    for (index, method) in methods.enumerated() {
      guard let logits = method.predictions else { continue }
      try begin("measures of \(method.name)")
      let isScored = { (user: Int) in method.aucStatus[user] != .notFinite }
      let own = UserMeasures(logits: logits, predictions, isScored: isScored, settings)
      results.methods[index].measures = own
      results.methods[index].summary.measures = Measures(
        own, over: .numbers(below: method.aucStatus.count, where: isScored), logits: logits, predictions,
        lists: lists,
        bins: settings.bins)
    }
    return results
  }
}
