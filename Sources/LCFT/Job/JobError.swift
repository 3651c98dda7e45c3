/// Why the job of another file is refused; a job file itself is refused by `YAMLError`.
package enum JobError: Error, Equatable, CustomStringConvertible {
  /// A file of outcomes does not say what searches found (`SearchFindings`).
  case unknownFindings(file: String)

  package var description: String {
    switch self {
    case .unknownFindings(let file):
      "\(file): was written by lcft 0.1, whose runs cannot be resumed; start again with --overwrite or another "
        + "--output"
    }
  }
}
