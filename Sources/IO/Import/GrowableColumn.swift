#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A column whose length is not known in advance.
///
/// Grown by realloc(3), which moves the pages of a large block and not its bytes, so that growing needs
/// no second copy; an Array would hold the old and the new block at once.
package final class GrowableColumn<Element: BitwiseCopyable & Sendable> {
  package private(set) var pointer: UnsafeMutablePointer<Element>
  package private(set) var count = 0
  private var capacity: Int

  package init(capacity: Int = 1024) {
    self.capacity = max(capacity, 16)
    pointer = GrowableColumn.reallocated(nil, capacity: self.capacity)
  }

  deinit { free(pointer) }

  @inline(__always)
  package func append(_ element: Element) {
    if count == capacity { grow(to: count + 1) }
    pointer[count] = element
    count += 1
  }

  package func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    if count + elements.count > capacity { grow(to: count + elements.count) }
    (pointer + count).update(from: source, count: elements.count)
    count += elements.count
  }

  package func append(repeating element: Element, count added: Int) {
    if count + added > capacity { grow(to: count + added) }
    (pointer + count).update(repeating: element, count: added)
    count += added
  }

  package func removeAll() { count = 0 }

  /// The values as a column, without a copy; this object lives as long as the column and takes no more.
  package func column() -> Column<Element> {
    if count < capacity {
      capacity = max(count, 1)
      pointer = GrowableColumn.reallocated(pointer, capacity: capacity)
    }
    return Column(borrowing: UnsafeMutableBufferPointer(start: pointer, count: count), owner: self)
  }

  @inline(never)
  private func grow(to needed: Int) {
    capacity = max(needed, capacity + capacity / 2)
    pointer = GrowableColumn.reallocated(pointer, capacity: capacity)
  }

  private static func reallocated(
    _ pointer: UnsafeMutablePointer<Element>?, capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    guard let memory = realloc(pointer, capacity * MemoryLayout<Element>.stride) else {
      fatalError("no memory for a column of \(capacity) values")
    }
    return memory.assumingMemoryBound(to: Element.self)
  }
}
