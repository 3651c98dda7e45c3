import Dist
import Foundation
import LCFT
import Models
import TestSupport
import Testing

@Suite struct TrainingRunTests {
  /// What is reported: epochs and their steps in turn, from where the training stands.
  @Test func reportsEpochsAndSteps() throws {
    let dataset = smallDataset()
    let job = try Job.parse(
      """
      model: {name: LR, histories: [positive], history_length: 6}
      training: {batch_size: 80, learning_rate: 0.01, virtual_shards: 2}
      """, file: "test.yaml")
    var run = TrainingRun(
      try CloudTrainer(
        job: job, dataset: dataset, weights: FineTuningExample.weights(job, dataset),
        communicator: SoloCommunicator()), epochs: 2)
    var reports: [TrainingProgress] = []
    var atEpochEnds: [Int] = []
    run.report = { reports.append($0) }
    run.afterEpoch = { _ in atEpochEnds.append(reports.count) }
    #expect(run.trainer.stepsPerEpoch == 3)
    let losses = try run.run(from: TrainingPosition(losses: [], step: 1, shardLosses: [1, 2])).losses
    let steps = reports.compactMap { report in
      if case .stepEnds(_, _, let loss) = report { loss } else { nil }
    }
    try #require(steps.count == 5)
    #expect(
      reports == [
        .epochBegins(epoch: 0, done: 1, steps: 3), .stepEnds(epoch: 0, step: 2, loss: steps[0]),
        .stepEnds(epoch: 0, step: 3, loss: steps[1]), .epochEnds(epoch: 0, loss: losses[0]),
        .epochBegins(epoch: 1, done: 0, steps: 3), .stepEnds(epoch: 1, step: 1, loss: steps[2]),
        .stepEnds(epoch: 1, step: 2, loss: steps[3]), .stepEnds(epoch: 1, step: 3, loss: steps[4]),
        .epochEnds(epoch: 1, loss: losses[1]),
      ])
    // The epoch's loss is the mean over its samples, and so between its steps' means.
    let last = steps.suffix(3)
    #expect(last.allSatisfy(\.isFinite) && last.min()! < losses[1] && losses[1] < last.max()!)
    #expect(atEpochEnds == [4, 9])
  }

  /// A loss that is finite and yet far above that of a constant prediction is told.
  @Test func lossesOutOfProportionAreTold() throws {
    let dataset = smallDataset()
    let job = try Job.parse("model: {name: LR, histories: [positive]}", file: "test.yaml")
    let run = TrainingRun(
      try CloudTrainer(
        job: job, dataset: dataset, weights: FineTuningExample.weights(job, dataset),
        communicator: SoloCommunicator()), epochs: 1)
    let rate = dataset.globalCTR
    let entropy = -(rate * log(rate) + (1 - rate) * log(1 - rate))
    #expect(run.constantLoss(farBelow: 0.7) == nil && run.constantLoss(farBelow: 5) == nil)
    #expect(run.constantLoss(farBelow: 9.9 * entropy) == nil)
    #expect(abs(try #require(run.constantLoss(farBelow: 800)) - entropy) < 1e-12)
  }
}
