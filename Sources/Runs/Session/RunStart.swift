/// How a run treats what is in its output folder.
package enum RunStart: Sendable, CaseIterable {
  /// Only into a folder without outputs of an earlier run.
  case fresh
  /// Continues where an earlier run of the same job and data stopped.
  case resume
  /// Replaces an earlier run's outputs, once its own are whole.
  case overwrite
}
