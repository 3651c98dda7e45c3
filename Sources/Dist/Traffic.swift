#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a communicator has exchanged so far on this rank. Subtract two readings to measure a step.
///
/// Messages between two ranks count exactly. A collective counts its payload once: what this rank puts
/// in as sent, what it gets from others as received; how often the library passes it on is not visible.
public struct Traffic: Sendable, Equatable {
  /// MPI calls that move or await data.
  public var calls = 0
  public var bytesSent = 0
  public var bytesReceived = 0
  /// Seconds inside MPI on the steady clock, waiting for slower ranks included.
  public var seconds = 0.0

  public init() {}

  public static func - (later: Traffic, earlier: Traffic) -> Traffic {
    var difference = later
    difference.calls -= earlier.calls
    difference.bytesSent -= earlier.bytesSent
    difference.bytesReceived -= earlier.bytesReceived
    difference.seconds -= earlier.seconds
    return difference
  }
}

/// Seconds on a clock that never steps back, from an arbitrary start.
public func steadySeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
