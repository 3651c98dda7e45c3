import IO
import Plan

/// What can be told of a data set before it is loaded.
struct SweepData {
  let path: String
  /// Nil where the file does not say it.
  let digest: String?
  let sizes: DatasetSizes

  /// Throws `SweepError.notData` where the file is of another kind, and what reading files throws.
  init(_ path: String) throws {
    self.path = path
    let header = try FileHeader.read(path)
    guard header.kind == .dataset else { throw SweepError.notData(file: path, kind: header.kind.rawValue) }
    digest = header.contentDigest
    sizes = try DatasetSizes(path)
  }

  var hasActions: Bool { sizes.features.contains { $0.owner == .events && $0.name == Features.action } }
}
