import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

/// What training writes, a later run reads: every model's weights and the optimiser's state, bit by bit.
@Suite struct CheckpointTests {
  @Test(arguments: ModelRegistry.names)
  func roundTripIsExact(_ model: String) throws {
    let dataset = featureDataset()
    let job = try FineTuningExample.job(model, for: dataset)
    let weights = FineTuningExample.weights(job, dataset)
    let state = OptimizerState(.adam(Adam()), for: weights)
    fill(state, weights)
    let folder = try FileTestFolder()
    let path = folder.file("checkpoint.h5")
    let checkpoint = Checkpoint(
      model: model, dense: weights.denseTensors.map(\.tensor),
      embeddings: weights.embeddingTensors.map(\.tensor),
      optimizer: state.tensors(for: weights).map(\.tensor),
      progress: Checkpoint.Progress(epoch: 1, step: 2, seed: 3, losses: [0.5]), job: job.text,
      datasetDigest: "none")
    try CheckpointFile.write(checkpoint, to: path)
    let read = try CheckpointFile.read(path)
    #expect(read.contentDigest() == checkpoint.contentDigest())
    let copy = Weights(layout: weights.layout, rowCounts: job.rowCounts(of: dataset))
    try copy.load(read, file: path)
    let stateCopy = OptimizerState(.adam(Adam()), for: copy)
    try stateCopy.tensors(for: copy).load(read.optimizer, group: "optimizer", file: path)
    func bits(_ values: UnsafeMutablePointer<Float>, _ count: Int) -> [UInt32] {
      (0..<count).map { values[$0].bitPattern }
    }
    let layout = weights.layout
    #expect(bits(copy.dense, layout.parameterCount) == bits(weights.dense, layout.parameterCount))
    #expect(bits(stateCopy.dense, 2 * layout.parameterCount) == bits(state.dense, 2 * layout.parameterCount))
    #expect(bits(copy.statistics, layout.statisticCount) == bits(weights.statistics, layout.statisticCount))
    for (index, table) in layout.tables.enumerated() {
      let count = weights.rows(ofTable: index) * table.width
      #expect(bits(copy.tables[index], count) == bits(weights.tables[index], count))
      #expect(bits(stateCopy.tables[index], 2 * count) == bits(state.tables[index], 2 * count))
    }
  }

  /// A different number in every place.
  private func fill(_ state: OptimizerState, _ weights: Weights) {
    var next: Float = 0
    var blocks = [(state.dense, weights.layout.parameterCount)]
    blocks += zip(state.tables, state.tableSizes)
    for (values, count) in blocks {
      for i in 0..<2 * count {
        next += 1
        values[i] = next
      }
    }
  }

  /// SGD keeps nothing, and a checkpoint without state fits no other optimiser.
  @Test func stateFitsItsOptimizer() throws {
    let dataset = smallDataset()
    let weights = FineTuningExample.weights(try FineTuningExample.job("LR"), dataset)
    #expect(OptimizerState(.sgd, for: weights).tensors(for: weights).isEmpty)
    let tensors = OptimizerState(.adam(Adam()), for: weights).tensors(for: weights)
    #expect {
      try tensors.load([], group: "optimizer", file: "c.h5")
    } throws: {
      "\($0)"
        == "c.h5: /optimizer/first_moment/dense/bias, which the job asks for, is missing; give a checkpoint "
        + "that this job made"
    }
    #expect {
      try [StoredTensor]().load(tensors.map(\.tensor), group: "optimizer", file: "c.h5")
    } throws: {
      "\($0)"
        == "c.h5: /optimizer/first_moment/dense/bias is not part of the job's model or optimiser"
    }
  }

  /// A checkpoint of another model is refused with the tensor that does not fit.
  @Test func otherModelsDoNotFit() throws {
    let dataset = smallDataset()
    func weights(_ model: String) throws -> Weights {
      FineTuningExample.weights(try FineTuningExample.job(model), dataset)
    }
    let (lr, pnn) = (try weights("LR"), try weights("PNN"))
    let checkpoint = Checkpoint(
      model: "LR", dense: lr.denseTensors.map(\.tensor), embeddings: lr.embeddingTensors.map(\.tensor),
      optimizer: [],
      progress: Checkpoint.Progress(epoch: 1, step: 2, seed: 3, losses: []), job: "", datasetDigest: "none")
    #expect {
      try pnn.load(checkpoint, file: "c.h5")
    } throws: {
      "\($0)"
        == "c.h5: /dense/input_norm/scale, which the job asks for, is missing; give a checkpoint "
        + "that this job made"
    }
  }
}
