import Support

/// Where an import writes: looked at before anything is read, and again before it is written.
package struct ImportOutput: Sendable {
  package var path: String
  /// The files that the import reads, none of which it may replace.
  package var inputs: [String]
  /// Whether a file that is there may be replaced.
  package var overwrites: Bool

  package init(_ path: String, inputs: [String], overwrites: Bool = false) {
    self.path = path
    self.inputs = inputs
    self.overwrites = overwrites
  }

  /// Throws where the folder is missing or may not be written to, where the file is one of the inputs under
  /// whatever name or link, where it is no regular file, and where it is there and may not be replaced.
  package func check() throws(ImportError) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw .noOutputFolder(output: path, folder: folder)
    }
    guard access(folder, W_OK) == 0 else { throw .cannotWrite(output: path, code: errno) }

    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw .cannotWrite(output: path, code: EISDIR) }
      for input in inputs where FileStatus.areSame(input, path) {
        throw .outputIsInput(output: path, input: input)
      }
      // Devices and pipes are refused where files are written.
      if status.st_mode & S_IFMT == S_IFREG && !overwrites { throw .outputExists(output: path) }
    } else if lstat(path, &status) == 0 && !overwrites {
      // A link that leads nowhere would be replaced, too.
      throw .outputExists(output: path)
    }
  }
}
