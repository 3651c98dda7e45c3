import IO
import Models

/// What methods know of all users, made once before the first of them is fine-tuned: the same on every rank.
package struct MethodBasis {
  /// w_g.
  package let globalCTR: Double
  /// Of users' click rates; nil where no method asks for it.
  package let prior: BetaPrior?
  private let popularity: ItemPopularity?
  /// For each table of users' rows the mean of them; empty where no method asks for it.
  private let unknownUser: [(table: Int, row: [Float])]
  /// Whether labels depend on what the cloud model predicts of the training samples.
  package let needsPredictions: Bool

  /// For `methods`. The prior and the popularity are those of the training samples of `dataset`, `weights` the cloud model.
  package init(_ methods: [Method], dataset: Dataset, weights: Weights, globalCTR: Double) {
    self.globalCTR = globalCTR
    let rules = methods.compactMap(\.correction)
    needsPredictions = rules.contains { $0.target == .meanPrediction }
    let hasPrior = globalCTR > 0 && globalCTR < 1 && rules.contains { $0.estimate == .shrunken }
    prior = hasPrior ? BetaPrior(mean: globalCTR, of: dataset.clickCountsOfUsers) : nil
    popularity = methods.contains(.popularity) ? ItemPopularity(of: dataset) : nil
    unknownUser = methods.contains(.cloudWithoutUser) ? MethodBasis.unknownUser(weights) : []
  }

  private static func unknownUser(_ weights: Weights) -> [(table: Int, row: [Float])] {
    weights.layout.tables.enumerated().filter { $0.element.space == .user }.map { index, table in
      var row = [Float](repeating: 0, count: table.width)
      row.withUnsafeMutableBufferPointer {
        MeanRow.write(
          of: weights.tables[index], rows: weights.rows(ofTable: index), width: table.width,
          to: $0.baseAddress!)
      }
      return (index, row)
    }
  }

  /// The rates of a user with the local CTR `localCTR` over so many training `samples`; `predictions` are the cloud
  /// model's logits of these, where there are some.
  package func rates(
    localCTR: Double, samples: Int, predictions: UnsafePointer<Float>?
  ) -> ClickRates {
    var rates = ClickRates(localCTR: localCTR, globalCTR: globalCTR)
    if let prior {
      rates.shrunkenCTR = prior.rate(positives: localCTR * Double(samples), samples: Double(samples))
    }
    if needsPredictions, let predictions {
      rates.meanPrediction = meanProbability(UnsafeBufferPointer(start: predictions, count: samples))
    }
    return rates
  }

  /// Puts the user's rows in place that `method` starts with, on top of the whole model that `model` uses.
  package func prepare(_ model: UserModel, for method: Method) {
    guard method == .cloudWithoutUser else { return }
    for (table, row) in unknownUser { model.replaceUser(inTable: table, by: row) }
  }

  /// Writes what `method` scores `samples` with, once `model` has been fine-tuned: its logits, mixed with those of the
  /// cloud model where its `share` is below 1, or the items' popularity.
  package func score(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, by model: UserModel, _ method: Method,
    share: Double, cloud: UnsafePointer<Float>?, into logits: UnsafeMutablePointer<Float>
  ) throws {
    if method == .popularity, let popularity {
      for i in 0..<samples.count { logits[i] = popularity.logit(ofItem: samples[i].item) }
      return
    }
    try model.score(samples, into: logits)
    guard share < 1 else { return }
    guard let cloud else { preconditionFailure("a mixture has the cloud model's logits") }
    for i in 0..<samples.count {
      logits[i] = Float((1 - share) * Double(cloud[i]) + share * Double(logits[i]))
    }
  }
}

/// The mean of 1 / (1 + e^-z) over logits z.
private func meanProbability(_ logits: UnsafeBufferPointer<Float>) -> Double {
  logits.reduce(0) { $0 + CalibrationError.probability($1) } / Double(logits.count)
}

extension Dataset {
  /// Of all users' training samples.
  package var clickCountsOfUsers: ClickCounts {
    ClickCounts(users.count) { user in
      let positives = train.positives(ofUser: user)
      return (positives, train.rows(ofUser: user).count - positives)
    }
  }
}
