/// Why a run cannot resume from a file: it was made with other settings.
package enum SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
  case differ(file: String, setting: String, found: String, wanted: String)

  package var description: String {
    switch self {
    case .differ(let file, let setting, let found, let wanted):
      "\(file): was made with \(setting) \(found), the job now has \(wanted); give the earlier job, or another "
        + "--output"
    }
  }
}
