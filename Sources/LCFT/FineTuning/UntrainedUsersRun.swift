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
    let tested = try TestedUsers(users, in: parts)
    let predictions = tested.predictions
    let (aucs, statuses) = aucs(of: predictions)
    let lists = Results.UserLists(predictions)
    let measures = results.measureSettings.map {
      Results.UserMeasures(logits: logits, predictions, isScored: { statuses[$0] != .notFinite }, $0)
    }
    func summary(
      _ aucs: Column<Double>, _ status: Column<Results.AUCStatus>, _ logits: Column<Float>,
      _ predictions: Results.Predictions, _ measures: Results.UserMeasures?, _ lists: Results.UserLists?
    ) -> Results.Summary {
      var summary = Results.Summary(
        aucs: aucs, aucStatus: status, labelStatus: Column(count: status.count) { _ in .uncorrected },
        logits: logits, labels: predictions.label, offsets: predictions.offsets)
      if let measures, let settings = results.measureSettings {
        summary.measures = Results.Measures(
          measures, over: .numbers(below: status.count) { status[$0] != .notFinite }, logits: logits,
          predictions, lists: lists, bins: settings.bins)
      }
      return summary
    }
    func both<Some>(_ one: Some?, _ other: Some?, _ join: (Some, Some) -> Some) -> Some? {
      one.flatMap { one in other.map { join(one, $0) } }
    }
    var untrained = Results.Untrained(
      id: tested.id, row: Column(users), testCount: tested.testCount,
      testPositives: tested.testPositives, auc: aucs, aucStatus: statuses, predictions: predictions,
      logits: logits,
      summary: summary(aucs, statuses, logits, predictions, measures, lists),
      summaryOfAll: summary(
        cloud.auc + aucs, cloud.aucStatus + statuses, otherLogits + logits, others + predictions,
        both(cloud.measures, measures, +), both(results.lists, lists, +)))
    untrained.lists = lists
    untrained.measures = measures
    return untrained
  }

  /// The users' AUCs, and why there is none.
  private func aucs(
    of predictions: Results.Predictions
  ) -> (Column<Double>, Column<Results.AUCStatus>) {
    let aucs = Column<Double>(uninitialized: users.count)
    let statuses = Column<Results.AUCStatus>(uninitialized: users.count)
    UserParts.each(users.count) { part in
      var metric = AUC()
      for position in part {
        let rows = predictions.rows(ofUser: position)
        (aucs.values[position], statuses.values[position]) = metric.evaluate(
          scores: logits.pointer + rows.lowerBound, labels: predictions.label.pointer + rows.lowerBound,
          count: rows.count)
      }
    }
    return (aucs, statuses)
  }
}
