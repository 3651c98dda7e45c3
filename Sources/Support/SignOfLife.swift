import Dispatch
import Synchronization

/// How a process on which others wait for long tells them that it gets on. What it works with calls `give` with every piece
/// (a call of the HDF5 library, some megabytes of a digest), and need not know who waits.
package enum SignOfLife {
  private struct Listener {
    let tell: @Sendable () -> Void
    let seconds: Double
    /// The one that may tell: MPI is spoken to by one thread of a rank.
    let thread: pthread_t
    var last = 0.0
  }

  private static let listener = Mutex<Listener?>(nil)
  private static let isAwaited = Atomic<Bool>(false)

  /// From now on what this thread does while others wait is told by `tell`, at most once in so many seconds.
  package static func listen(every seconds: Double, _ tell: @escaping @Sendable () -> Void) {
    let own = pthread_self()
    listener.withLock { $0 = Listener(tell: tell, seconds: seconds, thread: own) }
  }

  package static func endListening() { listener.withLock { $0 = nil } }

  /// Runs `body`, for whose end others wait.
  package static func whileAwaited<Value>(_ body: () throws -> Value) rethrows -> Value {
    let own = pthread_self()
    let isOwn = listener.withLock { listener in
      guard let thread = listener?.thread, pthread_equal(thread, own) != 0 else { return false }
      listener?.last = steadySeconds()
      return true
    }
    guard isOwn else { return try body() }
    // Others may wait for the whole of which this is a part.
    let before = isAwaited.exchange(true, ordering: .relaxed)
    defer { isAwaited.store(before, ordering: .relaxed) }
    return try body()
  }

  /// Another piece is done. Cheap, and nothing where nobody waits.
  @inline(__always)
  package static func give() {
    if isAwaited.load(ordering: .relaxed) { tell() }
  }

  /// Waits for another thread of the process, which gets on as well.
  package static func wait(for semaphore: DispatchSemaphore) {
    while semaphore.wait(timeout: .now() + 1) == .timedOut { give() }
  }

  private static func tell() {
    let own = pthread_self()
    let tell = listener.withLock { listener -> (@Sendable () -> Void)? in
      guard let found = listener, pthread_equal(found.thread, own) != 0 else { return nil }
      let now = steadySeconds()
      guard now - found.last >= found.seconds else { return nil }
      listener?.last = now
      return found.tell
    }
    tell?()
  }
}
