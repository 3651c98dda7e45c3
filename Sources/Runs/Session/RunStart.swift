/// How a run treats what is in its output folder.
package enum RunStart: Sendable, CaseIterable {
  /// Only into a folder without outputs of an earlier run.
  case fresh
  /// Goes on where an earlier run of the same job and data stopped.
  case resume
  /// Removes an earlier run's outputs.
  case overwrite
}
