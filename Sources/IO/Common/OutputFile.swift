import Support

/// A file that a command writes: looked at before any work, and again before it is written.
package struct OutputFile: Sendable {
  package var path: String
  /// The option that names it: `--output`.
  package var option: String
  /// The files that the command reads, none of which it may replace.
  package var inputs: [String]
  /// Whether a file that is there may be replaced.
  package var overwrites: Bool

  /// Bytes of a name: while the file is written it has a longer one.
  static let nameBytes = 226 - AtomicFile.host.utf8.count

  package init(_ path: String, option: String = "--output", inputs: [String] = [], overwrites: Bool = false) {
    self.path = path
    self.option = option
    self.inputs = inputs
    self.overwrites = overwrites
  }

  /// Throws `OutputError` where the folder is missing or may not be written to, where the file is one of the inputs
  /// under whatever name or link, where it is a folder, and where it is there and may not be replaced.
  package func check() throws(OutputError) {
    guard !path.isEmpty else { throw .noName(option: option) }
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw .noFolder(output: path, folder: folder)
    }
    guard access(folder, W_OK) == 0 else { throw .cannotWrite(output: path, code: errno) }

    let name = FileStatus.name(of: path)
    guard name.utf8.count <= OutputFile.nameBytes else {
      throw .longName(output: path, bytes: name.utf8.count)
    }
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw .cannotWrite(output: path, code: EISDIR) }
      for input in inputs where FileStatus.areSame(input, path) {
        throw .isInput(output: path, input: input, option: option)
      }
      // Devices and pipes are refused where files are written.
      if status.st_mode & S_IFMT == S_IFREG && !overwrites { throw .exists(output: path, option: option) }
    } else if lstat(path, &status) == 0 && !overwrites {
      // A link that leads nowhere would be replaced, too.
      throw .exists(output: path, option: option)
    }
  }
}

/// Why an output is refused before any work.
package enum OutputError: Error, Equatable, Sendable, CustomStringConvertible {
  case noName(option: String)
  case longName(output: String, bytes: Int)
  case noFolder(output: String, folder: String)
  case exists(output: String, option: String)
  case isInput(output: String, input: String, option: String)
  case cannotWrite(output: String, code: Int32)

  package var description: String {
    switch self {
    case .noName(let option): "the file of \(option) has no name; give one"
    case .longName(let output, let bytes):
      "\(String(output.prefix(60)))...: the file's name has \(bytes) bytes, more than \(OutputFile.nameBytes); give a "
        + "shorter one"
    case .noFolder(let output, let folder): "\(output): the folder \(folder) is not there; make it first"
    case .exists(let output, let option):
      "\(output): is there already; give another \(option), or --overwrite to replace it"
    case .isInput(let output, let input, let option):
      "\(output): is the same file as the input \(input), which would be lost; give another \(option)"
    case .cannotWrite(let output, let code):
      "\(output): cannot be written: \(String(cString: strerror(code)))"
    }
  }
}
