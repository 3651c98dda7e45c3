/// Why a job file is refused.
package enum JobError: Error, Equatable, CustomStringConvertible {
  case unreadable(file: String, reason: String)
  case syntax(file: String, message: String)
  case invalid(file: String, line: Int, message: String)

  package var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .syntax(let file, let message): "\(file): not valid YAML: \(message)"
    case .invalid(let file, let line, let message): "\(file):\(line): \(message)"
    }
  }
}
