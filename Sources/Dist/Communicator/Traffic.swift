/// What a communicator has exchanged so far on this rank. Subtract two readings to measure a step.
///
/// Messages between two ranks count exactly. A collective counts its payload once: what this rank puts in as
/// sent, what it gets from others as received. How often the library passes it on cannot be seen.
package struct Traffic: Sendable, Equatable {
  /// MPI calls that move or await data.
  package var calls = 0
  package var bytesSent = 0
  package var bytesReceived = 0
  /// Seconds inside MPI on the steady clock, waiting for slower ranks included.
  package var seconds = 0.0

  package init() {}

  package static func - (later: Traffic, earlier: Traffic) -> Traffic {
    var difference = later
    difference.calls -= earlier.calls
    difference.bytesSent -= earlier.bytesSent
    difference.bytesReceived -= earlier.bytesReceived
    difference.seconds -= earlier.seconds
    return difference
  }
}
