import Foundation

extension Suggestion {
  /// Names of a folder that are looked at.
  private static let mostNames = 10_000

  /// What a message says after `path`, a file or folder that is not there: the name in the same folder that it probably
  /// stands for, as ` (did you mean runs/job.yaml?)`; empty where there is none.
  package static func hint(missing path: String) -> String {
    let name = FileStatus.name(of: path)
    guard let meant = nearest(to: name, among: names(in: FileStatus.folder(of: path), like: name)) else {
      return ""
    }
    let place = path.range(of: name, options: .backwards)
    return hint(place.map { path.replacingCharacters(in: $0, with: meant) } ?? meant)
  }

  /// The names in `folder`; hidden ones only where `name` is hidden.
  private static func names(in folder: String, like name: String) -> [String] {
    guard let entries = opendir(folder) else { return [] }
    defer { closedir(entries) }
    var names: [String] = []
    while names.count < mostNames, let entry = readdir(entries) {
      let found = withUnsafePointer(to: &entry.pointee.d_name) { bytes in
        bytes.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if found.hasPrefix(".") == name.hasPrefix(".") && found != "." && found != ".." { names.append(found) }
    }
    return names
  }
}
