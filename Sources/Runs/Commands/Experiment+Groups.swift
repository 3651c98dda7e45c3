import Dist
import Foundation
import IO
import LCFT
import Models
import Support

extension Experiment {
  /// The models of the job's groups of users, fine-tuned from the cloud model `cloud`, whole on every rank. A
  /// group whose checkpoint is in the output folder is not trained again. Collective.
  package func groupModels(_ cloud: Weights) throws -> GroupModels {
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
    let weights = try makeWeights()
    let state = try sharing.together {
      try OptimizerState(job.grouping.optimizer, for: weights, tablesIn: $0)
    }
    weights.copy(cloud, tables: sharing.leads)
    try sharing.barrier()
    let training = try GroupTraining(
      group: index, of: groups, job: job, dataset: dataset, weights: weights, state: state,
      communicator: communicator, node: sharing.node)
    let trainer = training.trainer
    let latest = folder.latestGroupStep(group.name)
    var position = TrainingPosition()
    if try exists(latest) {
      position = try goOn(trainer, from: latest) { try check($0, isOf: group, file: latest) }
    }
    var run = TrainingRun(
      trainer, epochs: training.epochs, settings: job.training, communicator: communicator)
    run.stopHint = "\(folder.path) holds the training so far; the same command with --resume goes on"
    run.save = { [self] position in
      try write(trainer, position, group: group, to: latest, lastGood: "")
    }
    run.afterEpoch = { [self] position in
      guard position.epoch == training.epochs else { return }
      // The optimiser's state ends with the training.
      try write(
        trainer, position, optimizer: false, group: group, to: folder.group(group.name), lastGood: "")
      try removeOnLeader(latest)
    }
    say("group \(group.name): \(group.users) users")
    do {
      _ = try follow(run, from: position, epochs: training.epochs, name: "group \(group.name), epoch")
    } catch TrainingError.diverged(let epoch, let step, let rate, _) {
      throw GroupError.diverged(group: group.name, epoch: epoch, step: step, learningRate: rate)
    }
    return training.weights
  }

  /// What the output folder holds for a group, or nil. Throws where it was made otherwise than now asked for.
  private func storedModel(of group: Checkpoint.Group) throws -> Weights? {
    let path = folder.group(group.name)
    guard try exists(path) else { return nil }
    let weights = try makeWeights()
    _ = try load(weights) {
      let checkpoint = try CheckpointFile.read(path)
      try weights.load(checkpoint, file: path)
      // The cloud model's digest is rank 0's to know.
      if leads { try check(checkpoint, isOf: group, file: path) }
      return true
    }
    // Left by a run that ended between writing the one and removing the other.
    try removeOnLeader(folder.latestGroupStep(group.name))
    say("group \(group.name): \(path)")
    return weights
  }

  private func check(_ checkpoint: Checkpoint, isOf group: Checkpoint.Group, file path: String) throws {
    guard checkpoint.datasetDigest == datasetDigest else {
      throw CheckpointMismatch.dataset(file: path, found: checkpoint.datasetDigest, wanted: datasetDigest)
    }
    guard checkpoint.group?.cloudDigest == group.cloudDigest else {
      throw RunError.otherResults(file: path, what: "cloud model")
    }
    let earlier = try Job.parse(checkpoint.job, file: "\(path):/job")
    try Journal.check(earlier.groupingSettings, are: job.groupingSettings, file: path)
    guard checkpoint.group == group else { throw RunError.otherResults(file: path, what: "group of users") }
  }

  /// Whether rank 0 finds the file `path`. Collective.
  func exists(_ path: String) throws -> Bool {
    try communicator.broadcast(leads && FileManager.default.fileExists(atPath: path) ? 1 : 0, from: 0) == 1
  }
}

/// Why the model of a group of users cannot be made.
package enum GroupError: Error, CustomStringConvertible {
  case diverged(group: String, epoch: Int, step: Int, learningRate: Double)

  package var description: String {
    switch self {
    case .diverged(let group, let epoch, let step, let learningRate):
      "the training loss of group \(group) is not finite in epoch \(epoch), step \(step), at learning rate "
        + "\(learningRate); lower grouping.learning_rate"
    }
  }
}
