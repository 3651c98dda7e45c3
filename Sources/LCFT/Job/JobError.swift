/// Why a job file is refused, or the job of another file.
package enum JobError: Error, Equatable, CustomStringConvertible {
  case unreadable(file: String, reason: String)
  case syntax(file: String, message: String)
  case invalid(file: String, line: Int, message: String)
  /// A file of outcomes does not say what searches found (`SearchFindings`).
  case unknownFindings(file: String)

  package var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .syntax(let file, let message): "\(file): not valid YAML: \(message)"
    case .invalid(let file, let line, let message): "\(file):\(line): \(message)"
    case .unknownFindings(let file):
      "\(file): was written by lcft 0.1, whose runs cannot be resumed; start again with --overwrite or another "
        + "--output"
    }
  }
}
