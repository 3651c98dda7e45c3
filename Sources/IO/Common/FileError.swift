import Support

/// Why a file is not one that lcft wrote, or not whole. The description is one line: the file, what is wrong, and
/// what to do where that is not plain.
package enum FileError: Error, Equatable, Sendable {
  /// The root attribute `format` is not what was asked for.
  case wrongFormat(file: String, expected: String, found: String)
  case newerVersion(file: String, format: String, found: Int, supported: Int, creator: String)
  case wrongVersion(file: String, format: String, found: Int)
  /// The columns are not those that the root attribute `content_digest` was made of.
  case wrongDigest(file: String, stated: String, found: String)
  /// The file's last line is not the SHA-256 of the bytes before it.
  case brokenSeal(file: String)
}

extension FileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .wrongFormat(let file, let expected, let found):
      "\(quoted(file)): \(expected) expected, the file's format is \(quoted(found))"
    case .newerVersion(let file, let format, let found, let supported, let creator):
      "\(quoted(file)): made by a newer lcft (\(format) version \(found), creator \(quoted(creator))); "
        + "this one reads version \(supported): update lcft"
    case .wrongVersion(let file, let format, let found):
      "\(quoted(file)): there is no version \(found) of \(format)"
    case .wrongDigest(let file, let stated, let found):
      "\(quoted(file)): the content's digest is \(found), its attribute content_digest says \(quoted(stated)): "
        + "damaged, or changed by another program (which then has to delete that attribute)"
    case .brokenSeal(let file):
      "\(quoted(file)): the SHA-256 in its last line does not match its bytes: damaged, or changed by another "
        + "program; copy or make it again"
    }
  }
}
