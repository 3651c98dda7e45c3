import Support
import Synchronization

/// Ends the run where a rank waits for others longer than it ever would if they were still there.
///
/// When a host or the network is gone, MPI itself waits for a quarter of an hour or for ever. The rank only
/// notes where it is, by two stores of a word around a call; a thread that nearly always sleeps looks whether
/// it stays there. Time in which the process was stopped, for example by a scheduler that suspends jobs, does
/// not count. Whoever works alone for long tells by `LifeSigns` that it gets on.
final class WaitMonitor: Sendable {
  static let defaultSeconds = 600.0
  /// The environment variable, set on rank 0: seconds, 0 for no limit.
  static let variable = "LCFT_TIMEOUT"

  /// Address of the name of the call that the rank waits in; 0 where it does not wait.
  private let place = Atomic<UInt>(0)
  /// Grows with every wait and with whatever arrives during one.
  private let progress = Atomic<UInt64>(0)
  /// Milliseconds; 0: no limit.
  private let limit = Atomic<UInt64>(0)
  /// What the limit is told as: the rank's name, and seconds.
  private let told = Mutex((name: "", seconds: 0.0))

  /// Notes a wait. Returns what `leave` must be given: where the rank was waiting already.
  @inline(__always)
  func enter(_ function: StaticString) -> UInt {
    let outer = place.load(ordering: .relaxed)
    advance()
    place.store(UInt(bitPattern: function.utf8Start), ordering: .relaxed)
    return outer
  }

  @inline(__always)
  func leave(to outer: UInt) { place.store(outer, ordering: .relaxed) }

  /// Something has arrived: what the rank waits for is alive.
  @inline(__always)
  func advance() {
    // One writer: no need for an atomic addition.
    progress.store(progress.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  /// The seconds that `text`, the variable's value, asks for.
  static func seconds(_ text: String?) throws -> Double {
    guard let text, !text.isEmpty else { return defaultSeconds }
    guard let seconds = Double(text), seconds >= 0, seconds.isFinite else {
      throw DistError.badTimeout(text: text)
    }
    return seconds
  }

  /// How long `rank`, of this name, waits for others: `seconds`, 0 without limit. Ranks give up one after another, so that
  /// the first can end the others.
  func setLimit(seconds: Double, rank: Int, name: String) {
    told.withLock { $0 = (name, seconds) }
    let whole = seconds > 0 ? seconds + 2 * Double(min(rank, 8)) : 0
    limit.store(UInt64(min(whole, 1e9) * 1000), ordering: .relaxed)
  }

  /// Begins to watch. `giveUp` gets the rank's name, the name of the call in which it has waited for longer than the limit,
  /// and the limit's seconds; it runs on the watching thread.
  func watch(giveUp: @escaping @Sendable (_ rank: String, _ place: String, _ seconds: Double) -> Void) {
    let watch = Watch(monitor: self, giveUp: giveUp)
    // A run without this thread is as good; it only ends later when a host is lost.
    _ = WorkerThread(stackBytes: 256 << 10) { watch.run() }
  }

  private final class Watch: Sendable {
    private let monitor: WaitMonitor
    private let giveUp: @Sendable (String, String, Double) -> Void

    init(monitor: WaitMonitor, giveUp: @escaping @Sendable (String, String, Double) -> Void) {
      self.monitor = monitor
      self.giveUp = giveUp
    }

    func run() {
      var waited = 0.0
      var seen: UInt64 = 0
      var before = steadySeconds()
      while true {
        let limit = Double(monitor.limit.load(ordering: .relaxed)) / 1000
        let tick = limit > 0 ? min(1, limit / 8) : 1
        usleep(UInt32(tick * 1_000_000))
        let now = steadySeconds()
        // A stopped process finds the clock far ahead.
        let passed = min(now - before, 2 * tick)
        before = now
        let place = monitor.place.load(ordering: .relaxed)
        let progress = monitor.progress.load(ordering: .relaxed)
        waited = place != 0 && progress == seen ? waited + passed : 0
        seen = progress
        guard limit > 0, waited >= limit, let name = UnsafePointer<CChar>(bitPattern: place) else { continue }
        let told = monitor.told.withLock { $0 }
        return giveUp(told.name, String(cString: name), told.seconds)
      }
    }
  }
}
