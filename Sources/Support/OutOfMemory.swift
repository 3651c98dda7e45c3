internal import CMemory

/// How a process ends whose system has no memory left for it, or whose library crashes over a file: with one line and status
/// 1, not with a crash.
///
/// What asks the system itself calls `end`. Arrays and libraries do not: Swift's runtime aborts where it gets no memory,
/// and HDF5 may look at what it did not get. Both are signals of this thread right after a call that left ENOMEM in errno,
/// and `listen` tells them from other crashes by that.
package enum OutOfMemory {
  /// From now on a crash for lack of memory is told as `name`'s, for example `lcft: rank 1`. Called once.
  package static func listen(as name: String) {
    // For the process's lifetime.
    let line = strdup("\(name): \(advice)\n")
    lcft_judge_crashes(line, line.map { strlen($0) } ?? 0, strdup(name))
  }

  /// Ends the process where the system has no `bytes` for it.
  package static func end(bytes: Int) -> Never {
    errno = ENOMEM
    StandardError.write("lcft: \(advice) (it asked for \(bytes) bytes)\n")
    _exit(1)
  }

  private static let advice =
    "out of memory: the system gives this process no more; free some, raise its limit (ulimit -v), or use more hosts"
}

/// A call of a library that a damaged file may crash, or keep from ending: where `OutOfMemory.listen` was called, the process
/// then ends with one line that names the file, and status 1. Of calls within one another the outermost counts. Calls come
/// from one thread at a time.
///
/// It stands in this file since variables of the header's functions are a file's own.
package enum LibraryCall {
  package static func begin(on file: String) { lcft_enter_library(file) }
  package static func end() {
    lcft_leave_library()
    SignOfLife.give()
  }
}
