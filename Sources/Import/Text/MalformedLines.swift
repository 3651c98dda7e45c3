/// What to do with a line that cannot be understood.
package enum MalformedLines: String, CaseIterable, Sendable {
  /// End with an error that names the file, the line and the reason.
  case fail
  /// Go on without the line, and count it.
  case skip
}
