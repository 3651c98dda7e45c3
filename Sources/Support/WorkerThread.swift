/// A thread of this process beside the one that speaks to MPI. It gets no signals: these are for the rank, which may be in
/// the middle of a call that they are meant to interrupt.
package struct WorkerThread: @unchecked Sendable {
  private let thread: pthread_t

  private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs `body`, on a stack of `stackBytes`. Nil where the system has no thread left.
  package init?(stackBytes: Int, _ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stackBytes)
    defer { pthread_attr_destroy(&attributes) }
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let argument = Unmanaged.passRetained(Body(body)).toOpaque()
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        // Optional on some systems only.
        let argument: UnsafeMutableRawPointer? = argument
        Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, argument)
    let created: pthread_t? = thread
    guard code == 0, let created else {
      Unmanaged<Body>.fromOpaque(argument).release()
      return nil
    }
    self.thread = created
  }

  /// Waits until it has ended. Once, or never.
  package func join() { pthread_join(thread, nil) }
}
