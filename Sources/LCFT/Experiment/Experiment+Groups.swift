import Dist
import Foundation
import IO
import Models
import Support

extension Experiment {
  /// The models of the job's groups of users, fine-tuned from the cloud model `cloud`, whole on every rank. A
  /// group whose checkpoint is in the output folder is not trained again. Collective.
  public func groupModels(_ cloud: Weights) throws -> GroupModels {
    let groups = UserGroups(job.grouping, of: dataset)
    var models: [Weights] = []
    for index in groups.users.indices {
      let group = Checkpoint.Group(
        name: groups.intervals.name(index), above: groups.bounds(index).above,
        upTo: groups.bounds(index).upTo, users: groups.users[index].count,
        correction: job.grouping.correction.rawValue, cloudDigest: summary.digest.checkpoint ?? "")
      if group.users == 0 {
        say("group \(group.name): no user has a local CTR in it")
        models.append(cloud)
      } else if let model = try storedModel(of: group) {
        models.append(model)
      } else {
        models.append(try train(index, group, of: groups, from: cloud))
      }
    }
    return GroupModels(intervals: groups.intervals, weights: models)
  }

  private func train(
    _ index: Int, _ group: Checkpoint.Group, of groups: UserGroups, from cloud: Weights
  ) throws -> Weights {
    let training = try GroupTraining(
      group: index, of: groups, job: job, dataset: dataset, cloud: cloud, communicator: communicator)
    let meter = ProgressMeter("group \(group.name)", unit: "steps", total: Double(training.steps))
    let losses: [Double]
    do {
      losses = try training.run { step, loss in
        if leads { meter.update(Double(step), note: "loss \(text(loss, 4))") }
      }
    } catch TrainingError.diverged(let epoch, let step, let rate, _) {
      throw GroupError.diverged(group: group.name, epoch: epoch, step: step, learningRate: rate)
    }
    if leads {
      meter.finish(
        Double(training.steps), note: "\(group.users) users, mean loss \(text(losses.last ?? .nan, 5))")
    }
    try communicator.collectively {
      guard leads else { return }
      let checkpoint = Checkpoint(
        model: job.model.name, dense: training.weights.denseTensors.map(\.tensor),
        embeddings: training.weights.embeddingTensors.map(\.tensor), optimizer: [],
        progress: Checkpoint.Progress(
          epoch: losses.count, step: training.steps, seed: job.seed, losses: losses),
        job: job.text, datasetDigest: datasetDigest, group: group)
      try CheckpointFile.write(checkpoint, to: folder.group(group.name))
    }
    return training.weights
  }

  /// What the output folder holds for a group, or nil. Throws where it was made otherwise than now asked for.
  private func storedModel(of group: Checkpoint.Group) throws -> Weights? {
    let path = folder.group(group.name)
    let exists = try communicator.broadcast(
      leads && FileManager.default.fileExists(atPath: path) ? 1 : 0, from: 0)
    guard exists == 1 else { return nil }
    let weights = try makeWeights()
    _ = try load(weights) {
      let checkpoint = try CheckpointFile.read(path)
      try weights.load(checkpoint, file: path)
      // The cloud model's digest is rank 0's to know.
      guard leads else { return false }
      guard checkpoint.datasetDigest == datasetDigest else { throw CheckpointMismatch.dataset(file: path) }
      guard checkpoint.group?.cloudDigest == group.cloudDigest else {
        throw RunError.otherResults(file: path, what: "cloud model")
      }
      let earlier = try Job.parse(checkpoint.job, file: "\(path):/job")
      guard checkpoint.group == group, earlier.grouping == job.grouping, earlier.seed == job.seed,
        earlier.training.virtualShards == job.training.virtualShards
      else { throw RunError.otherResults(file: path, what: "job file (grouping, seed or virtual shards)") }
      return true
    }
    say("group \(group.name): \(path)")
    return weights
  }
}

/// Why the model of a group of users cannot be made.
public enum GroupError: Error, CustomStringConvertible {
  case diverged(group: String, epoch: Int, step: Int, learningRate: Double)

  public var description: String {
    switch self {
    case .diverged(let group, let epoch, let step, let learningRate):
      "the training loss of group \(group) is not finite in epoch \(epoch), step \(step), at learning rate "
        + "\(learningRate); lower grouping.learning_rate"
    }
  }
}
