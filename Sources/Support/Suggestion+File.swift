import Foundation

extension Suggestion {
  /// Names of a folder that are looked at.
  private static let mostNames = 10_000

  /// What a message says after `path`, a file or folder that is not there: the name in the same folder that it probably
  /// stands for, as ` (did you mean runs/job.yaml?)`; empty where there is none.
  package static func hint(missing path: String) -> String {
    let name = FileStatus.name(of: path)
    let names = (try? FileStatus.names(in: FileStatus.folder(of: path), most: mostNames)) ?? []
    // Hidden ones only where the name is hidden.
    let candidates = names.filter { $0.hasPrefix(".") == name.hasPrefix(".") }
    guard let meant = nearest(to: name, among: candidates) else { return "" }
    let place = path.range(of: name, options: .backwards)
    return hint(place.map { path.replacingCharacters(in: $0, with: meant) } ?? meant)
  }
}
