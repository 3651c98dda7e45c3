import Foundation
import Support

/// A timeline (`Profile`) that an earlier run has left in its output folder. It says in its first bytes which outputs
/// that run made, and is stale when they are made anew.
enum EarlierTimeline {
  /// What a timeline begins with, before the names of the outputs.
  static let start = "{\"otherData\": {\"creator\": \"lcft\", \"outputs\": \""
  /// What those of earlier versions begin with, which do not say.
  private static let olderStart =
    "{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n{\"name\": \"process_name\""

  /// The outputs of the run that the file `path` is a timeline of; nil where it is none.
  static func outputs(of path: String) -> RunOutputs? {
    guard path.hasSuffix(".json"), let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    let text = String(decoding: (try? file.read(upToCount: 256)) ?? Data(), as: UTF8.self)
    if text.hasPrefix(olderStart) { return [.checkpoints, .results] }
    guard text.hasPrefix(start) else { return nil }
    return RunOutputs(name: String(text.dropFirst(start.count).prefix { $0 != "\"" }))
  }
}
