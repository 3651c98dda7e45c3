import HDF5

extension CheckpointFile {
  /// What the file `path` says of itself, without its tensors: enough to tell whether a job could have made it, and
  /// read in no time. Throws `SystemError`, `HDF5Error` and `FileError`.
  package static func readOutline(_ path: String) throws -> Checkpoint {
    let file = try StoredFile.open(path)
    let root = try file.root()
    _ = try FileHeader(root, expecting: .checkpoint)
    return try readOutline(root)
  }

  static func readOutline(_ root: borrowing HDF5.Group) throws -> Checkpoint {
    Checkpoint(
      model: try root.required(text: "model"), dense: [], embeddings: [], optimizer: [],
      progress: try readProgress(root.group("progress")), job: try root.dataset("job").text(),
      datasetDigest: try root.required(text: "dataset_digest"), group: try readGroup(root),
      catalogue: try readCatalogue(root), parent: try readParent(root))
  }
}
