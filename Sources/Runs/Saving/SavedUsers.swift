import Dist
import IO
import LCFT
import Models
import Plan
import Support

/// The users whose fine-tuned models a run writes into `models.h5`.
struct SavedUsers {
  private let session: Session
  private let inputs: Inputs
  private let selection: ModelSelection

  init(_ session: Session, _ inputs: Inputs, _ selection: ModelSelection) {
    self.session = session
    self.inputs = inputs
    self.selection = selection
    if case .users(let list) = selection { session.reads([list]) }
  }

  private var methods: [Method] { inputs.job.fineTuning.methods.filter(\.fineTunes) }

  /// Throws `RunError.nothingToKeep`, `ModelSelectionError`, and `LimitError` where the disk has no room for
  /// the models. Collective.
  func check(_ evaluated: [Int32]) throws {
    let needed = try session.communicator.collectively {
      guard !methods.isEmpty else { throw RunError.nothingToKeep }
      return try bytes(users(evaluated).count)
    }
    try session.check(disk: [("users' models", needed)])
  }

  /// What `save` would do besides the fine-tuning.
  func preview(_ evaluated: [Int32]) throws -> RunPreview {
    let users = try users(evaluated).count
    return RunPreview(
      work: ["keep the models of \(counted(users, "user"))"],
      writes: ["models.h5"] + (0..<session.communicator.size).map { "models-rank-\($0).h5" },
      disk: [("users' models", bytes(users))])
  }

  private func bytes(_ users: Int) -> Int {
    ResourceEstimate.modelsBytes(
      job: inputs.job, users: users, parameters: inputs.job.makeModel().layout.parameterCount)
  }

  private func users(_ evaluated: [Int32]) throws -> Set<Int32> {
    try selection.users(of: inputs.dataset, evaluated: evaluated, seed: inputs.job.seed)
  }

  /// Writes the models while `fineTune` runs `run`: each rank those that it fine-tunes into a journal of its
  /// own, and at the end the ranks write all journals into a file each, which rank 0's file joins. `fineTune`
  /// gets the users to fine-tune in any case: those that have an outcome but no model. `settings` are what
  /// the models depend on. Collective.
  func save(
    _ layout: PersonalModels, settings: Journal.Settings, of run: FineTuningRun,
    _ fineTune: (Set<Int32>) throws -> Void
  ) throws {
    let users = try session.communicator.collectively { try self.users(run.evaluated) }
    if try session.leaderFinds(hasModels(of: users, layout)) { return try fineTune([]) }
    let journals = ModelJournals(
      folder: session.folder, layout: layout, settings: settings, session.communicator)
    let missing = users.subtracting(try journals.users())
    try session.communicator.collectively {
      // Models go into the journals uncompressed, and all of them are compressed at the end.
      let bytes = missing.count * methods.count * layout.denseCount * 4
      let all = users.count * methods.count * layout.denseCount * 4
      session.say(
        "keeping the models of \(counted(users.count, "user")) under \(layout.methods.joined(separator: ", ")): dense weights of "
          + "\(all >> 20) MB, compressed in \(session.folder.models)")
      if session.leads, !session.limits.areIgnored {
        try LimitCheck.disk([(name: "users' models", bytes: bytes + all / 2)], session.folder.path)
      }
    }
    try journals.write { append in
      run.record(missing, emit: append)
      try fineTune(missing)
    }
    try journals.join { inputs.dataset.users.id[Int($0)] }
  }

  /// Whether an earlier run of this job has left the joined file with the models of `users`.
  private func hasModels(of users: Set<Int32>, _ layout: PersonalModels) throws -> Bool {
    let folder = session.folder
    guard folder.holds(folder.models), try folder.modelsJournals().paths.isEmpty else { return false }
    let models = try PersonalModelsFile.Reader(folder.models)
    return models.layout == layout && users.isSubset(of: models.rows)
  }
}

extension PersonalModels {
  /// The layout of models fine-tuned from `cloud` under `methods`.
  init(_ inputs: Inputs, methods: [Method], _ cloud: CloudModel) {
    self.init(
      inputs.job, methods: methods, cloud.weights.layout, datasetDigest: inputs.datasetDigest,
      checkpointDigest: cloud.digest)
  }
}
