/// What has become of the runs in an output folder.
package enum RunState: String, Encodable, Sendable, CaseIterable, Comparable {
  case finished
  /// A process that holds the folder's lock is at work: on this host it is there, on another it has written lately.
  case running
  /// Stopped by a signal; everything is kept, and `--resume` goes on.
  case stopped
  /// The lock is held by a process of another host that has written nothing for long: it may do something that takes
  /// long, stand still or be dead, which only its own host can tell.
  case silent
  /// It ended by an error.
  case failed
  /// Its process is gone without a word: killed, or its host fell.
  case killed
  /// There is no run, or only files of a version that kept no progress.
  case none
  /// The folder or its files cannot be read.
  case unreadable

  /// The exit status of `lcft status` for a run in this state; 1 is any command's failure.
  package var exitStatus: Int32 {
    switch self {
    case .finished: 0
    case .running: 2
    case .stopped: 3
    case .silent: 4
    case .failed: 5
    case .killed: 6
    case .none: 7
    case .unreadable: 8
    }
  }

  package static func < (left: RunState, right: RunState) -> Bool { left.exitStatus < right.exitStatus }
}
