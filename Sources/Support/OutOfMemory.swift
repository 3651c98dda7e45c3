internal import CMemory

/// How a process ends whose system has no memory left for it: with one line and status 1, not with a crash.
///
/// What asks the system itself calls `end`. Arrays and libraries do not: Swift's runtime aborts where it gets no memory,
/// and HDF5 may look at what it did not get. Both are signals of this thread right after a call that left ENOMEM in errno,
/// and `listen` tells them from other crashes by that.
package enum OutOfMemory {
  /// From now on a crash for lack of memory is told as `name`'s, for example `lcft: rank 1`. Called once.
  package static func listen(as name: String) {
    let text = Array("\(name): \(advice)\n".utf8)
    // For the process's lifetime.
    let line = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
    for (index, byte) in text.enumerated() { line[index] = CChar(bitPattern: byte) }
    lcft_judge_crashes(line, text.count)
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
