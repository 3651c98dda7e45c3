import Dist
import IO
import LCFT
import Models
import Support

/// Fine-tunes a copy of the cloud model for each of the job's groups of users. A group whose checkpoint is in
/// the output folder is not trained again; one that was stopped resumes.
package struct TrainGroups: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private let cloud: CloudModel?
  /// The cloud model's; nil where there is no model yet.
  private let cloudDigest: String?
  private let store: ModelStore

  /// `cloud` is needed to run, `digest`, its content's, to check what earlier groups were made from; nil where it does not
  /// exist yet.
  package init(
    _ session: Session, _ inputs: Inputs, from cloud: CloudModel?, cloudModel digest: String? = nil
  ) {
    self.session = session
    self.inputs = inputs
    self.cloud = cloud
    cloudDigest = cloud?.digest ?? digest
    store = ModelStore(session: session, inputs: inputs)
  }

  package func check() throws { try check(comparesEarlier: true) }

  /// `comparesEarlier`: whether models of groups that are there must be of this cloud model and job.
  func check(comparesEarlier: Bool) throws {
    let groups = UserGroups(inputs.job.grouping, of: inputs.dataset)
    try session.check(disk: disk(groups.users.count))
    // A run that trains the cloud model writes the catalogue for it first.
    let catalogue = session.folder.catalogue
    if try !session.outputs.contains(file: catalogue)
      && session.leaderFinds(store.isOtherCatalogue(catalogue))
    {
      throw RunError.otherCatalogue(file: catalogue)
    }
    if comparesEarlier { try checkEarlier(groups) }
  }

  private func checkEarlier(_ groups: UserGroups) throws {
    for index in groups.users.indices {
      let group = outline(of: index, in: groups)
      for path in [session.folder.group(group.name), session.folder.latestGroupStep(group.name)] {
        guard try session.keeps(path) else { continue }
        try session.communicator.collectively {
          guard session.leads else { return }
          do {
            try check(try CheckpointFile.readOutline(path), isOf: group, file: path)
          } catch  where session.start == .overwrite {
            // The command replaces other files than this one.
            throw RunError.keptGroup(file: path)
          }
        }
      }
    }
  }

  /// A model for each group, and one of them with its optimiser's state, twice while it is written anew.
  private func disk(_ groups: Int) -> [(name: String, bytes: Int)] {
    [("models of groups", (groups + 2) * (inputs.estimate?.checkpointBytes ?? 0))]
  }

  package func preview() throws -> RunPreview {
    let groups = UserGroups(inputs.job.grouping, of: inputs.dataset)
    let names = groups.users.indices.map { groups.intervals.name($0) }
    return RunPreview(
      work: ["fine-tune a model for each of \(counted(names.count, "group")) of users"],
      writes: [RunFolder.catalogueName] + names.map { "group-\($0).h5" }, disk: disk(names.count))
  }

  /// The groups' models, whole on every rank; the cloud model stands in for a group without users.
  package func run() throws -> GroupModels {
    guard let cloud else { preconditionFailure("groups are trained from a cloud model") }
    let groups = UserGroups(inputs.job.grouping, of: inputs.dataset)
    let catalogue = try store.writeCatalogue()
    var models: [Weights] = []
    for index in groups.users.indices {
      let group = outline(of: index, in: groups)
      if group.users == 0 {
        session.say("group \(group.name): no user has a local CTR in it")
        models.append(cloud.weights)
      } else if let model = try storedModel(of: group) {
        models.append(model)
      } else {
        models.append(try train(index, group, of: groups, from: cloud, catalogue))
      }
    }
    return GroupModels(intervals: groups.intervals, weights: models)
  }

  /// What a group's checkpoint says about the group.
  private func outline(of index: Int, in groups: UserGroups) -> Checkpoint.Group {
    Checkpoint.Group(
      name: groups.intervals.name(index), above: groups.bounds(index).above, upTo: groups.bounds(index).upTo,
      users: groups.users[index].count, correction: inputs.job.grouping.correction.rawValue,
      cloudDigest: cloudDigest ?? "")
  }

  private func train(
    _ index: Int, _ group: Checkpoint.Group, of groups: UserGroups, from cloud: CloudModel,
    _ catalogue: Checkpoint.CatalogueName?
  ) throws -> Weights {
    let job = inputs.job
    let weights = try store.newWeights()
    let state = try store.newState(job.grouping.optimizer, for: weights)
    try store.copy(cloud.weights, into: weights)
    let training = try GroupTraining(
      group: index, of: groups, job: job, dataset: inputs.dataset, weights: weights, state: state,
      communicator: session.communicator, node: session.sharing.node)
    let trainer = training.trainer
    let latest = session.folder.latestGroupStep(group.name)
    var position = TrainingPosition()
    if try session.keeps(latest) {
      position = try store.resume(trainer, from: latest, epochs: training.epochs) {
        try check($0, isOf: group, file: latest)
      }.position
    }
    var run = TrainingRun(
      trainer, epochs: training.epochs, settings: job.training, communicator: session.communicator)
    run.stopHint = session.stopHint("training")
    let save = { (position: TrainingPosition) in
      _ = try store.write(trainer, position, group: group, catalogue: catalogue, to: latest, lastGood: "")
    }
    run.save = save
    run.afterEpoch = { position in
      guard position.epoch == training.epochs else { return try save(position) }
      // The optimiser's state ends with the training.
      try store.write(
        trainer, position, optimizer: false, group: group, catalogue: catalogue,
        to: session.folder.group(group.name), lastGood: "")
      try session.remove(latest)
    }
    session.say(
      "group \(group.name), \(index + 1) of \(groups.users.count): \(counted(group.users, "user"))")
    do {
      _ = try session.follow(
        run, from: position, epochs: training.epochs, name: "group \(group.name), epoch",
        rate: "grouping.learning_rate")
    } catch TrainingError.diverged(let epoch, let step, let rate, _) {
      throw RunError.groupDiverged(group: group.name, epoch: epoch, step: step, learningRate: rate)
    }
    return training.weights
  }

  /// What the output folder holds for a group, or nil. Throws where it was made with other settings than now
  /// asked for.
  private func storedModel(of group: Checkpoint.Group) throws -> Weights? {
    let path = session.folder.group(group.name)
    guard try session.keeps(path) else { return nil }
    let weights = try store.newWeights()
    _ = try store.load(path, into: weights) { try check($0, isOf: group, file: path) }
    // Left by a run that ended between writing the one and removing the other.
    try session.remove(session.folder.latestGroupStep(group.name))
    session.say("group \(group.name): \(path)")
    return weights
  }

  private func check(_ checkpoint: Checkpoint, isOf group: Checkpoint.Group, file path: String) throws {
    guard checkpoint.datasetDigest == inputs.datasetDigest else {
      throw CheckpointMismatch.dataset(
        file: path, found: checkpoint.datasetDigest, wanted: inputs.datasetDigest)
    }
    guard cloudDigest == nil || checkpoint.group?.cloudDigest == group.cloudDigest else {
      throw RunError.otherResults(file: path, what: "cloud model")
    }
    let earlier = try Job.parse(checkpoint.job, file: "\(path):/job")
    try Journal.check(earlier.groupingSettings, are: inputs.job.groupingSettings, file: path)
    var found = checkpoint.group
    if cloudDigest == nil { found?.cloudDigest = group.cloudDigest }
    guard found == group else { throw RunError.otherResults(file: path, what: "group of users") }
  }
}
