/// A list of plain values that grows at its end and keeps its memory when it is emptied.
///
/// It grows by realloc(3), which moves the pages of a large block and not its bytes, so that growing needs no
/// second copy. An Array would hold the old and the new block at once, and it checks bounds and ownership at
/// every access. What hot loops call is inlined into other modules; what happens rarely, to grow, is not.
///
/// Where `Spill` says so, a large one lies in a file.
public struct GrowableBuffer<Element: BitwiseCopyable>: ~Copyable {
  /// The values; valid until the next change.
  @usableFromInline package private(set) var pointer: UnsafeMutablePointer<Element>
  @usableFromInline package private(set) var count = 0
  @usableFromInline var capacity: Int
  /// The file that the values lie in; nil where they lie in memory.
  private var block: Unmanaged<SpilledBlock>?
  private let staysInMemory: Bool

  /// - Parameter staysInMemory: whether its values are looked up in any order and must not lie in a file.
  package init(capacity: Int = 256, staysInMemory: Bool = false) {
    self.capacity = max(capacity, 16)
    self.staysInMemory = staysInMemory
    pointer = GrowableBuffer.reallocated(nil, capacity: self.capacity)
  }

  deinit {
    if let block { block.release() } else { free(pointer) }
  }

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

  /// Adds `added` uninitialised values and returns where they begin.
  @inlinable
  package mutating func appendUninitialized(_ added: Int) -> UnsafeMutablePointer<Element> {
    if count + added > capacity { grow(to: count + added) }
    count += added
    return pointer + (count - added)
  }

  /// Makes room for `added` further values.
  @inlinable
  package mutating func reserve(_ added: Int) {
    if count + added > capacity { grow(to: count + added) }
  }

  /// Empties the list and keeps the memory.
  @inlinable
  package mutating func removeAll() { count = 0 }

  /// Removes what is after the first `length` elements.
  package mutating func cut(to length: Int) {
    precondition(length >= 0 && length <= count, "there are not so many elements")
    count = length
  }

  /// Removes the first `removed` elements; the others move to the front.
  package mutating func removeFirst(_ removed: Int) {
    precondition(removed >= 0 && removed <= count, "there are not so many elements")
    count -= removed
    pointer.update(from: pointer + removed, count: count)
  }

  /// Makes the list `count` values long, all of them uninitialised, and returns where they begin. What it
  /// held is lost, so that growing copies nothing: for scratch memory.
  @inlinable
  package mutating func resetUninitialized(_ count: Int) -> UnsafeMutablePointer<Element> {
    if count > capacity { replace(count) }
    self.count = count
    return pointer
  }

  /// The memory, cut to what is used, which goes with its owner.
  fileprivate consuming func shrunk() -> (UnsafeMutableBufferPointer<Element>, owner: AnyObject) {
    let (count, owner) = (count, block?.takeRetainedValue())
    let memory = owner == nil ? GrowableBuffer.reallocated(pointer, capacity: max(count, 1)) : pointer
    discard self
    return (UnsafeMutableBufferPointer(start: memory, count: count), owner ?? ReallocatedMemory(memory))
  }

  @inline(never) @usableFromInline
  mutating func grow(to needed: Int) {
    let stride = MemoryLayout<Element>.stride
    let larger = max(needed, capacity + min(capacity / 2, GrowableBuffer.largestStep / stride))
    if let present = block?.takeUnretainedValue() {
      present.grow(to: larger * stride)
      set(present, larger)
    } else if !staysInMemory, let new = Spill.block(needed * stride, grows: true) {
      new.grow(to: larger * stride)
      new.start.copyMemory(from: pointer, byteCount: count * stride)
      free(pointer)
      block = .passRetained(new)
      set(new, larger)
    } else {
      capacity = max(needed, capacity + capacity / 2)
      pointer = GrowableBuffer.reallocated(pointer, capacity: capacity)
    }
  }

  private mutating func set(_ block: SpilledBlock, _ capacity: Int) {
    self.capacity = capacity
    pointer = block.start.bindMemory(to: Element.self, capacity: capacity)
  }

  /// Bytes by which a file grows at once: what it does not need in the end is lost to others meanwhile.
  private static var largestStep: Int { 64 << 20 }

  /// Scratch memory lies in no file.
  @inline(never) @usableFromInline
  mutating func replace(_ needed: Int) {
    if let block { block.release() } else { free(pointer) }
    block = nil
    capacity = max(needed, capacity + capacity / 2)
    pointer = GrowableBuffer.reallocated(nil, capacity: capacity)
  }

  private static func reallocated(
    _ pointer: UnsafeMutablePointer<Element>?, capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    guard let memory = realloc(pointer, capacity * MemoryLayout<Element>.stride) else {
      OutOfMemory.end(bytes: capacity * MemoryLayout<Element>.stride)
    }
    return memory.assumingMemoryBound(to: Element.self)
  }
}

extension GrowableBuffer where Element: Sendable {
  /// The values as a column, without a copy.
  package consuming func column() -> Column<Element> {
    let (values, owner) = shrunk()
    return Column(borrowing: values, owner: owner)
  }
}

/// Frees what realloc(3) returned.
private final class ReallocatedMemory {
  private let memory: UnsafeMutableRawPointer

  init(_ memory: UnsafeMutableRawPointer) { self.memory = memory }

  deinit { free(memory) }
}
