import HDF5
import Support

/// What writing and reading has in common for all kinds of file.
enum StoredFile {
  /// Opens the file `path` for reading, after a look at its seal where it has one. Throws `SystemError`,
  /// `HDF5Error`, `FileError.brokenSeal`.
  static func open(_ path: String) throws -> HDF5.File {
    _ = try FileStatus.sizeOfReadableFile(path)
    try FileSeal.check(path)
    return try HDF5.File(reading: path)
  }

  /// Writes a file with `header` and the groups that `body` makes, whole or not at all.
  static func write(
    to path: String, _ header: FileHeader, showsOthers: Bool = false,
    _ body: (borrowing HDF5.Group) throws -> Void
  ) throws {
    try AtomicFile.write(to: path) { temporary in
      let file = try HDF5.File(creating: temporary, knownAs: path, showsOthers: showsOthers)
      try fill(file, header, sealed: showsOthers, body)
      try file.close()
      if showsOthers { try FileSeal.append(to: temporary, knownAs: path) }
    }
  }

  // The root group is closed when this returns, before the file.
  private static func fill(
    _ file: borrowing HDF5.File, _ header: FileHeader, sealed: Bool,
    _ body: (borrowing HDF5.Group) throws -> Void
  ) throws {
    let root = try file.root()
    try header.write(to: root)
    if sealed { try root.setAttribute(FileSeal.attribute, Int32(1)) }
    try body(root)
  }
}
