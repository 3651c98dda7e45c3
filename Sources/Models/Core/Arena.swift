// `CheckedArena.swift` has the arena of debug builds and of builds under a sanitizer.
#if !(DEBUG || LCFT_CHECKED_ARENA)
  /// Scratch memory of one pass: taken piece by piece, given back all at once by `reset`.
  ///
  /// The pieces are parts of one slab. A pass over a larger batch than any before may add a slab; `reset` then
  /// joins the slabs into one, so that after the first few passes no step allocates.
  public final class Arena {
    @usableFromInline var slab: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    @usableFromInline var used = 0
    /// Slabs that the current pass filled up, still in use until `reset`.
    private var full: [UnsafeMutableRawPointer] = []
    private var fullBytes = 0

    /// Whether pieces stand alone and are checked.
    package static let isChecked = false

    /// Pieces start on cache lines, and so on the bounds of the widest vectors.
    @inlinable static var alignment: Int { 64 }

    package init(bytes: Int = 1 << 16) {
      capacity = max(bytes, Arena.alignment)
      slab = .allocate(byteCount: capacity, alignment: Arena.alignment)
    }

    deinit {
      slab.deallocate()
      for piece in full { piece.deallocate() }
    }

    /// `count` uninitialised values, valid until `reset`.
    @inlinable
    package func take<Element: BitwiseCopyable>(
      _ count: Int, of type: Element.Type = Element.self
    ) -> UnsafeMutablePointer<Element> {
      let bytes = count * MemoryLayout<Element>.stride
      let rounded = (bytes + Arena.alignment - 1) & ~(Arena.alignment - 1)
      if used + rounded > capacity { grow(by: rounded) }
      defer { used += rounded }
      return (slab + used).bindMemory(to: type, capacity: count)
    }

    /// Gives everything back. Pointers taken before are invalid afterwards.
    package func reset() {
      if !full.isEmpty {
        for piece in full { piece.deallocate() }
        full.removeAll(keepingCapacity: true)
        slab.deallocate()
        capacity += fullBytes
        fullBytes = 0
        slab = .allocate(byteCount: capacity, alignment: Arena.alignment)
      }
      used = 0
    }

    /// A place to `rewind` to.
    package struct Mark {
      fileprivate var slabs: Int
      fileprivate var used: Int
    }

    package var mark: Mark { Mark(slabs: full.count, used: used) }

    /// Gives back what was taken since `mark`, unless a slab had to be added since: then it stays until `reset`.
    package func rewind(to mark: Mark) {
      if full.count == mark.slabs { used = mark.used }
    }

    @usableFromInline
    func grow(by bytes: Int) {
      full.append(slab)
      fullBytes += capacity
      capacity = max(2 * capacity, bytes)
      slab = .allocate(byteCount: capacity, alignment: Arena.alignment)
      used = 0
    }
  }
#endif

extension Arena {
  /// `count` zeros, valid until `reset`.
  @inlinable
  package func takeZeros<Element: BitwiseCopyable & Numeric>(
    _ count: Int, of type: Element.Type = Element.self
  ) -> UnsafeMutablePointer<Element> {
    let values = take(count, of: type)
    UnsafeMutableRawPointer(values).initializeMemory(
      as: UInt8.self, repeating: 0, count: count * MemoryLayout<Element>.stride)
    return values
  }
}
