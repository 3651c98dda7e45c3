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
        + (code == ENOENT && action == "open" ? Suggestion.hint(missing: file) : "")
        + (SystemError.advice(code).map { "; \($0)" } ?? "")
    case .notAFile(let file): "\(quoted(file)): not a regular file"
    }
  }

  /// What to do about a failure with `code` of errno; nil where its own words say it.
  package static func advice(_ code: Int32) -> String? {
    switch code {
    case ENOSPC, EDQUOT: "make room there, then give the command again, a run with --resume"
    case EMFILE, ENFILE: "let more files be open at once (ulimit -n)"
    case EFBIG: "let files be larger (ulimit -f)"
    default: nil
    }
  }
}
