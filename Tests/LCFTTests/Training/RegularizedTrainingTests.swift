import Dist
import IO
import LCFT
import Models
import TestSupport
import Testing

/// What penalties, clipping and dropout do to a step of the cloud training.
@Suite struct RegularizedTrainingTests {
  /// The weights before and after one step of SGD at rate 1 on all samples.
  private static func step(_ model: String, _ training: String) throws -> (before: Weights, after: Weights) {
    let dataset = smallDataset()
    let job = try Job.parse(
      """
      model: {name: \(model), histories: [\(FineTuningExample.histories(model))], history_length: 6}
      training: {batch_size: 100000, learning_rate: 1, virtual_shards: 3\(training)}
      """, file: "test.yaml"
    ).fitted(to: dataset, file: "test.h5")
    let after = FineTuningExample.weights(job, dataset)
    let before = Weights(copying: after)
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: after, communicator: SoloCommunicator())
    #expect(trainer.stepsPerEpoch == 1)
    _ = try trainer.trainFirstEpoch()
    return (before, after)
  }

  /// Every weight with its name, value before a step, change by the step, and whether a penalty is for it: of dense
  /// weights the matrices, of tables the rows that are touched.
  private struct Entry {
    var name: String
    var before: Double
    var change: Double
    var isEmbedding: Bool
    var isPenalized: Bool
  }

  private static func entries(_ weights: (before: Weights, after: Weights)) -> [Entry] {
    let layout = weights.before.layout
    var all: [Entry] = []
    for parameter in layout.parameters {
      for i in parameter.offset..<parameter.offset + parameter.count {
        let (from, to) = (Double(weights.before.dense[i]), Double(weights.after.dense[i]))
        all.append(
          Entry(
            name: parameter.name, before: from, change: to - from, isEmbedding: false,
            isPenalized: parameter.shape.count > 1))
      }
    }
    for (index, table) in layout.tables.enumerated() {
      let (from, to) = (weights.before.tables[index], weights.after.tables[index])
      for row in 0..<weights.before.rows(ofTable: index) {
        let isTouched = isTouched(row, table.space, weights)
        all += (row * table.width..<(row + 1) * table.width).map {
          Entry(
            name: table.name, before: Double(from[$0]), change: Double(to[$0]) - Double(from[$0]),
            isEmbedding: true, isPenalized: isTouched)
        }
      }
    }
    return all
  }

  /// Whether a row of a space has a gradient in any table: an item of LR has several weights, which are stepped together.
  private static func isTouched(
    _ row: Int, _ space: RowSpace, _ weights: (before: Weights, after: Weights)
  ) -> Bool {
    weights.before.layout.tables.enumerated().contains { index, table in
      let (from, to) = (weights.before.tables[index], weights.after.tables[index])
      return table.space == space
        && (row * table.width..<(row + 1) * table.width).contains { from[$0] != to[$0] }
    }
  }

  /// w - f (g + lambda w), with g what a step without penalties shows and f from the norm of all of it.
  @Test(arguments: ["LR", "WideDeep", "DIN", "EdgeRec"], [nil, 0.05, 1e6])
  func penaltiesAndClipping(_ model: String, _ clip: Double?) throws {
    let plain = RegularizedTrainingTests.entries(try RegularizedTrainingTests.step(model, ""))
    let found = RegularizedTrainingTests.entries(
      try RegularizedTrainingTests.step(
        model,
        ", l2_dense: 0.25, l2_embeddings: 0.125" + (clip.map { ", gradient_clip: \($0)" } ?? "")))
    let gradients = plain.map { entry in
      -entry.change + (entry.isPenalized ? (entry.isEmbedding ? 0.125 : 0.25) * entry.before : 0)
    }
    let norm = gradients.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(norm > 0.06)
    let factor = min(1, (clip ?? .infinity) / norm)
    for (index, entry) in found.enumerated() {
      let expected = -factor * gradients[index]
      #expect(abs(entry.change - expected) < 2e-6 + 1e-5 * abs(expected), "\(entry.name)")
    }
    // Rows that no sample touches are there, and stay.
    #expect(found.contains { $0.isEmbedding && !$0.isPenalized && $0.before != 0 })
  }

  /// With all rows, those that a step does not touch move as by a gradient of 0 and their penalty; the others, and all
  /// weights in the first step, are those of touched rows alone.
  @Test(arguments: ["LR", "DIN", "EdgeRec"], [0, 0.125])
  func allRowsMove(_ model: String, _ penalty: Double) throws {
    let dataset = smallDataset()
    struct Moment {
      var weights: Weights
      var state: [[Float]]
    }
    func steps(_ rows: String) throws -> [Moment] {
      let job = try Job.parse(
        """
        model: {name: \(model), histories: [\(FineTuningExample.histories(model))], history_length: 6}
        training: {batch_size: 6, learning_rate: 0.05, optimizer: adam, virtual_shards: 3, l2_embeddings: \(penalty),
          embedding_rows: \(rows)}
        """, file: "test.yaml"
      ).fitted(to: dataset, file: "test.h5")
      let weights = FineTuningExample.weights(job, dataset)
      let state = OptimizerState(job.training.optimizer, for: weights)
      let trainer = try CloudTrainer(
        job: job, dataset: dataset, weights: weights, state: state, communicator: SoloCommunicator())
      var moments: [Moment] = []
      func keep(_ step: Int) {
        guard step <= 2 else { return }
        let tables = zip(state.tables, state.tableSizes).map {
          Array(UnsafeBufferPointer(start: $0, count: 2 * $1))
        }
        moments.append(Moment(weights: Weights(copying: weights), state: tables))
      }
      _ = try trainer.train(
        from: TrainingPosition(), lastCheckpoint: { "" }, onStep: { step, _, _ in keep(step) })
      return moments
    }
    let (touched, all) = (try steps("touched"), try steps("all"))
    let layout = touched[0].weights.layout
    var (moved, same) = (0, 0)
    for (index, table) in layout.tables.enumerated() {
      let (before, after, lazy) = (all[0], all[1], touched[1].weights.tables[index])
      let size = before.state[index].count / 2
      for i in 0..<size where table.space != .user || i < dataset.users.count * table.width {
        let isTouched = touched[0].state[index][size + i] != touched[1].state[index][size + i]
        if isTouched && penalty == 0 {
          #expect(after.weights.tables[index][i] == lazy[i])
          same += 1
        } else if !isTouched {
          let w = Double(before.weights.tables[index][i])
          let gradient = penalty * w
          let m = 0.9 * Double(before.state[index][i]) + 0.1 * gradient
          let v = 0.999 * Double(before.state[index][size + i]) + 0.001 * gradient * gradient
          let expected = w - 0.05 * (m / (1 - 0.81)) / ((v / (1 - 0.999 * 0.999)).squareRoot() + 1e-8)
          #expect(abs(Double(after.weights.tables[index][i]) - expected) < 1e-6)
          if expected != w { moved += 1 }
        }
      }
    }
    #expect(moved > 0 && (same > 0 || penalty > 0))
  }

  /// Dropped outputs change a step, and the same ones the next time.
  @Test(arguments: ["WideDeep", "DeepFM", "PNN", "DIN", "DCNv2", "EdgeRec"])
  func dropout(_ model: String) throws {
    func changes(_ training: String) throws -> [Double] {
      RegularizedTrainingTests.entries(try RegularizedTrainingTests.step(model, training)).map(\.change)
    }
    let dropped = try changes(", dropout: 0.5")
    #expect(try dropped == changes(", dropout: 0.5"))
    #expect(try dropped != changes(""))
    #expect(try changes(", dropout: 0") == changes(""))
  }
}
