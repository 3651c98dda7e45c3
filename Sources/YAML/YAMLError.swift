/// Why a YAML file that people write (a job, a schema, a table) is refused.
package enum YAMLError: Error, Equatable, Sendable, CustomStringConvertible {
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
