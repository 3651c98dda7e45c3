import Dist
import IO
import LCFT
import Models
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
      model: {name: \(model), histories: [\(UserFineTunerTests.histories(model))], history_length: 6}
      training: {optimizer: adam, batch_size: 100000, learning_rate: \(rate), virtual_shards: 3}
      """, file: "test.yaml")
    let initial = UserFineTunerTests.weights(job, dataset)
    let weights = UserFineTunerTests.weights(job, dataset)
    let state = OptimizerState(job.training.optimizer, for: weights)
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: weights, state: state, communicator: SoloCommunicator())
    #expect(trainer.stepsPerEpoch == 1)
    _ = try trainer.train(epoch: 0, lastCheckpoint: "") { _, _ in }

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
    for (index, table) in layout.tables.enumerated() where table.field == .user {
      for column in 0..<table.width {
        #expect(weights.tables[index][column] == initial.tables[index][column])
        #expect(state.tables[index][column] == 0)
      }
      #expect(state.tables[index][2 * table.width] != 0)
    }
  }
}
