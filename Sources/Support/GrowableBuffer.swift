/// A list of plain values that grows at its end and keeps its memory when it is emptied.
///
/// Grown by realloc(3), which moves the pages of a large block and not its bytes, so that growing needs
/// no second copy; an Array would hold the old and the new block at once, and checks bounds and ownership at
/// every access.
package struct GrowableBuffer<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline package private(set) var pointer: UnsafeMutablePointer<Element>
  @usableFromInline package private(set) var count = 0
  @usableFromInline var capacity: Int

  package init(capacity: Int = 256) {
    self.capacity = max(capacity, 16)
    pointer = GrowableBuffer.reallocated(nil, capacity: self.capacity)
  }

  deinit { free(pointer) }

  @inlinable @inline(__always)
  package mutating func append(_ element: Element) {
    if count == capacity { grow(to: count + 1) }
    pointer[count] = element
    count += 1
  }

  @inlinable
  package mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    append(source, count: elements.count)
  }

  @inlinable
  package mutating func append(_ source: UnsafePointer<Element>, count added: Int) {
    if count + added > capacity { grow(to: count + added) }
    (pointer + count).update(from: source, count: added)
    count += added
  }

  @inlinable
  package mutating func append(repeating element: Element, count added: Int) {
    if count + added > capacity { grow(to: count + added) }
    (pointer + count).update(repeating: element, count: added)
    count += added
  }

  /// Makes room for `added` more values and returns where they begin; they are uninitialised.
  @inlinable
  package mutating func appendUninitialized(_ added: Int) -> UnsafeMutablePointer<Element> {
    if count + added > capacity { grow(to: count + added) }
    count += added
    return pointer + (count - added)
  }

  @inlinable
  package mutating func removeAll() { count = 0 }

  /// The memory, cut to what is used, which the caller frees.
  fileprivate consuming func shrunk() -> (UnsafeMutablePointer<Element>, Int) {
    let count = count
    let memory = GrowableBuffer.reallocated(pointer, capacity: max(count, 1))
    discard self
    return (memory, count)
  }

  @inline(never) @usableFromInline
  mutating func grow(to needed: Int) {
    capacity = max(needed, capacity + capacity / 2)
    pointer = GrowableBuffer.reallocated(pointer, capacity: capacity)
  }

  private static func reallocated(
    _ pointer: UnsafeMutablePointer<Element>?, capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    guard let memory = realloc(pointer, capacity * MemoryLayout<Element>.stride) else {
      fatalError("cannot allocate \(capacity) values of \(MemoryLayout<Element>.stride) bytes")
    }
    return memory.assumingMemoryBound(to: Element.self)
  }
}

extension GrowableBuffer where Element: Sendable {
  /// The values as a column, without a copy.
  package consuming func column() -> Column<Element> {
    let (memory, count) = shrunk()
    return Column(
      borrowing: UnsafeMutableBufferPointer(start: memory, count: count), owner: ReallocatedMemory(memory))
  }
}

/// Frees what realloc(3) has given.
private final class ReallocatedMemory {
  private let memory: UnsafeMutableRawPointer

  init(_ memory: UnsafeMutableRawPointer) { self.memory = memory }

  deinit { free(memory) }
}
