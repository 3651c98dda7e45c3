internal import CMPI

/// Sends and receives under way, started with `Communicator.startSend` and `startReceive`. Reused from
/// step to step: it allocates only when more are under way than ever before.
package final class Requests {
  struct Request {
    var handle: RequestHandle
    /// The bytes that a receive expects; nil for a send.
    var expected: Int?
  }

  private var storage: UnsafeMutableBufferPointer<Request>
  /// The requests before this one are done.
  private var first = 0
  private var end = 0

  package init(capacity: Int = 16) { storage = .allocate(capacity: max(capacity, 1)) }

  deinit { storage.deallocate() }

  /// How many have not been found done yet.
  package var count: Int { end - first }

  /// Where MPI writes the next request's handle; `add` counts it.
  func next(expected: Int? = nil) -> UnsafeMutablePointer<RequestHandle> {
    if end == storage.count {
      let larger = UnsafeMutableBufferPointer<Request>.allocate(capacity: 2 * storage.count)
      _ = larger.moveInitialize(fromContentsOf: storage)
      storage.deallocate()
      storage = larger
    }
    storage.initializeElement(at: end, to: Request(handle: lcft_mpi_request_null(), expected: expected))
    guard let base = storage.baseAddress else { preconditionFailure("requests have memory") }
    return UnsafeMutableRawPointer(base + end).assumingMemoryBound(to: RequestHandle.self)
  }

  func add() { end += 1 }

  /// The first request that has not been found done.
  var current: UnsafeMutablePointer<Request>? {
    first < end ? storage.baseAddress.map { $0 + first } : nil
  }

  func advance() {
    first += 1
    if first == end { removeAll() }
  }

  func removeAll() {
    first = 0
    end = 0
  }
}
