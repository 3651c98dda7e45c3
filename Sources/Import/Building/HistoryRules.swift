/// What becomes of rows of one user, item and time (and action, in logs that have them) beyond the first.
package enum RepeatedRows: String, CaseIterable, Sendable {
  /// They are left out.
  case first
  /// They are events and samples like any other; none of them is in the history of another.
  case keep
}
