import Synchronization

/// Whether a signal has asked this process to stop: SIGTERM, SIGUSR1 (which Slurm sends before a time limit), SIGHUP (which
/// a terminal that is closed sends) or SIGINT. Long work looks here between its steps, keeps what it has and ends with `exitStatus`.
package enum StopRequest {
  /// The exit status of a run that stopped at a signal and can be resumed: EX_TEMPFAIL of sysexits.h.
  package static let exitStatus: Int32 = 75

  /// Set by a signal handler, which may do no more than store words and make system calls.
  private static let received = Atomic<Int>(0)
  private static let speaksForLauncher = Atomic<Bool>(false)

  /// From now on the signals request a stop instead of ending the process, but for a SIGHUP that nohup has had ignored. A
  /// second SIGINT ends it at once, unless the process `keepsListening`, because it has others to end. `forLauncher`: whether it is the one of
  /// several ranks whose launcher shows a ^C in place of it.
  package static func listen(keepsListening: Bool = false, forLauncher: Bool = false) {
    // Creates the globals before a handler touches them.
    received.store(0, ordering: .relaxed)
    speaksForLauncher.store(forLauncher, ordering: .relaxed)
    let atInterrupt = keepsListening ? 0 : Int32(bitPattern: UInt32(SA_RESETHAND))
    let signals = [SIGTERM, SIGUSR1, SIGINT] + (isIgnored(SIGHUP) ? [] : [SIGHUP])
    for number in signals {
      let flags = number == SIGINT ? SA_RESTART | atInterrupt : SA_RESTART
      var action = sigaction()
      action.sa_flags = flags
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = { StopRequest.note($0) }
      #else
        action.__sigaction_handler.sa_handler = { StopRequest.note($0) }
      #endif
      sigaction(number, &action, nil)
    }
    // The parent process may have blocked the signals, which is inherited.
    var own = sigset_t()
    sigemptyset(&own)
    for number in signals { sigaddset(&own, number) }
    pthread_sigmask(SIG_UNBLOCK, &own, nil)
  }

  /// Whether the parent process has had the signal ignored.
  private static func isIgnored(_ number: Int32) -> Bool {
    let former = signal(number, SIG_IGN)
    signal(number, former)
    return unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func note(_ signal: Int32) {
    let before = received.add(1, ordering: .relaxed).oldValue
    if signal == SIGINT { StandardError.endInterruptedLine() }
    // mpirun makes a SIGTERM of it.
    if before == 0 && signal != SIGUSR1 && signal != SIGHUP && speaksForLauncher.load(ordering: .relaxed) {
      StandardError.endLaunchersLine()
    }
  }

  /// Cheap enough to ask after every step.
  package static var isPending: Bool { count > 0 }

  /// How many signals have come.
  package static var count: Int { received.load(ordering: .relaxed) }
}
