import Dist
import IO
import LCFT
import Models
import Support

/// One thing that a search tries on every user: a method with settings, and for hard correction the labels.
package struct SearchPoint: CustomStringConvertible {
  package var method: Method
  /// Nil: as the method says.
  package var labels: CorrectedLabels?
  /// Hard correction's tables for the parts of users (`CrossFittedLabels`).
  package var tables: [LabelTable.Pairs]?
  package var settings: TuningOverrides

  package init(
    method: Method, labels: CorrectedLabels? = nil, tables: [LabelTable.Pairs]? = nil,
    settings: TuningOverrides
  ) {
    self.method = method
    self.labels = labels
    self.tables = tables
    self.settings = settings
  }

  package var description: String {
    let pair = labels.map { " alpha \($0.alpha) beta \($0.beta)" } ?? ""
    let parts = tables.map { " by parts: \($0.map(\.text).joined(separator: " | "))" } ?? ""
    return "\(method.rawValue)\(pair)\(parts) \(settings)"
  }
}

/// What a search measured, at rank 0.
package struct SearchScores {
  /// Users whose held-out samples have both classes: local CTR of the fit part, and held-out samples.
  package var localCTR: [Double]
  package var weight: [Double]
  /// [points][users], NaN where the fine-tuning diverged; on other ranks without users.
  package var aucs: [[Double]]

  package init(localCTR: [Double], weight: [Double], aucs: [[Double]]) {
    self.localCTR = localCTR
    self.weight = weight
    self.aucs = aucs
  }

  /// Each user's AUC at one point. A user whose fine-tuning diverged counts one half: such a model ranks
  /// nothing, and to leave the user out would favour the settings that break models.
  package func ranked(_ point: Int) -> [Double] { aucs[point].map(SearchScores.ranked) }

  private static func ranked(_ auc: Double) -> Double { auc.isNaN ? 0.5 : auc }

  /// The user AUC of one point over `users`; NaN where there are none.
  package func userAUC(_ point: Int, _ users: [Int]) -> Double {
    var average = UserAUC()
    for user in users { average.add(SearchScores.ranked(aucs[point][user]), samples: weight[user]) }
    return average.value
  }
}

/// Fine-tunes every user of a search's data set (`Dataset.holdingOut`) at every point and scores the held-out
/// samples; on all ranks.
///
/// All points of a user run on one gathered submodel and on the same assembled batches. Users go to ranks as
/// in a `FineTuningRun`, and only their AUCs travel.
package final class SearchRun {
  private let job: Job
  private let dataset: Dataset
  private let points: [SearchPoint]
  private let communicator: any Communicator
  private let model: UserModel
  private let basis: MethodBasis
  /// Whether some point mixes the cloud model's logits with the fine-tuned one's.
  private let isMixed: Bool
  private var metric = AUC()
  /// Users whose held-out samples have both classes, by row, and their w.
  package private(set) var users: [Int] = []
  private var localCTR: [Double] = []
  package private(set) var oneClass = 0
  package private(set) var tooFew = 0

  package init(
    job: Job, dataset: Dataset, weights: Weights, points: [SearchPoint], communicator: any Communicator
  ) {
    self.job = job
    self.dataset = dataset
    self.points = points
    self.communicator = communicator
    model = UserModel(job: job, dataset: dataset, weights: weights)
    basis = MethodBasis(
      points.map(\.method), dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    isMixed = points.contains {
      $0.method.fineTunes && TuningSettings(job.fineTuning, $0.method, $0.settings, labels: .plain).share < 1
    }
    for user in 0..<dataset.users.count {
      let (fit, heldOut) = (dataset.train.rows(ofUser: user).count, dataset.test.rows(ofUser: user).count)
      let positives = dataset.test.positives(ofUser: user)
      if heldOut > 0, positives > 0, positives < heldOut {
        users.append(user)
        localCTR.append(dataset.localCTR(ofUser: user))
      } else if heldOut > 0 {
        oneClass += 1
      } else if fit > 0 {
        tooFew += 1
      }
    }
  }

  /// Collective. The scores are complete on rank 0, where `journal` keeps the outcomes; `name` and `progress`
  /// as in `UserQueue`.
  package func run(
    name: String = "search", progress: ProgressFeed = .silent, journal: WorkJournal? = nil
  ) throws -> SearchScores {
    // Outcomes come to rank 0 alone; those of many points are large.
    let kept = communicator.rank == 0 ? users.count : 0
    var aucs = points.map { _ in [Double](repeating: .nan, count: kept) }
    var done = Array(repeating: false, count: users.count)
    let queue = UserQueue(communicator, name: name, progress: progress, journal: journal)
    try queue.run(
      items: users.count,
      cost: { 10 + dataset.train.cost(ofUser: users[$0], historyLength: job.historyLength) },
      isDone: { done[$0] },
      process: { item, results in
        try self.process(item) {
          results.append($0)
          // All points of a user may take long.
          try queue.serve()
        }
      },
      collect: { reader in
        let user = Int(try reader.read(Int32.self))
        guard done.indices.contains(user) else { throw WorkError.foreign }
        for point in self.points.indices { aucs[point][user] = try reader.read(Double.self) }
        done[user] = true
      })
    return SearchScores(
      localCTR: localCTR, weight: users.map { Double(dataset.test.rows(ofUser: $0).count) },
      aucs: aucs)
  }

  /// How `user`, of these `rates`, is fine-tuned at `point`; nil: not at all.
  private func settings(_ point: SearchPoint, _ rates: ClickRates, _ user: Int) -> TuningSettings? {
    guard point.method.fineTunes else { return nil }
    let table = point.tables?[CrossFittedLabels.part(ofUser: user)]
    let labels = point.labels ?? LabelCorrection.labels(point.method, rates, table: table)
    return TuningSettings(job.fineTuning, point.method, point.settings, labels: labels)
  }

  /// What the labels of the user at `index`, whose samples `model` has gathered, are corrected by.
  private func rates(
    _ index: Int, _ fit: UnsafeMutableBufferPointer<SampleReference>
  ) throws -> ClickRates {
    basis.rates(
      localCTR: localCTR[index], samples: fit.count,
      predictions: basis.needsPredictions ? try model.logits(of: fit) : nil)
  }

  /// Calls `emit` with the AUC of each point for the user at `index`.
  private func process(_ index: Int, emit: (Double) throws -> Void) throws {
    let user = users[index]
    model.begin()
    let arena = model.userArena
    let fit = dataset.trainReferences(ofUser: user, in: arena)
    let heldOut = dataset.testReferences(ofUser: user, in: arena)
    let truth = dataset.test.label.pointer + dataset.test.rows(ofUser: user).lowerBound
    model.gather(fit, heldOut)
    let logits = arena.take(heldOut.count, of: Float.self)
    let rates = try rates(index, fit)
    for point in points {
      if let settings = settings(point, rates, user) { model.expect(fit, user: user, settings) }
    }
    try model.prepareExpected()
    let cloud = isMixed ? try model.logits(of: heldOut) : nil
    for point in points {
      model.use(model.cloud)
      let settings = settings(point, rates, user)
      if let settings { try model.fineTune(fit, user: user, settings) }
      try basis.score(
        heldOut, by: model, point.method, share: settings?.share ?? 1, cloud: cloud, into: logits)
      try emit(metric.evaluate(scores: logits, labels: truth, count: heldOut.count).value)
    }
  }
}
