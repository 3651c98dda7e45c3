import Dist
import IO
import LCFT
import Models
import TestSupport
import Testing

@Suite struct CloudTrainerTests {
  /// In Adam's first step m = (1 - beta1) g and v = (1 - beta2) g^2, and every weight with a gradient moves
  /// by one rate against its sign: weights and both moments of every block belong together.
  @Test(arguments: ModelRegistry.names)
  func adamsFirstStep(_ model: String) throws {
    let dataset = smallDataset()
    let rate = 0.01
    let job = try Job.parse(
      """
      model: {name: \(model), histories: [\(FineTuningExample.histories(model))], history_length: 6}
      training: {optimizer: adam, batch_size: 100000, learning_rate: \(rate), virtual_shards: 3}
      """, file: "test.yaml"
    ).fitted(to: dataset, file: "test.h5")
    let initial = FineTuningExample.weights(job, dataset)
    let weights = FineTuningExample.weights(job, dataset)
    let state = OptimizerState(job.training.optimizer, for: weights)
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: weights, state: state, communicator: SoloCommunicator())
    #expect(trainer.stepsPerEpoch == 1)
    try TrainingRun(trainer, epochs: 1).run()

    let layout = weights.layout
    var blocks = [(weights.dense, initial.dense, state.dense, layout.parameterCount)]
    for index in layout.tables.indices {
      blocks.append(
        (weights.tables[index], initial.tables[index], state.tables[index], state.tableSizes[index]))
    }
    for (weights, initial, state, count) in blocks {
      var moved = 0
      for i in 0..<count {
        let gradient = Double(state[i]) / 0.1
        let square = Double(state[count + i]) / 0.001
        #expect(abs(square - gradient * gradient) <= 1e-5 * square + 1e-30)
        let expected = Double(initial[i]) - rate * gradient / (abs(gradient) + 1e-8)
        #expect(abs(Double(weights[i]) - expected) < 1e-6)
        if state[i] != 0 { moved += 1 }
      }
      #expect(moved > 0)
    }
    // User 0 has no training samples: nothing touches that user's row.
    for (index, table) in layout.tables.enumerated() where table.space == .user {
      for column in 0..<table.width {
        #expect(weights.tables[index][column] == initial.tables[index][column])
        #expect(state.tables[index][column] == 0)
      }
      #expect(state.tables[index][2 * table.width] != 0)
    }
  }

  /// Stopped after any step and gone on with from what is kept, a training ends with the same bits.
  @Test(
    arguments: [
      ("", "optimizer: sgd"), ("", "optimizer: adam"),
      (
        ", attention_activation: dice, batch_normalization: true, input_normalization: false, activation: relu",
        "optimizer: adagrad, l2_dense: 0.01, l2_embeddings: 0.1, gradient_clip: 0.5, dropout: 0.3, "
          + "warmup_steps: 6, learning_rate_schedule: cosine, epochs: 3, normalization_correction: true"
      ),
    ], [1, 4, 7])
  func goesOnWithinAnEpoch(_ choices: (model: String, training: String), _ stop: Int) throws {
    struct Interrupted: Error {}
    let dataset = smallDataset()
    let job = try Job.parse(
      """
      model: {name: DIN, histories: [positive], history_length: 6\(choices.model)}
      training: {\(choices.training), batch_size: 50, learning_rate: 0.01, virtual_shards: 3,
        checkpoint_steps: \(stop)}
      """, file: "test.yaml"
    ).fitted(to: dataset, file: "test.h5")
    func started() throws -> (weights: Weights, state: OptimizerState, run: TrainingRun) {
      let weights = FineTuningExample.weights(job, dataset)
      let state = OptimizerState(job.training.optimizer, for: weights)
      let trainer = try CloudTrainer(
        job: job, dataset: dataset, weights: weights, state: state, communicator: SoloCommunicator())
      return (weights, state, TrainingRun(trainer, epochs: 3, settings: job.training))
    }
    func tensors(_ weights: Weights, _ state: OptimizerState) -> [NamedTensor] {
      (weights.denseTensors + weights.embeddingTensors + state.tensors(for: weights)).map(\.tensor)
    }
    let whole = try started()
    let losses = try whole.run.run().losses
    #expect(whole.run.trainer.stepsPerEpoch == 5)

    var first = try started()
    var kept: (position: TrainingPosition, tensors: [NamedTensor])?
    first.run.save = { position in
      kept = (position, tensors(first.weights, first.state))
      throw Interrupted()
    }
    #expect(throws: Interrupted.self) { try first.run.run() }
    let position = try #require(kept).position
    #expect(5 * position.epoch + position.step == stop)

    let second = try started()
    let all =
      second.weights.denseTensors + second.weights.embeddingTensors
      + second.state.tensors(for: second.weights)
    try all.load(try #require(kept).tensors, group: "", file: "")
    #expect(try second.run.run(from: position).losses == losses)
    for (ours, theirs) in zip(tensors(second.weights, second.state), tensors(whole.weights, whole.state)) {
      #expect(ours.values.map(\.bitPattern) == theirs.values.map(\.bitPattern), "\(ours.name)")
    }
  }
}
