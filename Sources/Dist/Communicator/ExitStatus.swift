import Support

/// An error that chooses the process's exit status, 1...255; every other error ends with 1.
package protocol ExitStatusProviding: Error {
  var exitStatus: Int32 { get }
}

extension DistError: ExitStatusProviding {
  package var exitStatus: Int32 {
    if case .collective(_, _, _, let status) = self { status } else { 1 }
  }
}

/// Thrown by every rank alike where work ends early because a signal asked a rank to stop. What was done is
/// kept, and the same command can resume.
package struct Stopped: ExitStatusProviding, CustomStringConvertible {
  /// What is kept and how to resume.
  package let hint: String

  package init(hint: String) { self.hint = hint }

  package var exitStatus: Int32 { StopRequest.exitStatus }
  package var description: String { "stopped by a signal; \(hint)" }
}

/// The exit status for `error`: its own if a shell can see it, otherwise 1.
func exitStatus(of error: any Error) -> Int32 {
  guard let status = (error as? any ExitStatusProviding)?.exitStatus, (1...255).contains(status)
  else { return 1 }
  return status
}
