#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is wrong with an lcft file, or with reading or writing one. The description is one line: the file,
/// the place in it, what is wrong there, and what to do where that is not plain.
public enum FileError: Error, Equatable, Sendable {
  /// A call of the operating system failed: `action` ("open", "rename", ...) with `code` of errno.
  case system(file: String, action: String, code: Int32)
  /// A folder, a device or a pipe stands where a file is expected.
  case notAFile(file: String)
  case notHDF5(file: String, bytes: Int)
  /// The file is shorter than its own header says.
  case truncated(file: String)
  /// A call of the HDF5 library failed; `stack` from the innermost function outwards. The description gives
  /// the innermost message only.
  case library(HDF5.Location, action: String, stack: [HDF5.StackEntry])
  /// The root attribute `format` is not what was asked for.
  case wrongFormat(file: String, expected: String, found: String)
  case newerVersion(file: String, format: String, found: Int, supported: Int, creator: String)
  case wrongVersion(file: String, format: String, found: Int)
  case missing(HDF5.Location, what: String)
  case wrongType(HDF5.Location, expected: String, found: String)
  case wrongShape(HDF5.Location, expected: String, found: [String])
  /// Groups inside groups, more than any file has.
  case tooDeep(HDF5.Location, levels: Int)
  /// A data set whose values lie in other files.
  case foreignValues(HDF5.Location)
  /// `declared` bytes cannot come from `stored` bytes.
  case tooLarge(HDF5.Location, declared: Int, stored: Int)
  /// The value at `row` is not allowed there.
  case invalidValue(HDF5.Location, row: Int, value: String, allowed: String)
  /// An attribute's value is not allowed or contradicts the columns.
  case invalidAttribute(HDF5.Location, name: String, value: String, allowed: String)
  /// The columns are not those that the root attribute `content_digest` was made of.
  case wrongDigest(file: String, stated: String, found: String)
  /// The file's last line is not the SHA-256 of the bytes before it.
  case brokenSeal(file: String)
  /// A name that cannot be one component of a path inside a file.
  case invalidName(HDF5.Location, name: String)
}

extension FileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let file, let action, let code):
      "\(quote(file)): cannot \(action): \(String(cString: strerror(code)))"
    case .notAFile(let file): "\(quote(file)): not a regular file"
    case .notHDF5(let file, let bytes):
      "\(quote(file)): not an HDF5 file, or one cut short (\(bytes) bytes)"
    case .truncated(let file):
      "\(quote(file)): the file is cut short: its end is missing; copy or make it again"
    case .library(let location, let action, let stack):
      "\(place(location)): cannot \(action): \(summary(stack))"
        + (stack.contains { $0.function.contains("lock") } ? "; set HDF5_USE_FILE_LOCKING=FALSE" : "")
    case .wrongFormat(let file, let expected, let found):
      "\(quote(file)): \(expected) expected, the file's format is \(quote(found))"
    case .newerVersion(let file, let format, let found, let supported, let creator):
      "\(quote(file)): made by a newer lcft (\(format) version \(found), creator \(quote(creator))); "
        + "this one reads version \(supported): update lcft"
    case .wrongVersion(let file, let format, let found):
      "\(quote(file)): there is no version \(found) of \(format)"
    case .missing(let location, let what): "\(place(location)): missing \(what)"
    case .wrongType(let location, let expected, let found):
      "\(place(location)): wrong type: \(expected) expected, found \(quote(found))"
    case .wrongShape(let location, let expected, let found):
      "\(place(location)): wrong shape: \(expected) expected, found [\(found.joined(separator: ", "))]"
    case .tooDeep(let location, let levels):
      "\(place(location)): groups lie inside one another more than \(levels) deep: damaged, or none of ours"
    case .foreignValues(let location):
      "\(place(location)): its values lie in other files, which are not read; copy them into this one (h5repack)"
    case .tooLarge(let location, let declared, let stored):
      "\(place(location)): declares \(declared) bytes of values but stores \(stored) bytes: "
        + "never written, or damaged"
    case .invalidValue(let location, let row, let value, let allowed):
      "\(place(location)): row \(row): \(quote(value)) is not allowed: \(allowed)"
    case .invalidAttribute(let location, let name, let value, let allowed):
      "\(place(location)): attribute \(quote(name)): \(quote(value)) is not allowed: \(allowed)"
    case .wrongDigest(let file, let stated, let found):
      "\(quote(file)): the content's digest is \(found), its attribute content_digest says \(quote(stated)): "
        + "damaged, or changed by another program (which then has to delete that attribute)"
    case .brokenSeal(let file):
      "\(quote(file)): its bytes are not those that its last line has the SHA-256 of: damaged, or changed by another "
        + "program; copy or make it again"
    case .invalidName(let location, let name):
      "\(place(location)): \(quote(name)) cannot be a name inside an HDF5 file"
    }
  }

  private func place(_ location: HDF5.Location) -> String {
    "\(quote(location.file)): \(quote(location.path))"
  }

  /// The innermost cause, then the functions it passed through: `inflate() failed (HDF5: H5Z... <- H5Dread)`.
  private func summary(_ stack: [HDF5.StackEntry]) -> String {
    guard let innermost = stack.first else { return "HDF5 gives no reason" }
    var cause = innermost.message
    // Where the operating system refused, its words are among many numbers.
    if let refusal = cause.firstMatch(of: /error message = '([^']*)'/) { cause = String(refusal.1) }
    var functions: [String] = []
    for entry in stack where !functions.contains(entry.function) { functions.append(entry.function) }
    let outermost = functions.count > 1 ? " <- " + functions[functions.count - 1] : ""
    let inner = functions.dropLast(functions.count > 1 ? 1 : 0).prefix(8).joined(separator: " <- ")
    return "\(quote(cause)) (HDF5: \(inner)\(outermost))"
  }

  /// Text from a file or a user on one line: control characters as escapes, and not without end.
  private func quote(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(1000) {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format:
        result += scalar == "\n" ? " " : "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
