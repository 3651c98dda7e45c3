import HDF5
import Support

/// `lcft-checkpoint` files: a `Checkpoint` in HDF5.
///
/// | path | type | |
/// |---|---|---|
/// | `/dense/<layer>/<weight>` | float32 | attribute `index`: the tensor's place among the dense tensors |
/// | `/embeddings/<field>` | float32 [rows, width] | likewise |
/// | `/optimizer/<slot>/{dense,embeddings}/...` | float32 | likewise; no members for SGD |
/// | `/progress` | group | attributes `epoch`, `step`, `seed` |
/// | `/progress/losses` | float64 | mean training loss of each completed epoch |
/// | `/progress/shard_losses` | float64 [shards] | within an epoch: sums of its losses so far by virtual shard |
/// | `/progress/evaluations` | group | of a validated training: the columns of `Checkpoint.Evaluation` |
/// | `/job` | string | the job file's text |
/// | `/parent` | group | of a training that went on from another model: `Checkpoint.Parent` |
///
/// The root's attributes hold `FileHeader`, `model`, `dataset_digest`, those of `Checkpoint.CatalogueName`, and for the
/// model of a group of users those of `Checkpoint.Group`.
package enum CheckpointFile {
  /// Writes `checkpoint` as the file `path`, whole or not at all. `created` as in `FileHeader`.
  ///
  /// Throws a file error.
  package static func write(
    _ checkpoint: Checkpoint, to path: String, created: String = FileHeader.timestamp()
  ) throws {
    _ = try write(checkpoint, checkpoint.streams, to: path, created: created)
  }

  /// Writes what `checkpoint` has besides its tensors.
  static func writeOutline(_ checkpoint: Checkpoint, to root: borrowing HDF5.Group) throws {
    try root.setAttribute("model", checkpoint.model)
    try root.setAttribute("dataset_digest", checkpoint.datasetDigest)
    if let group = checkpoint.group { try write(group, to: root) }
    if let catalogue = checkpoint.catalogue {
      try root.setAttribute("catalogue_file", catalogue.file)
      try root.setAttribute("catalogue_digest", catalogue.digest)
    }
    try write(checkpoint.progress, to: root.makeGroup("progress"))
    try root.write("job", text: checkpoint.job, description: "the job file, YAML")
    if let parent = checkpoint.parent { try write(parent, to: root.makeGroup("parent")) }
  }

  private static func write(_ group: Checkpoint.Group, to root: borrowing HDF5.Group) throws {
    try root.setAttribute("group", group.name)
    try root.setAttribute("group_above", group.above)
    try root.setAttribute("group_up_to", group.upTo)
    try root.setAttribute("group_users", Int64(group.users))
    try root.setAttribute("group_correction", group.correction)
    try root.setAttribute("cloud_digest", group.cloudDigest)
  }

  static func readGroup(_ root: borrowing HDF5.Group) throws -> Checkpoint.Group? {
    guard let name = try root.text("group") else { return nil }
    return Checkpoint.Group(
      name: name, above: try root.required("group_above", as: Double.self),
      upTo: try root.required("group_up_to", as: Double.self), users: try root.count("group_users"),
      correction: try root.required(text: "group_correction"),
      cloudDigest: try root.required(text: "cloud_digest"))
  }

  static func readCatalogue(_ root: borrowing HDF5.Group) throws -> Checkpoint.CatalogueName? {
    guard let file = try root.text("catalogue_file") else { return nil }
    return Checkpoint.CatalogueName(file: file, digest: try root.required(text: "catalogue_digest"))
  }

  private static func write(_ progress: Checkpoint.Progress, to group: borrowing HDF5.Group) throws {
    try group.setAttribute("epoch", Int64(progress.epoch))
    try group.setAttribute("step", Int64(progress.step))
    try group.setAttribute("seed", progress.seed)
    try group.write(
      "losses", progress.losses, description: "mean training loss of each completed epoch")
    if !progress.shardLosses.isEmpty {
      try group.write(
        "shard_losses", progress.shardLosses,
        description: "sums of the losses of the epoch under way, by virtual shard")
    }
    if !progress.evaluations.isEmpty { try write(progress.evaluations, to: group.makeGroup("evaluations")) }
  }

  /// The progress that the file `path` holds, and nothing else of it. Throws a file error.
  package static func readProgress(_ path: String) throws -> Checkpoint.Progress {
    let file = try StoredFile.open(path)
    let root = try file.root()
    _ = try FileHeader(root, expecting: .checkpoint)
    return try readProgress(root.group("progress"))
  }

  /// Reads the file `path` and checks the content's digest where the file states it.
  ///
  /// Throws a file error.
  package static func read(_ path: String) throws -> Checkpoint {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .checkpoint)
    var checkpoint = try readOutline(root)
    var tensors: [String: [NamedTensor]] = [:]
    for outline in try readOutlines(of: root) {
      let values = try root.dataset(String(outline.path.dropFirst())).array(of: Float.self)
      tensors[outline.group, default: []].append(
        NamedTensor(name: outline.name, shape: outline.shape, values: values))
    }
    checkpoint.dense = tensors["dense"] ?? []
    checkpoint.embeddings = tensors["embeddings"] ?? []
    checkpoint.optimizer = tensors["optimizer"] ?? []
    try header.check(digest: checkpoint.contentDigest(), file: path)
    return checkpoint
  }

  static func readProgress(_ group: borrowing HDF5.Group) throws -> Checkpoint.Progress {
    Checkpoint.Progress(
      epoch: try group.count("epoch"), step: try group.count("step"),
      seed: try group.required("seed", as: UInt64.self),
      losses: try group.dataset("losses").array(of: Double.self),
      shardLosses: try group.contains("shard_losses")
        ? group.dataset("shard_losses").array(of: Double.self) : [],
      evaluations: try group.contains("evaluations") ? readEvaluations(group.group("evaluations")) : [])
  }
}
