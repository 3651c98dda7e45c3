import Support

/// Why a file is not one that lcft wrote, or not whole, or not for this run. The description is one line: the file,
/// what is wrong, and what to do where that is not plain.
///
/// Beside it whatever reads and writes files throws `SystemError`, where the operating system refuses, and
/// `HDF5Error`, where an HDF5 file has not the structure or the values that it must have. "Throws a file error" means
/// any of the three.
package enum FileError: Error, Equatable, Sendable {
  /// The root attribute `format` is not what was asked for.
  case wrongFormat(file: String, expected: String, found: String)
  case newerVersion(file: String, format: String, found: Int, supported: Int, creator: String)
  case wrongVersion(file: String, format: String, found: Int)
  /// The columns are not those that the root attribute `content_digest` was made of.
  case wrongDigest(file: String, stated: String, found: String)
  /// The columns of a block of users, or of a part of the item side, are not those that the file's own table of
  /// digests, `table`, was made of. `what` names the block and its users, or the part.
  case wrongPart(file: String, what: String, table: String, stated: String, found: String)
  /// A data set has features at `path` and beside them categories, genome or actions in columns of their own.
  case featuresInTwoPlaces(file: String, path: String)
  /// A run cannot resume from the file: it was made with other settings.
  case otherSettings(file: String, setting: String, found: String, wanted: String)
  /// The file's last line is not the SHA-256 of the bytes before it.
  case brokenSeal(file: String)
  /// A file of one rank's models beside the file that joins those of another run.
  case otherPart(file: String, joined: String)
}

extension FileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .wrongFormat(let file, let expected, let found):
      "\(quoted(file)): \(expected) expected, the file's format is \(quoted(found))"
    case .newerVersion(let file, let format, let found, let supported, let creator):
      "\(quoted(file)): made by a newer lcft (\(format) version \(found), creator \(quoted(creator))); "
        + "this one reads \(format) up to version \(supported): update lcft"
    case .wrongVersion(let file, let format, let found):
      "\(quoted(file)): there is no version \(found) of \(format)"
    case .wrongDigest(let file, let stated, let found):
      "\(quoted(file)): the content's digest is \(found), its attribute content_digest says \(quoted(stated)): "
        + "damaged: copy or make it again; or changed by another program, which must then delete that attribute"
    case .wrongPart(let file, let what, let table, let stated, let found):
      "\(quoted(file)): \(what): the content's digest is \(found), \(table) says \(quoted(stated)): "
        + "damaged: copy or make it again; or changed by another program, which must then delete the attribute "
        + "content_digest"
    case .featuresInTwoPlaces(let file, let path):
      "\(quoted(file)): has \(path) and /categories: put the categories (and the genome and the actions) among the "
        + "features, or leave the features away"
    case .otherSettings(let file, let setting, let found, let wanted):
      "\(file): was made with \(setting) \(found), the job now has \(wanted); give the earlier job, or another "
        + "--output"
    case .otherPart(let file, let joined):
      "\(file): holds other models than those that \(joined) joins; put the files of one run together again"
    case .brokenSeal(let file):
      "\(quoted(file)): the SHA-256 in its last line does not match its bytes: damaged, or changed by another "
        + "program; copy or make it again"
    }
  }
}
