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
package struct GrowableColumn<Element: BitwiseCopyable & Sendable>: ~Copyable {
  package private(set) var pointer: UnsafeMutablePointer<Element>
  package private(set) var count = 0
  private var capacity: Int

  package init(capacity: Int = 1024) {
    self.capacity = max(capacity, 16)
    pointer = GrowableColumn.reallocated(nil, capacity: self.capacity)
  }

  deinit { free(pointer) }

  @inline(__always)
  package mutating func append(_ element: Element) {
    if count == capacity { grow(to: count + 1) }
    pointer[count] = element
    count += 1
  }

  package mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    if count + elements.count > capacity { grow(to: count + elements.count) }
    (pointer + count).update(from: source, count: elements.count)
    count += elements.count
  }

  package mutating func append(repeating element: Element, count added: Int) {
    if count + added > capacity { grow(to: count + added) }
    (pointer + count).update(repeating: element, count: added)
    count += added
  }

  package mutating func removeAll() { count = 0 }

  /// The values as a column, without a copy.
  package consuming func column() -> Column<Element> {
    let count = count
    let memory = GrowableColumn.reallocated(pointer, capacity: max(count, 1))
    discard self
    return Column(
      borrowing: UnsafeMutableBufferPointer(start: memory, count: count), owner: ReallocatedMemory(memory))
  }

  @inline(never)
  private mutating func grow(to needed: Int) {
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

/// Frees what realloc(3) has given.
private final class ReallocatedMemory {
  private let memory: UnsafeMutableRawPointer

  init(_ memory: UnsafeMutableRawPointer) { self.memory = memory }

  deinit { free(memory) }
}
