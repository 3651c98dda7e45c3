import IO
import Support

/// A timeline (`Profile`) that an earlier run has left in its output folder. It says in its first bytes which outputs
/// that run made, and is stale when they are made anew.
enum EarlierTimeline {
  /// What a timeline begins with, before the names of the outputs.
  static let start = "{\"otherData\": {\"creator\": \"lcft\", \"outputs\": \""
  /// What those of earlier versions begin with, which do not say.
  private static let olderStart =
    "{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n{\"name\": \"process_name\""

  /// The outputs of the run that the file `path` is a timeline of; nil where it is none. Throws where it cannot be read.
  static func outputs(of path: String) throws -> RunOutputs? {
    guard path.hasSuffix(".json"), !FileStatus.isFolder(path) else { return nil }
    guard let bytes = try TextFile.start(of: path, bytes: 256) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    if text.hasPrefix(olderStart) { return [.checkpoints, .results] }
    guard text.hasPrefix(start) else { return nil }
    return RunOutputs(name: String(text.dropFirst(start.count).prefix { $0 != "\"" }))
  }
}
