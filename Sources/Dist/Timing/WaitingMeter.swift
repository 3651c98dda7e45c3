import Support

/// Separates the time that a rank waits for others in sums over all ranks from the time that the sums take.
///
/// Every rank notes when it comes to a sum, on the clock of rank 0. For some hundred sums at a time the ranks
/// find out when the last of them came, which costs next to nothing. A rank that came earlier has waited for
/// the difference, and at most for as long as it was inside MPI. Between hosts this is as exact as
/// `clockOffset`.
package final class WaitingMeter {
  private let communicator: any Communicator
  private let clock: PhaseClock
  private var offset = 0.0
  /// When this rank came to each sum, on its own clock and on that of rank 0, the seconds that it was in MPI, and those in
  /// which it did other work.
  private let starts: UnsafeMutableBufferPointer<Double>
  private let arrivals: UnsafeMutableBufferPointer<Double>
  private let inside: UnsafeMutableBufferPointer<Double>
  private let worked: UnsafeMutableBufferPointer<Double>
  private var count = 0

  /// Seconds of other work in the sum that runs.
  private var ahead = 0.0

  /// Seconds waited in the sums settled so far.
  package private(set) var seconds = 0.0

  /// Waits, and work ahead in sums, become phases of `clock`.
  package init(_ communicator: any Communicator, _ clock: PhaseClock, capacity: Int = 512) {
    self.communicator = communicator
    self.clock = clock
    let capacity = communicator.size > 1 ? capacity : 1
    starts = .allocate(capacity: capacity)
    arrivals = .allocate(capacity: capacity)
    inside = .allocate(capacity: capacity)
    worked = .allocate(capacity: capacity)
  }

  deinit {
    starts.deallocate()
    arrivals.deallocate()
    inside.deallocate()
    worked.deallocate()
  }

  /// Compares the ranks' clocks again, because they drift. Collective.
  package func synchronize() throws {
    guard communicator.size > 1 else { return }
    try settle()
    offset = try communicator.clockOffset()
  }

  /// Counts work that this rank did in the sum that runs, as long as others had not come.
  @inline(__always)
  package func worked(_ seconds: Double) { ahead += seconds }

  /// Runs `sum`, which must be collective itself. Collective.
  @inline(__always)
  package func measure(_ sum: () throws -> Void) throws {
    guard communicator.size > 1 else { return try sum() }
    if count == starts.count { try settle() }
    let before = communicator.traffic.seconds
    ahead = 0
    let start = clock.now()
    try sum()
    // At its end, as the wait that is settled later is at the sum's beginning: phases nest.
    if ahead > 0 { clock.record(.ahead, start: clock.now() - ahead, duration: ahead) }
    starts[count] = start
    arrivals[count] = start + offset
    inside[count] = communicator.traffic.seconds - before
    worked[count] = ahead
    count += 1
  }

  /// Accounts for all sums so far. Collective.
  package func settle() throws {
    guard count > 0 else { return }
    let own = UnsafeMutableBufferPointer(rebasing: arrivals[..<count])
    try communicator.allreduce(own, .maximum)
    for index in 0..<count {
      let wait = min(own[index] - (starts[index] + offset) - worked[index], inside[index])
      guard wait > 0 else { continue }
      seconds += wait
      clock.record(.waiting, start: starts[index], duration: wait)
    }
    count = 0
  }
}
