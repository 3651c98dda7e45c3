import Dist
import IO
import Models
import Support

/// Scores the test samples of the users that have no training samples by the cloud model, on all ranks, and gathers the
/// logits at rank 0.
package final class UntrainedUsersRun {
  private let dataset: Dataset
  private let communicator: any Communicator
  private let model: UserModel
  /// By row.
  private let users: [Int32]
  /// On rank 0: where each user's test samples start among those of all these users [users + 1], and their logits.
  private let offsets: [Int64]
  private let logits: Column<Float>
  private let borrowed: BorrowedUsers?

  /// Nil where there are no such users. `weights` is the whole cloud model on every rank; `borrowed` as in
  /// `FineTuningRun`.
  package init?(
    job: Job, dataset: Dataset, weights: Weights, communicator: any Communicator,
    borrowed: BorrowedUsers? = nil
  ) {
    users = dataset.untrainedUsers
    if users.isEmpty { return nil }
    self.borrowed = borrowed
    self.dataset = dataset
    self.communicator = communicator
    model = UserModel(job: job, dataset: dataset, weights: weights)
    borrowed?.tables?.serve(model)
    var offsets: [Int64] = [0]
    for user in users {
      offsets.append(offsets[offsets.count - 1] + Int64(dataset.test.rows(ofUser: Int(user)).count))
    }
    self.offsets = offsets
    logits = Column(uninitialized: communicator.rank == 0 ? Int(offsets[users.count]) : 0)
  }

  /// Scores all of them. `progress` and `stopHint` as in `UserQueue`. Throws `Stopped` if a rank was asked to stop,
  /// `WorkError.foreign`, and what the model's forward pass throws. Collective.
  package func run(progress: ProgressFeed = .silent, stopHint: String = "nothing is kept") throws {
    var isDone = [Bool](repeating: false, count: users.count)
    let queue = UserQueue(
      communicator, name: "users without training samples", progress: progress, journal: nil,
      stopHint: stopHint)
    try queue.run(
      users, for: model, borrowed, cost: { Double(self.rows($0).count) + 1 }, isDone: { isDone[$0] },
      process: { try self.process($0, into: $1) },
      collect: { reader in
        let position = Int(try reader.read(Int32.self))
        guard isDone.indices.contains(position) else { throw WorkError.foreign }
        try reader.read(into: self.logits(of: position))
        isDone[position] = true
      })
  }

  private func process(_ position: Int, into results: ResultBuffer) throws {
    model.begin()
    let arena = model.userArena
    let test = dataset.testReferences(ofUser: Int(users[position]), in: arena)
    model.gather(UnsafeMutableBufferPointer(start: nil, count: 0), test)
    model.use(model.cloud)
    let scores = arena.take(test.count, of: Float.self)
    try model.score(test, into: scores)
    results.append(contentsOf: UnsafeBufferPointer(start: scores, count: test.count))
  }

  private func rows(_ position: Int) -> Range<Int> { dataset.test.rows(ofUser: Int(users[position])) }

  private func logits(of position: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      rebasing: logits.values[Int(offsets[position])..<Int(offsets[position + 1])])
  }

  /// What there is of these users beside `results`, on rank 0, whose users are counted among all; nil where `results` do
  /// not have the cloud model's predictions.
  package func outcome(beside results: Results, in parts: DatasetParts) throws -> Results.Untrained? {
    guard let cloud = results.methods.first(where: { $0.name == Method.cloud.rawValue }),
      let others = results.predictions, let otherLogits = cloud.predictions
    else { return nil }
    let own = Array(logits.values)
    let tested = try TestedUsers(users, in: parts)
    let predictions = tested.predictions
    var metric = AUC()
    var (aucs, statuses): ([Double], [Results.AUCStatus]) = ([], [])
    predictions.label.withUnsafeBufferPointer { labels in
      for position in users.indices {
        let rows = predictions.rows(ofUser: position)
        let auc = metric.evaluate(
          scores: logits.pointer + rows.lowerBound, labels: labels.baseAddress! + rows.lowerBound,
          count: rows.count)
        aucs.append(auc.value)
        statuses.append(auc.status)
      }
    }
    let lists = Results.UserLists(predictions)
    let measures = results.measureSettings.map {
      Results.UserMeasures(logits: own, predictions, isScored: { statuses[$0] != .notFinite }, $0)
    }
    func summary(
      _ aucs: [Double], _ status: [Results.AUCStatus], _ logits: [Float], _ predictions: Results.Predictions,
      _ measures: Results.UserMeasures?, _ lists: Results.UserLists?
    ) -> Results.Summary {
      var summary = Results.Summary(
        aucs: aucs, aucStatus: status, labelStatus: status.map { _ in .uncorrected }, logits: logits,
        labels: predictions.label, offsets: predictions.offsets)
      if let measures, let settings = results.measureSettings {
        summary.measures = Results.Measures(
          measures, over: status.indices.filter { status[$0] != .notFinite }, logits: logits, predictions,
          lists: lists, bins: settings.bins)
      }
      return summary
    }
    var (all, allPredictions, allMeasures, allLists) = (cloud, others, cloud.measures, results.lists)
    allPredictions.append(predictions)
    if let measures { allMeasures?.append(measures) } else { allMeasures = nil }
    if let lists { allLists?.append(lists) } else { allLists = nil }
    all.auc += aucs
    all.aucStatus += statuses
    var untrained = Results.Untrained(
      id: StringColumn(tested.id), row: users, testCount: tested.testCount,
      testPositives: tested.testPositives, auc: aucs, aucStatus: statuses, predictions: predictions,
      logits: own,
      summary: summary(aucs, statuses, own, predictions, measures, lists),
      summaryOfAll: summary(
        all.auc, all.aucStatus, otherLogits + own, allPredictions, allMeasures, allLists))
    untrained.lists = lists
    untrained.measures = measures
    return untrained
  }
}
