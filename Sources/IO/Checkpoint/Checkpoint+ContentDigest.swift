extension Checkpoint {
  /// `ContentDigest` of all tensors: dense, embeddings and optimiser's, in the order of the bytes of their
  /// paths in the file (`/dense/...`). The progress, the job's text and the tensors' order do not count.
  package func contentDigest() -> String {
    let tensors = [("dense", dense), ("embeddings", embeddings), ("optimizer", optimizer)].flatMap { group in
      group.1.map { (path: "/\(group.0)/\($0.name)", tensor: $0) }
    }
    var digest = ContentDigest()
    for (path, tensor) in tensors.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      digest.add(path, tensor.values, shape: tensor.shape)
    }
    return digest.finalize()
  }
}
