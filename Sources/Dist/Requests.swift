internal import CMPI

/// Sends and receives under way, started with `Communicator.startSend` and `startReceive`. Reused from
/// step to step: it allocates only when more are under way than ever before.
public final class Requests {
  private(set) var handles: UnsafeMutablePointer<MPI_Request?>
  /// Filled by MPI when the requests end; holds each one's own error.
  private(set) var statuses: UnsafeMutablePointer<MPI_Status>
  private(set) var capacity: Int
  public private(set) var count = 0

  public init(capacity: Int = 16) {
    self.capacity = max(capacity, 1)
    handles = .allocate(capacity: self.capacity)
    statuses = .allocate(capacity: self.capacity)
  }

  deinit {
    handles.deallocate()
    statuses.deallocate()
  }

  /// Where MPI writes the next request's handle; `add` counts it.
  func next() -> UnsafeMutablePointer<MPI_Request?> {
    if count == capacity {
      let larger = UnsafeMutablePointer<MPI_Request?>.allocate(capacity: 2 * capacity)
      larger.update(from: handles, count: count)
      handles.deallocate()
      statuses.deallocate()
      handles = larger
      capacity *= 2
      statuses = .allocate(capacity: capacity)
    }
    return handles + count
  }

  func add() { count += 1 }
  func removeAll() { count = 0 }
}
