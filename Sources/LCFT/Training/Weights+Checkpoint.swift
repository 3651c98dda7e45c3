import IO
import Models

/// Why a checkpoint does not fit a job or a data set.
package enum CheckpointMismatch: Error, CustomStringConvertible {
  case model(file: String, found: String, wanted: String)
  case missing(file: String, tensor: String)
  case shape(file: String, tensor: String, found: [Int], wanted: [Int])
  case unexpected(file: String, tensor: String)
  case dataset(file: String, found: String, wanted: String)
  /// The steps do not fit the epochs of this job and data set.
  case progress(file: String, epoch: Int, step: Int, stepsPerEpoch: Int)
  /// A version whose trainings take the samples in another order.
  case otherOrder(file: String, epoch: Int)
  /// The best model so far is another than the training says.
  case otherBest(file: String, step: Int, wanted: Int)
  /// A training that is further than the job's last epoch.
  case pastEnd(file: String, epoch: Int, epochs: Int)
  /// A training that goes on from another model, or from none (nil). The texts say from which, and how.
  case parent(file: String, found: String?, wanted: String?)

  package var description: String {
    switch self {
    case .model(let file, let found, let wanted):
      "\(file): holds a model \(found), but the job asks for \(wanted)"
    case .missing(let file, let tensor):
      "\(file): \(tensor), which the job asks for, is missing; give a checkpoint that this job made"
    case .shape(let file, let tensor, let found, let wanted):
      "\(file): \(tensor) has the shape \(found), but the job and the data set ask for \(wanted)"
    case .unexpected(let file, let tensor): "\(file): \(tensor) is not part of the job's model or optimiser"
    case .dataset(let file, let found, let wanted):
      "\(file): was trained on another data set (content \(found.prefix(12))..., this one's is "
        + "\(wanted.prefix(12))...); train again or give that data set"
    case .otherOrder(let file, let epoch):
      "\(file): is from version 0.1, which took the samples in another order; its training ends after epoch "
        + "\(epoch): train again with --overwrite or into another --output, or fine-tune from it with --checkpoint"
    case .otherBest(let file, let step, let wanted):
      "\(file): is the model after step \(step), but the best one of the training was that after step \(wanted); put back "
        + "the file that the training wrote, or train anew with --overwrite"
    case .pastEnd(let file, let epoch, let epochs):
      "\(file): is of a training that has finished epoch \(epoch), and the job now has \(epochs); give the job as many "
        + "epochs, or train anew with --overwrite"
    case .parent(let file, let found, let wanted):
      "\(file): is of a training that "
        + (found.map { "goes on from \($0)" } ?? "goes on from no other model")
        + ", and this one " + (wanted.map { "goes on from \($0)" } ?? "has no --warm-start")
        + "; give the earlier command with --resume, or another --output"
    case .progress(let file, let epoch, let step, let stepsPerEpoch):
      "\(file): /progress: step \(step) is not within epoch \(epoch + 1) of \(stepsPerEpoch) steps; "
        + "give a checkpoint that this job made"
    }
  }
}

extension Weights {
  /// The dense weights and moving statistics, as `/dense` holds them.
  package var denseTensors: [StoredTensor] {
    [(dense, layout.parameters), (statistics, layout.statistics)].flatMap { block, parameters in
      parameters.map {
        StoredTensor(name: $0.name, shape: $0.shape, values: block + $0.offset, owner: self)
      }
    }
  }

  /// The embedding tables, as `/embeddings` holds them.
  package var embeddingTensors: [StoredTensor] {
    layout.tables.enumerated().map { index, table in
      StoredTensor(
        name: table.name, shape: [rows(ofTable: index), table.width], values: tables[index], owner: self,
        space: table.space, rows: heldRows(ofTable: index))
    }
  }
}

extension OptimizerState {
  /// The state of the optimiser for `weights`, as `/optimizer` holds it: for every slot the same groups and
  /// names as the weights', `<slot>/dense/<layer>/<weight>` and `<slot>/embeddings/<field>`. None for SGD.
  package func tensors(for weights: Weights) -> [StoredTensor] {
    let layout = weights.layout
    return optimizer.slots.enumerated().flatMap { slot, name in
      layout.parameters.map { parameter in
        StoredTensor(
          name: "\(name)/dense/\(parameter.name)", shape: parameter.shape,
          values: dense + slot * layout.parameterCount + parameter.offset, owner: self)
      }
        + layout.tables.enumerated().map { index, table in
          StoredTensor(
            name: "\(name)/embeddings/\(table.name)", shape: [weights.rows(ofTable: index), table.width],
            values: tables[index] + slot * tableSizes[index], owner: self, space: table.space,
            rows: weights.heldRows(ofTable: index))
        }
    }
  }
}
