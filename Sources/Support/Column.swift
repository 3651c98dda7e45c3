/// One column of a file in memory: a fixed number of plain values at a fixed address.
///
/// Unlike an Array it never copies, never reallocates and may lie in memory that another object owns (for
/// example memory that the ranks of a host share). Readers take `pointer` once and loop over it.
public final class Column<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  /// The values; valid as long as the column lives. Treated as immutable once the column is shared.
  @usableFromInline package let values: UnsafeMutableBufferPointer<Element>
  private let owner: AnyObject?

  /// A column of `count` values, uninitialised, to be filled before it is shared; in a file where `Spill` says so.
  @usableFromInline
  package init(uninitialized count: Int) {
    if let block = Spill.block(count * MemoryLayout<Element>.stride) {
      values = block.values(count)
      owner = block
    } else {
      values = .allocate(capacity: count)
      owner = nil
    }
  }

  /// A column of `count` values, all bits 0, to be filled before it is shared.
  package convenience init(_ count: Int, in memory: any MemorySource) throws {
    let block = try memory.block(bytes: count * MemoryLayout<Element>.stride)
    self.init(borrowing: block.values(), owner: block)
  }

  @inlinable
  package convenience init(_ elements: some Collection<Element>) {
    self.init(uninitialized: elements.count)
    var index = 0
    for element in elements {
      values[index] = element
      index += 1
    }
  }

  /// A column over memory that `owner` keeps alive.
  package init(borrowing values: UnsafeMutableBufferPointer<Element>, owner: AnyObject) {
    self.values = values
    self.owner = owner
  }

  deinit {
    if owner == nil { values.deallocate() }
  }

  @inlinable package var count: Int { values.count }
  @inlinable package var pointer: UnsafePointer<Element> {
    UnsafePointer(values.baseAddress ?? UnsafeMutablePointer(bitPattern: MemoryLayout<Element>.alignment)!)
  }
  @inlinable package subscript(index: Int) -> Element { values[index] }
}
