/// What can go wrong in work on many users.
package enum WorkError: Error, CustomStringConvertible {
  /// An error that came after much was done.
  case kept(String, journal: String)
  /// Outcomes of users that are not this run's.
  case foreign

  package var description: String {
    switch self {
    case .kept(let message, let journal):
      "\(message); what was done is kept in \(journal): give the same command with --resume "
        + "when that is fixed"
    case .foreign:
      "outcomes of users that are not this run's; check that all ranks run the same build, or give --overwrite"
    }
  }
}
