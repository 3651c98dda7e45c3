import Support

/// What is wrong with an HDF5 file, or with a call of the library. The description is one line: the file, the
/// place in it, what is wrong there, and what to do where that is not plain.
package enum HDF5Error: Error, Equatable, Sendable {
  case notHDF5(file: String, bytes: Int)
  /// The file is shorter than its own header says.
  case truncated(file: String)
  /// A call of the library failed; `stack` from the innermost function outwards. The description gives the
  /// innermost message only.
  case library(HDF5.Location, action: String, stack: [HDF5.StackEntry])
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
  /// A name that cannot be one component of a path inside a file.
  case invalidName(HDF5.Location, name: String)
}

extension HDF5Error: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notHDF5(let file, let bytes):
      "\(quoted(file)): not an HDF5 file, or one cut short (\(bytes) bytes); lcft import makes data sets from text files; "
        + "copy a damaged file again or remake it"
    case .truncated(let file):
      "\(quoted(file)): the file is cut short: its end is missing; copy or make it again"
    case .library(let location, let action, let stack):
      "\(place(location)): cannot \(action): \(summary(stack))" + (advice(stack).map { "; " + $0 } ?? "")
    case .missing(let location, let what): "\(place(location)): missing \(what)"
    case .wrongType(let location, let expected, let found):
      "\(place(location)): wrong type: \(expected) expected, found \(quoted(found))"
    case .wrongShape(let location, let expected, let found):
      "\(place(location)): wrong shape: \(expected) expected, found [\(found.joined(separator: ", "))]"
    case .tooDeep(let location, let levels):
      "\(place(location)): groups are nested more than \(levels) deep; the file is damaged, or lcft did not write it"
    case .foreignValues(let location):
      "\(place(location)): its values lie in other files, which are not read; copy them into this one (h5repack)"
    case .tooLarge(let location, let declared, let stored):
      "\(place(location)): declares \(declared) bytes of values but stores \(stored) bytes: "
        + "never written, or damaged; copy or make the file again"
    case .invalidValue(let location, let row, let value, let allowed):
      "\(place(location)): row \(row): \(quoted(value)) is not allowed: \(allowed)"
    case .invalidAttribute(let location, let name, let value, let allowed):
      "\(place(location)): attribute \(quoted(name)): \(quoted(value)) is not allowed: \(allowed)"
    case .invalidName(let location, let name):
      "\(place(location)): \(quoted(name)) cannot be a name inside an HDF5 file"
    }
  }

  /// The file, and the path inside it where that is not the root.
  private func place(_ location: HDF5.Location) -> String {
    location.path == "/"
      ? quoted(location.file) : "\(quoted(location.file)): \(quoted(location.path))"
  }

  /// What to do about the failure; nil where its own words say it.
  private func advice(_ stack: [HDF5.StackEntry]) -> String? {
    if let advice = lockAdvice(stack) { return advice }
    if let code = systemCode(stack) { return SystemError.advice(code) }
    let reads = ["H5Fopen", "H5Dread", "H5Aread", "H5Gopen2", "H5Dopen2", "H5Aopen", "H5Oopen", "H5Literate"]
    guard let call = stack.last?.function, reads.contains(call) else { return nil }
    return "the file is damaged: copy or make it again"
  }

  /// What to do where the library could not lock the file; nil for any other failure. Functions that lock a chunk
  /// or a cache entry have nothing to do with it: the driver that asks the operating system is named, and its
  /// message has the system's code.
  private func lockAdvice(_ stack: [HDF5.StackEntry]) -> String? {
    let drivers = ["H5FD_lock", "H5FD_sec2_lock", "H5FD__sec2_lock"]
    guard let refusal = stack.first(where: { drivers.contains($0.function) }) else { return nil }
    let code = systemCode([refusal])
    if code == EAGAIN || code == EWOULDBLOCK {
      return "another program has the file open for writing: wait until it has closed it"
    }
    return "the file system refuses locks: set HDF5_USE_FILE_LOCKING=FALSE"
  }

  /// The code with which the operating system refused; nil where the failure is the library's own.
  private func systemCode(_ stack: [HDF5.StackEntry]) -> Int32? {
    stack.lazy.compactMap { $0.message.firstMatch(of: /errno = (\d+)/).flatMap { Int32($0.1) } }.first
  }

  /// The operating system's words where it refused; otherwise the innermost cause, then the functions it passed through:
  /// `inflate() failed (HDF5: H5Z... <- H5Dread)`.
  private func summary(_ stack: [HDF5.StackEntry]) -> String {
    guard let innermost = stack.first else { return "HDF5 gives no reason" }
    if let refusal = innermost.message.firstMatch(of: /error message = '([^']*)'/) {
      return quoted(String(refusal.1))
    }
    var functions: [String] = []
    for entry in stack where !functions.contains(entry.function) { functions.append(entry.function) }
    let outermost = functions.count > 1 ? " <- " + functions[functions.count - 1] : ""
    let inner = functions.dropLast(functions.count > 1 ? 1 : 0).prefix(8).joined(separator: " <- ")
    return "\(quoted(innermost.message)) (HDF5: \(inner)\(outermost))"
  }
}
