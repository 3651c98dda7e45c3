import IO
import Models

extension Results.UserMeasures {
  /// Of one method, by the logits of the users' test samples; NaN for users whose scores are not numbers.
  package init(
    logits: [Float], _ predictions: Results.Predictions, isScored: (Int) -> Bool,
    _ settings: Results.MeasureSettings
  ) {
    let users = predictions.offsets.count - 1
    self.init(users: 0, predictions.timestamp == nil ? nil : settings)
    reserve(users)
    UserParts.inOrder(users) { part in
      Results.UserMeasures(of: part, logits: logits, predictions, isScored: isScored, settings)
    } take: {
      append($0)
    }
  }

  /// NaN for so many users; with `settings` those of rankings as well.
  private init(users: Int, _ settings: Results.MeasureSettings?) {
    let none = [Double](repeating: .nan, count: users)
    let byCutoff = Array(repeating: none, count: settings?.cutoffs.count ?? 0)
    self.init(
      logLoss: none, predictedCTR: none,
      ranking: settings.map { _ in Results.UserRanking(mrr: none, ndcg: byCutoff, hitRate: byCutoff) })
  }

  private init(
    of users: Range<Int>, logits: [Float], _ predictions: Results.Predictions, isScored: (Int) -> Bool,
    _ settings: Results.MeasureSettings
  ) {
    self.init(users: users.count, predictions.timestamp == nil ? nil : settings)
    for user in users where isScored(user) {
      let rows = predictions.rows(ofUser: user)
      var (loss, predicted) = (0.0, 0.0)
      for row in rows {
        loss += Loss.crossEntropy.value(logit: Double(logits[row]), label: Double(predictions.label[row]))
        predicted += CalibrationError.probability(logits[row])
      }
      logLoss[user - users.lowerBound] = loss / Double(rows.count)
      predictedCTR[user - users.lowerBound] = predicted / Double(rows.count)
    }
    ranking?.measure(users, logits: logits, predictions, isScored: isScored, settings)
  }
}

extension Results.UserRanking {
  /// Fills in the measures of `users`, one after the other, where the samples' times are known.
  fileprivate mutating func measure(
    _ users: Range<Int>, logits: [Float], _ predictions: Results.Predictions, isScored: (Int) -> Bool,
    _ settings: Results.MeasureSettings
  ) {
    guard let times = predictions.timestamp else { return }
    var lists = CandidateLists()
    var list = ListRanking(cutoffs: settings.cutoffs)
    for user in users where isScored(user) {
      let own = user - users.lowerBound
      var count = 0.0
      lists.each(of: predictions.rows(ofUser: user), times: times, labels: predictions.label) { rows in
        list.evaluate(rows, scores: logits, labels: predictions.label)
        mrr[own] = (count == 0 ? 0 : mrr[own]) + list.reciprocalRank
        for place in settings.cutoffs.indices {
          ndcg[place][own] = (count == 0 ? 0 : ndcg[place][own]) + list.ndcg[place]
          hitRate[place][own] = (count == 0 ? 0 : hitRate[place][own]) + list.hitRate[place]
        }
        count += 1
      }
      guard count > 0 else { continue }
      mrr[own] /= count
      for place in settings.cutoffs.indices {
        ndcg[place][own] /= count
        hitRate[place][own] /= count
      }
    }
  }
}

extension Results.Measures {
  /// Of `users`, whose scores are numbers, from each one's: means over users, over samples (the users weighted by
  /// `samples`) and over lists (the users weighted by theirs). `positives` are the users' test samples with label 1.
  package init(
    _ measures: Results.UserMeasures, over users: some Sequence<Int>, samples: (Int) -> Double,
    positives: (Int) -> Double, lists: Results.UserLists?, calibrationError: Double
  ) {
    let users = Array(users)
    let (predicted, clicked) = users.reduce(into: (0.0, 0.0)) { sums, user in
      sums.0 += samples(user) * measures.predictedCTR[user]
      sums.1 += positives(user)
    }
    self.init(
      logLossPerUser: users.reduce(0) { $0 + measures.logLoss[$1] } / Double(users.count),
      calibration: clicked > 0 ? predicted / clicked : .nan, calibrationError: calibrationError, ranking: nil)
    guard let lists, let own = measures.ranking else { return }
    let listed = users.filter { lists.count[$0] > 0 }
    let count = listed.reduce(0) { $0 + Int(lists.count[$1]) }
    func mean(_ values: [Double]) -> Double {
      listed.reduce(0) { $0 + Double(lists.count[$1]) * values[$1] } / Double(count)
    }
    ranking = Results.Ranking(
      lists: count, candidates: listed.reduce(0) { $0 + Int(lists.candidates[$1]) }, mrr: mean(own.mrr),
      ndcg: own.ndcg.map(mean), hitRate: own.hitRate.map(mean))
  }

  /// The same where the users' predictions are at hand, which give the calibration error as well.
  package init(
    _ measures: Results.UserMeasures, over users: some Sequence<Int>, logits: [Float],
    _ predictions: Results.Predictions, lists: Results.UserLists?, bins: Int
  ) {
    let users = Array(users)
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
  package func measured(_ settings: MeasureSettings) -> Results {
    guard let predictions, methods.allSatisfy({ $0.predictions != nil }) else { return self }
    var results = self
    results.measureSettings = settings
    let lists = UserLists(predictions)
    results.lists = lists
    for (index, method) in methods.enumerated() {
      guard let logits = method.predictions else { continue }
      let isScored = { (user: Int) in method.aucStatus[user] != .notFinite }
      let own = UserMeasures(logits: logits, predictions, isScored: isScored, settings)
      results.methods[index].measures = own
      results.methods[index].summary.measures = Measures(
        own, over: method.aucStatus.indices.filter(isScored), logits: logits, predictions, lists: lists,
        bins: settings.bins)
    }
    return results
  }
}
