import Dist
import IO
import Models
import Support

/// Scores the test samples of a training's data set by the model as it is: those that were held out, where it was made
/// by `Dataset.holdingOut`.
///
/// Every rank scores the users of its own virtual shards, whose rows it holds. A sample's logit has the same bits in any
/// company, sums run over a shard's users in their order and over the shards by `TreeSum`: so the scores have the same
/// bits on every rank, and for any number of ranks.
package final class CloudEvaluator {
  private let trainer: CloudTrainer
  private let arena = Arena(bytes: 1 << 22)
  private let pass: Pass
  private let builder: SubmodelBuilder
  private let tree: TreeSum
  private var metric = AUC()
  private var logits = GrowableBuffer<Float>()
  /// Samples of all ranks, and of this one.
  package let sampleCount: Int
  private let ownCount: Int

  /// Samples per pass: enough for efficient products, few enough for the cache.
  private static let batch = 512
  /// How many numbers are summed over the shards.
  private static let width = 6

  package init(_ trainer: CloudTrainer) {
    self.trainer = trainer
    pass = Pass(
      layout: trainer.model.layout, arena: arena, normalization: .moving, parameters: trainer.weights.dense,
      statistics: trainer.weights.statistics, gradients: trainer.vector.gradients)
    builder = SubmodelBuilder(layout: trainer.model.layout, trainer.job.model, dataset: trainer.dataset)
    tree = TreeSum(trainer.hosts, trainer.map)
    let test = trainer.dataset.test
    sampleCount = test.count
    ownCount = trainer.owned.reduce(0) { $0 + CloudEvaluator.rows(test, trainer.shards.users[$1]).count }
  }

  /// The rows of consecutive users.
  private static func rows(_ samples: Dataset.Samples, _ users: Range<Int>) -> Range<Int> {
    Int(samples.offsets[users.lowerBound])..<Int(samples.offsets[users.upperBound])
  }

  /// The scores after `epoch` epochs and `step` steps of the training. `report` is called with the samples done so far,
  /// about. Collective.
  package func evaluate(epoch: Int, step: Int, report: (Int) throws -> Void) throws -> Checkpoint.Evaluation {
    let start = trainer.clock.now()
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: trainer.owned.count * CloudEvaluator.width)
    defer { sums.deallocate() }
    var done = 0
    for (index, shard) in trainer.owned.enumerated() {
      let users = trainer.shards.users[shard]
      let rows = CloudEvaluator.rows(trainer.dataset.test, users)
      let scores = logits.resetUninitialized(rows.count)
      try score(users, rows, into: scores) { count in
        done += count
        try report(CloudEvaluator.done(done, of: ownCount, among: sampleCount))
      }
      let own = self.sums(users, scores - rows.lowerBound)
      for (place, value) in own.enumerated() { sums[index * CloudEvaluator.width + place] = value }
    }
    trainer.clock.end(.evaluation, since: start)
    try trainer.waiting.measure { try tree.sum(sums, count: CloudEvaluator.width) }
    let userAUC = UserAUC(numerator: sums[0], denominator: sums[1])
    return Checkpoint.Evaluation(
      epoch: epoch, step: step, userAUC: userAUC.denominator > 0 ? userAUC.value : nil,
      logLoss: sums[2] / sums[5], calibration: sums[4] > 0 ? sums[3] / sums[4] : nil)
  }

  /// About how many of `all` ranks' samples are done when `done` of this rank's `own` are.
  package static func done(_ done: Int, of own: Int, among all: Int) -> Int {
    // The product of two large counts does not fit an Int.
    Int(Double(all) * (Double(done) / Double(max(own, 1))))
  }

  /// Writes the logits of the test samples `rows`, those of `users`, to `scores`.
  private func score(
    _ users: Range<Int>, _ rows: Range<Int>, into scores: UnsafeMutablePointer<Float>,
    report: (Int) throws -> Void
  ) throws {
    let (test, first) = (trainer.dataset.test, trainer.dataset.train.count)
    var user = users.lowerBound
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: CloudEvaluator.batch) {
      let count = min(CloudEvaluator.batch, rows.upperBound - start)
      arena.reset()
      let references = arena.take(count, of: SampleReference.self)
      for i in 0..<count {
        let row = start + i
        while Int(test.offsets[user + 1]) <= row { user += 1 }
        references[i] = SampleReference(test, row: row, ofUser: user, firstRow: first)
      }
      let offsets = arena.take(2, of: Int.self)
      (offsets[0], offsets[1]) = (0, count)
      let batch = trainer.batches.assembler.assemble(
        references, RowPartition(offsets: UnsafePointer(offsets), shards: 1), in: arena)
      builder.begin()
      builder.number(batch, shard: 0)
      pass.submodel = builder.submodel(of: trainer.weights, in: arena)
      let values = try trainer.model.forward(batch, pass)
      (scores + (start - rows.lowerBound)).update(from: values.values, count: count)
      try report(count)
    }
  }

  /// sum_i m_i AUC_i and sum_i m_i over the users with both classes, and over all samples the sums of losses, of predicted
  /// click probabilities, of clicks, and their number. `scores` is [test samples].
  private func sums(_ users: Range<Int>, _ scores: UnsafePointer<Float>) -> [Double] {
    let test = trainer.dataset.test
    var userAUC = UserAUC()
    var (loss, predicted, clicks, count) = (0.0, 0.0, 0.0, 0.0)
    for user in users {
      let rows = test.rows(ofUser: user)
      guard !rows.isEmpty else { continue }
      let auc = metric.evaluate(
        scores: scores + rows.lowerBound, labels: test.label.pointer + rows.lowerBound, count: rows.count)
      if auc.status == .defined { userAUC.add(auc.value, samples: Double(rows.count)) }
      for row in rows {
        let (logit, label) = (Double(scores[row]), Double(test.label[row]))
        loss += Loss.crossEntropy.value(logit: logit, label: label)
        predicted += CalibrationError.probability(scores[row])
        clicks += label
        count += 1
      }
    }
    return [userAUC.numerator, userAUC.denominator, loss, predicted, clicks, count]
  }
}
