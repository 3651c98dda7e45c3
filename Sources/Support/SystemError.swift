/// Why a call of the operating system on a file failed.
package enum SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `action` ("open", "rename", ...) failed with `code` of errno.
  case failed(file: String, action: String, code: Int32)
  /// There is a folder, a device or a pipe where a file is expected.
  case notAFile(file: String)

  package var description: String {
    switch self {
    case .failed(let file, let action, let code):
      "\(quoted(file)): cannot \(action): \(String(cString: strerror(code)))"
    case .notAFile(let file): "\(quoted(file)): not a regular file"
    }
  }
}
