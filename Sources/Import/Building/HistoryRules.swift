/// What becomes of rows of one user, item and time (and action, in logs that have them) beyond the first.
package enum RepeatedRows: String, CaseIterable, Sendable {
  /// They are left out.
  case first
  /// They are events and samples like any other; none of them is in the history of another.
  case keep
}

/// What a sample knows of its user's events of the same second.
package enum SameTime: String, CaseIterable, Sendable {
  /// Those that the files have before it.
  case before
  /// None.
  case exclude
}
