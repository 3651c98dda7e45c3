import Support

/// Why `lcft describe` has nothing to describe.
package enum DescriptionError: Error, Equatable, CustomStringConvertible {
  /// A folder, and those of its files that can be described.
  case folder(String, files: [String])

  package var description: String {
    switch self {
    case .folder(let path, let files):
      let shown = files.prefix(12).map { FileStatus.path(of: $0, in: path) }
      let others = files.count > shown.count ? " and \(files.count - shown.count) more" : ""
      return "\(quoted(path)): a folder, not a file; "
        + (shown.isEmpty
          ? "it has none that lcft wrote"
          : "of its files lcft can describe \(shown.map { quoted($0) }.joined(separator: ", "))\(others)")
    }
  }
}
