import Dist
import Foundation
import IO
import LCFT
import Models
import TestSupport
import Testing

@Suite struct CloudEvaluatorTests {
  /// The scores are those of the logits that a user's own model gives, by direct formulas.
  @Test(arguments: ModelRegistry.names)
  func scoresAreThoseOfTheHeldOutSamples(_ model: String) throws {
    let whole = smallDataset(users: 12).inTimeOrder
    let job = try Job.parse(
      """
      model: {name: \(model), histories: [\(FineTuningExample.histories(model))], history_length: 6}
      training: {batch_size: 50, learning_rate: 0.05, virtual_shards: 3}
      """, file: "test.yaml"
    ).fitted(to: whole, file: "test.h5")
    let dataset = try whole.holdingOut(0.4)
    let weights = FineTuningExample.weights(job, dataset)
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
    var done: [Int] = []
    let found = try CloudEvaluator(trainer).evaluate(epoch: 1, step: 5) { done.append($0) }
    #expect(found.epoch == 1 && found.step == 5 && done.last == dataset.test.count)

    let user = UserModel(job: job, dataset: dataset, weights: weights)
    var (ranked, weight, loss, predicted, clicks) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for row in 0..<dataset.users.count {
      user.begin()
      let test = dataset.testReferences(ofUser: row, in: user.userArena)
      guard !test.isEmpty else { continue }
      user.gather(UnsafeMutableBufferPointer(start: nil, count: 0), test)
      var logits = [Float](repeating: 0, count: test.count)
      try logits.withUnsafeMutableBufferPointer { try user.score(test, into: $0.baseAddress!) }
      var (pairs, right) = (0.0, 0.0)
      for (i, logit) in logits.enumerated() {
        let p = 1 / (1 + exp(-Double(logit)))
        loss += log1p(exp(test[i].label == 1 ? -Double(logit) : Double(logit)))
        predicted += p
        clicks += Double(test[i].label)
        for (j, other) in logits.enumerated() where test[i].label == 1 && test[j].label == 0 {
          pairs += 1
          right += logit > other ? 1 : logit == other ? 0.5 : 0
        }
      }
      guard pairs > 0 else { continue }
      ranked += Double(test.count) * right / pairs
      weight += Double(test.count)
    }
    let userAUC = try #require(found.userAUC)
    #expect(weight > 0 && abs(userAUC - ranked / weight) < 1e-12)
    #expect(abs(found.logLoss - loss / Double(dataset.test.count)) < 1e-9)
    #expect(abs(try #require(found.calibration) - predicted / clicks) < 1e-9)
  }

  @Test func countsOfLargeDataSetsDoNotOverflow() {
    let all = 6_000_000_000
    #expect(CloudEvaluator.done(all, of: all, among: all) == all)
    #expect(CloudEvaluator.done(all / 4, of: all / 2, among: all) == all / 2)
    #expect(CloudEvaluator.done(0, of: 0, among: all) == 0)
  }

  /// A model is judged after each epoch and as often within as asked; the best one is kept and the training ends when
  /// nothing got better for long enough. Stopped anywhere and gone on with, everything is the same.
  @Test(arguments: [1, 2, 3, 4, 5])
  func goesOnWithTheSameDecisions(_ stop: Int) throws {
    struct Interrupted: Error {}
    let whole = smallDataset(users: 12).inTimeOrder
    let job = try Job.parse(
      """
      model: {name: DIN, histories: [positive], history_length: 6, hidden: [12], attention: [6, 4]}
      training: {epochs: 40, optimizer: adam, batch_size: 60, learning_rate: 0.1, virtual_shards: 3,
        checkpoint_steps: \(stop)}
      validation: {last: 0.4, every_steps: 2, metric: log_loss, patience: 3}
      """, file: "test.yaml"
    ).fitted(to: whole, file: "test.h5")
    let dataset = try whole.holdingOut(0.4)
    func started() throws -> (run: TrainingRun, trainer: CloudTrainer, state: OptimizerState) {
      let weights = FineTuningExample.weights(job, dataset)
      let state = OptimizerState(job.training.optimizer, for: weights)
      let trainer = try CloudTrainer(
        job: job, dataset: dataset, weights: weights, state: state, communicator: SoloCommunicator())
      var run = TrainingRun(trainer, epochs: 40, settings: job.training)
      run.judging = TrainingRun.Judging(CloudEvaluator(trainer), job.validation)
      return (run, trainer, state)
    }
    var kept: [[NamedTensor]] = []
    var first = try started()
    let trainer = first.trainer
    first.run.judging?.keepBest = { _ in kept.append(trainer.weights.denseTensors.map(\.tensor)) }
    let end = try first.run.run()
    #expect(end.epoch < 40, "the training does not overfit")
    let losses = end.evaluations.map(\.logLoss)
    let best = try #require(job.validation.best(of: end.evaluations))
    #expect(losses[best] == losses.min() && best == losses.count - 4)
    #expect(job.validation.ends(after: end.evaluations))
    // Records are kept, each as it falls.
    #expect(kept.count == losses.indices.count { at in losses[..<at].allSatisfy { $0 > losses[at] } })
    let steps = first.trainer.stepsPerEpoch
    let expected = (1...10_000).filter { $0 % 2 == 0 || $0 % steps == 0 }.prefix(losses.count)
    #expect(end.evaluations.map(\.step) == Array(expected))

    var second = try started()
    var position = TrainingPosition()
    var tensors: [NamedTensor] = []
    second.run.save = { [trainer = second.trainer, state = second.state] at in
      position = at
      tensors =
        trainer.weights.denseTensors.map(\.tensor) + trainer.weights.embeddingTensors.map(\.tensor)
        + state.tensors(for: trainer.weights).map(\.tensor)
      throw Interrupted()
    }
    do { _ = try second.run.run() } catch is Interrupted {}
    try #require(!tensors.isEmpty)
    var third = try started()
    let weights = third.trainer.weights
    let dense = weights.denseTensors
    let embeddings = weights.embeddingTensors
    try dense.load(Array(tensors[..<dense.count]), group: "dense", file: "test")
    try embeddings.load(
      Array(tensors[dense.count..<dense.count + embeddings.count]), group: "embeddings", file: "test")
    try third.state.tensors(for: weights).load(
      Array(tensors[(dense.count + embeddings.count)...]), group: "optimizer", file: "test")
    var last: [NamedTensor] = []
    third.run.judging?.keepBest = { _ in last = weights.denseTensors.map(\.tensor) }
    let resumed = try third.run.run(from: position)
    #expect(
      resumed.evaluations == end.evaluations && resumed.losses == end.losses && resumed.step == end.step)
    if !last.isEmpty { #expect(last == kept.last) }
    // A training that is over stays so.
    #expect(try third.run.run(from: end) == end)
  }
}
