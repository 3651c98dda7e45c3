import Support

extension CatalogueFile {
  /// Where the catalogue of the checkpoint at `path` lies. Throws `CatalogueError` where it names none.
  package static func path(of checkpoint: Checkpoint, at path: String) throws(CatalogueError) -> String {
    guard let catalogue = checkpoint.catalogue else { throw .notNamed(checkpoint: path) }
    let name = catalogue.file
    guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else {
      throw .notBeside(checkpoint: path, name: name)
    }
    return "\(FileStatus.folder(of: path))/\(name)"
  }

  /// Reads the catalogue of the checkpoint at `path`. Throws `CatalogueError` where it names none or another one lies
  /// there, and a file error.
  package static func read(of checkpoint: Checkpoint, at path: String) throws -> Catalogue {
    let file = try self.path(of: checkpoint, at: path)
    guard FileStatus.State(file) != nil else { throw CatalogueError.missing(file: file, checkpoint: path) }
    let catalogue = try read(file)
    guard catalogue.belongs(to: checkpoint) else {
      throw CatalogueError.another(file: file, checkpoint: path)
    }
    return catalogue
  }
}

extension Catalogue {
  /// Whether this is the catalogue that `checkpoint` names, or where it names none, that of its data set.
  package func belongs(to checkpoint: Checkpoint) -> Bool {
    datasetDigest == checkpoint.datasetDigest
      && (checkpoint.catalogue.map { $0.digest == contentDigest() } ?? true)
  }
}

/// Why the names of a checkpoint's rows cannot be found.
package enum CatalogueError: Error, Equatable, CustomStringConvertible {
  case notNamed(checkpoint: String)
  case notBeside(checkpoint: String, name: String)
  case missing(file: String, checkpoint: String)
  case another(file: String, checkpoint: String)

  package var description: String {
    switch self {
    case .notNamed(let checkpoint):
      "\(checkpoint): names no catalogue of its rows, as models of groups and checkpoints of version 0.1 do not; give a "
        + "checkpoint of lcft train that does"
    case .notBeside(let checkpoint, let name):
      "\(checkpoint): catalogue_file is '\(quoted(name))', which is not the name of a file beside it; copy the checkpoint "
        + "anew from where it was written"
    case .missing(let file, let checkpoint):
      "\(file): there is no such file, which \(checkpoint) names; copy it from beside the checkpoint where that was written"
    case .another(let file, let checkpoint):
      "\(file): is not the catalogue that was written with \(checkpoint); copy it from beside the checkpoint where that "
        + "was written"
    }
  }
}
