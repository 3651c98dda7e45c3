import Foundation
import IO
import LCFT
import Runs
import TestSupport
import Testing

/// Jobs with a section `validation`.
@Suite struct JudgedTrainingTests {
  private static let judged = "validation: {last: 0.3, every_steps: 5, metric: log_loss}"

  /// What is held out is not trained on: the model is that of a data set without it.
  @Test func theHeldOutSamplesAreNotTrainedOn() throws {
    let example = try RunExample("validation: {last: 0.3}")
    try example.train()
    let data = try DatasetFile.read(example.data)
    var cut = try data.holdingOut(0.3)
    let without = try RunExample()
    cut.test = data.test
    try DatasetFile.write(cut, to: without.data)
    try without.train()
    for epoch in 1...2 {
      let (judged, plain) = try (
        CheckpointFile.read("\(example.output)/checkpoint-epoch-\(epoch).h5"),
        CheckpointFile.read("\(without.output)/checkpoint-epoch-\(epoch).h5")
      )
      #expect(judged.contentDigest() == plain.contentDigest() && judged.dense == plain.dense)
      #expect(judged.progress.evaluations.count == epoch && plain.progress.evaluations.isEmpty)
      #expect(judged.progress.losses == plain.progress.losses)
    }
    // It does see other samples than a training without a validation.
    let all = try RunExample()
    try all.train()
    #expect(
      try CheckpointFile.read("\(all.output)/checkpoint-epoch-1.h5").dense
        != CheckpointFile.read("\(example.output)/checkpoint-epoch-1.h5").dense)
  }

  /// The best model is the run's cloud model, and a fine-tuning in the folder begins with it.
  @Test func theBestModelIsKeptAndFineTuned() throws {
    let example = try RunExample(JudgedTrainingTests.judged)
    try Self.write(example, epochs: 12, rate: 1)
    let summary = try example.run(.fresh)
    let training = try #require(summary.cloudTraining)
    let (evaluations, best) = (try #require(training.validation), try #require(training.best))
    #expect(evaluations.compactMap(\.logloss).min() == best.logloss)
    #expect(best.step != evaluations.last?.step, "the last model is the best one")
    let kept = try CheckpointFile.read("\(example.output)/checkpoint-best.h5")
    #expect(kept.progress.step == best.step && kept.contentDigest() == summary.digest.checkpoint)
    #expect(kept.optimizer.isEmpty && kept.progress.evaluations.last?.logLoss == best.logloss)
    let results = try ResultsFile.read("\(example.output)/results.h5")
    #expect(results.checkpointDigest == kept.contentDigest())
    let data = try DatasetFile.read(example.data)
    #expect(training.samples == data.train.count - data.heldOutSamples(0.3))
    // Fine-tuning and local CTRs are over all training samples.
    let counts = results.users.row.map { Int32(data.train.rows(ofUser: Int($0)).count) }
    #expect(results.users.trainCount == counts)

    let session = try example.session(.results, .overwrite)
    let inputs = try example.inputs(in: session)
    let again = try session.perform(FineTuneFromCheckpoint(session, inputs, checkpoint: nil)).summary
    #expect(again.digest.checkpoint == summary.digest.checkpoint)
    #expect(again.digest.results == summary.digest.results)
    #expect(again.cloudTraining?.best?.step == best.step)
  }

  /// A training that ended early is over; with more patience it goes on, and ends as if it had had that from the start.
  @Test func morePatienceGoesOn() throws {
    let example = try RunExample()
    try Self.write(example, epochs: 20, rate: 1, patience: 1)
    let first = try example.run(.fresh)
    let ended = try #require(first.cloudTraining?.validation).count
    #expect(try #require(first.cloudTraining).loss.count < 20)
    let again = try example.run(.resume)
    #expect(again.digest.results == first.digest.results)
    #expect(again.cloudTraining?.validation?.count == ended)

    try Self.write(example, epochs: 20, rate: 1, patience: 4)
    let longer = try example.run(.resume)
    #expect(try #require(longer.cloudTraining?.validation).count > ended)
    let other = try RunExample()
    try Self.write(other, epochs: 20, rate: 1, patience: 4)
    let whole = try other.run(.fresh)
    #expect(longer.digest.checkpoint == whole.digest.checkpoint)
    #expect(longer.digest.results == whole.digest.results)
    #expect(
      longer.cloudTraining?.validation?.map(\.logloss) == whole.cloudTraining?.validation?.map(\.logloss))
    #expect(try example.contents()?.keys.contains { $0.hasPrefix("results-epochs-") } == true)
  }

  /// The search's own cloud model is judged, too, on samples of what it may see.
  @Test func aSearchJudgesItsOwnModel() throws {
    let example = try RunExample(
      """
      validation: {last: 0.2, metric: log_loss}
      search: {holdout: 0.3, learning_rates: [0.01, 0.1]}
      """)
    let session = try example.session([.search, .labels])
    let inputs = try example.inputs(Inputs.Options(labelledMethods: []), in: session)
    let table = try session.perform(SearchSettings(session, inputs, methods: [.local], checkpoint: nil)).table
    #expect(table?.methods.first?.rows.count == 2)
    let left = try example.contents()?.keys.sorted().filter { !$0.hasPrefix(".") }
    #expect(left == ["progress.jsonl", "search.h5", "search.yaml"])
  }

  @Test func whatCannotBeJudgedIsRefused() throws {
    let check = CheckTests()
    let example = try RunExample("validation: {last: 0.01, metric: user_auc}")
    try check.expectRefused(example, "no user has both classes among the held-out training samples") {
      try example.train()
    }
    let judged = try RunExample(JudgedTrainingTests.judged)
    try judged.train()
    try judged.write()
    try check.expectRefused(judged, "validation.last 0.3, the job now has (not given)") {
      try judged.train(.resume)
    }
    try judged.write(JudgedTrainingTests.judged.replacingOccurrences(of: "log_loss", with: "user_auc"))
    try check.expectRefused(judged, "validation.metric") { try judged.train(.resume) }
    try judged.write(JudgedTrainingTests.judged, epochs: 3)
    let best = "\(judged.output)/checkpoint-best.h5"
    try FileManager.default.removeItem(atPath: best)
    try check.expectRefused(judged, "checkpoint-best.h5") { try judged.train(.resume) }
  }

  /// The best model of a finished training is the one that was judged the best, not a later one in its place.
  @Test func aLaterModelIsNotTheBest() throws {
    let example = try RunExample()
    try Self.write(example, epochs: 12, rate: 1)
    let model = try example.train()
    let best = "\(example.output)/checkpoint-best.h5"
    #expect(try example.train(.resume).digest == model.digest)
    try FileManager.default.removeItem(atPath: best)
    try FileManager.default.copyItem(atPath: "\(example.output)/checkpoint-epoch-12.h5", toPath: best)
    #expect {
      try example.train(.resume)
    } throws: { "\($0)".contains("but the best one of the training was that after step") }
  }

  /// A job that soon gets worse.
  private static func write(_ example: RunExample, epochs: Int, rate: Double, patience: Int? = nil) throws {
    let more = patience.map { ", patience: \($0)" } ?? ""
    try """
    name: example
    model: {name: DIN, attention: [6, 4], hidden: [8], history_length: 5}
    training: {epochs: \(epochs), batch_size: 32, learning_rate: \(rate), learning_rate_decay: 1, virtual_shards: 4}
    validation: {last: 0.3, every_steps: 5, metric: log_loss\(more)}
    finetuning: {methods: [cloud, local]}
    """.write(toFile: example.job, atomically: true, encoding: .utf8)
  }
}
