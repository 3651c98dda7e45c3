import Runs
import Support

/// What a sweep has done, and what it has not.
package struct SweepAccount: Equatable, Sendable {
  /// The runs that this sweep was to do.
  package var count: Int
  /// Runs that were done before.
  package internal(set) var skipped = 0
  package internal(set) var done = 0
  package internal(set) var failed: [(name: String, line: String)] = []
  /// Runs that another command is at.
  package internal(set) var atWork: [String] = []
  /// Whether a signal ended the sweep.
  package internal(set) var isStopped = false

  init(count: Int) { self.count = count }

  /// Whether the sweep begins no further run.
  func isOver(keepGoing: Bool) -> Bool { isStopped || (!failed.isEmpty && !keepGoing) }

  package static func == (left: SweepAccount, right: SweepAccount) -> Bool { left.lines == right.lines }

  /// 0 where all runs are done; 1 after a failed one; that of any stopped run where the same command goes on; 2, as
  /// `lcft status` has it, where all that is left is at work elsewhere.
  package var exitStatus: Int32 {
    if !failed.isEmpty { return 1 }
    if isStopped { return StopRequest.exitStatus }
    return atWork.isEmpty ? 0 : RunState.running.exitStatus
  }

  package var lines: [String] {
    let left = count - skipped - done - failed.count - atWork.count
    var lines = [
      "\(counted(count, "run")): \(done) done, \(skipped) done before, \(failed.count) failed"
        + (atWork.isEmpty ? "" : ", \(atWork.count) at work elsewhere")
        + (left == 0 ? "" : ", \(left) not finished")
    ]
    lines += failed.map { "failed: \($0.name): \($0.line)" }
    if !atWork.isEmpty { lines.append("at work elsewhere: \(atWork.joined(separator: ", "))") }
    if isStopped { lines.append("stopped by a signal; the same command goes on where it stopped") }
    return lines
  }
}
