/// Why the job of another file is refused; a job file itself is refused by `YAMLError`.
package enum JobError: Error, Equatable, CustomStringConvertible {
  /// A file of outcomes does not say what searches found (`SearchFindings`).
  case unknownFindings(file: String)
  /// A choice of methods has one that users cannot have.
  case unknownMethod(file: String, name: String)

  package var description: String {
    switch self {
    case .unknownFindings(let file):
      "\(file): was written by lcft 0.1, whose runs cannot be resumed; start again with --overwrite or another "
        + "--output"
    case .unknownMethod(let file, let name):
      "\(file): has the method \(name.debugDescription) for some users, which is none that is fine-tuned; make it anew with "
        + "lcft search-methods"
    }
  }
}
