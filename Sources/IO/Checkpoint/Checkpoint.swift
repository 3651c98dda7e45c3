/// The state of a training after some steps, as `lcft-checkpoint` files hold it.
package struct Checkpoint: Sendable, Equatable {
  /// The model's registered name, for example `DIN`.
  package var model: String
  /// `/dense/<layer>/<weight>`: trained weights and moving statistics of the dense layers.
  package var dense: [NamedTensor]
  /// `/embeddings/<field>` [rows, width].
  package var embeddings: [NamedTensor]
  /// `/optimizer/<slot>/{dense,embeddings}/...`: what the optimiser keeps per weight; empty for SGD.
  package var optimizer: [NamedTensor]
  package var progress: Progress
  /// The job file's text, whole.
  package var job: String
  /// Content digest of the data set that the model was trained on.
  package var datasetDigest: String
  /// Of a model that was fine-tuned for a group of users; nil for a cloud model.
  package var group: Group?
  /// Where the names of the tables' rows are; nil in checkpoints of versions that wrote no catalogue.
  package var catalogue: CatalogueName?
  /// What the training went on from; nil where it began by itself.
  package var parent: Parent?

  package init(
    model: String, dense: [NamedTensor], embeddings: [NamedTensor], optimizer: [NamedTensor],
    progress: Progress, job: String, datasetDigest: String, group: Group? = nil,
    catalogue: CatalogueName? = nil, parent: Parent? = nil
  ) {
    self.group = group
    self.catalogue = catalogue
    self.parent = parent
    self.model = model
    self.dense = dense
    self.embeddings = embeddings
    self.optimizer = optimizer
    self.progress = progress
    self.job = job
    self.datasetDigest = datasetDigest
  }

  /// `catalogue_file`, a name in the checkpoint's folder, and `catalogue_digest`, the digest of its content.
  package struct CatalogueName: Sendable, Equatable {
    package var file: String
    package var digest: String

    package init(file: String, digest: String) {
      self.file = file
      self.digest = digest
    }
  }

  /// Whom a group's model is for, and what it was made from; root attributes.
  package struct Group: Sendable, Equatable {
    /// `group`.
    package var name: String
    /// `group_above` and `group_up_to`: the local CTRs of the group's users; the first group has an `above`
    /// below 0.
    package var above: Double
    package var upTo: Double
    /// `group_users`.
    package var users: Int
    /// `group_correction`: the method whose labels the group's samples were given.
    package var correction: String
    /// `cloud_digest`: content digest of the cloud model that the fine-tuning began with.
    package var cloudDigest: String

    package init(
      name: String, above: Double, upTo: Double, users: Int, correction: String, cloudDigest: String
    ) {
      self.name = name
      self.above = above
      self.upTo = upTo
      self.users = users
      self.correction = correction
      self.cloudDigest = cloudDigest
    }
  }

  /// Scores of the model after some steps, on samples that were held out of its training.
  package struct Evaluation: Sendable, Equatable, Codable {
    /// Epochs and steps completed; steps over all epochs.
    package var epoch: Int
    package var step: Int
    /// Weighted by the users' held-out samples (eq. 12); nil where no user has both classes among them.
    package var userAUC: Double?
    /// The mean cross entropy of the predicted click probabilities.
    package var logLoss: Double
    /// The sum of the predicted click probabilities over the number of clicks; nil without clicks.
    package var calibration: Double?

    package init(epoch: Int, step: Int, userAUC: Double?, logLoss: Double, calibration: Double?) {
      self.epoch = epoch
      self.step = step
      self.userAUC = userAUC
      self.logLoss = logLoss
      self.calibration = calibration
    }
  }

  /// Whether all weights, statistics and what the optimiser keeps are finite numbers.
  package var isFinite: Bool {
    (dense + embeddings + optimizer).allSatisfy { tensor in tensor.values.allSatisfy(\.isFinite) }
  }

  /// `/progress`: what a resumed run continues from.
  package struct Progress: Sendable, Equatable, Codable {
    /// Epochs completed.
    package var epoch: Int
    /// Steps completed, over all epochs.
    package var step: Int
    package var seed: UInt64
    /// Mean training loss of each completed epoch.
    package var losses: [Double]
    /// Within an epoch: the sums of its losses so far, of each virtual shard; empty between epochs.
    package var shardLosses: [Double]
    /// How the model did on samples that were held out of its training, in the order of the steps; empty where none
    /// were.
    package var evaluations: [Evaluation]

    package init(
      epoch: Int, step: Int, seed: UInt64, losses: [Double], shardLosses: [Double] = [],
      evaluations: [Evaluation] = []
    ) {
      self.shardLosses = shardLosses
      self.evaluations = evaluations
      self.epoch = epoch
      self.step = step
      self.seed = seed
      self.losses = losses
    }
  }
}
