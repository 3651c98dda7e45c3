/// A list of plain values that keeps its memory when it is emptied.
final class GrowableBuffer<Element: BitwiseCopyable> {
  private(set) var values: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 256) {
    self.capacity = capacity
    values = .allocate(capacity: capacity)
  }

  deinit { values.deallocate() }

  func removeAll() { count = 0 }

  @inline(__always)
  func append(_ value: Element) {
    reserve(1)
    values[count] = value
    count += 1
  }

  func append(_ source: UnsafePointer<Element>, count added: Int) {
    reserve(added)
    (values + count).update(from: source, count: added)
    count += added
  }

  private func reserve(_ added: Int) {
    guard count + added > capacity else { return }
    capacity = max(2 * capacity, count + added)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.update(from: values, count: count)
    values.deallocate()
    values = larger
  }
}
