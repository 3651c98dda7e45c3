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

  @inlinable package var pointer: UnsafePointer<Element> {
    UnsafePointer(values.baseAddress ?? UnsafeMutablePointer(bitPattern: MemoryLayout<Element>.alignment)!)
  }
}

extension Column: RandomAccessCollection {
  public typealias Index = Int

  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { values.count }
  @inlinable public var count: Int { values.count }
  @inlinable public subscript(index: Int) -> Element { values[index] }
}

extension Column: Equatable where Element: Equatable {
  public static func == (one: Column, other: Column) -> Bool { one.elementsEqual(other) }
}

extension Column: ExpressibleByArrayLiteral {
  public convenience init(arrayLiteral elements: Element...) { self.init(elements) }
}

extension Column {
  /// A column of `count` values, `value` of each row.
  @inlinable
  package convenience init(count: Int, _ value: (Int) -> Element) {
    self.init(uninitialized: count)
    for rows in Pieces(count, bytesPerRow: MemoryLayout<Element>.stride) {
      for row in rows { values[row] = value(row) }
    }
  }

  /// The numbers below `count` that are kept, rising.
  package static func numbers(below count: Int, where isKept: (Int) -> Bool) -> Column where Element == Int {
    let kept = Column(uninitialized: (0..<count).reduce(0) { $0 + (isKept($1) ? 1 : 0) })
    var place = 0
    for numbers in Pieces(count, bytesPerRow: MemoryLayout<Int>.stride) {
      for number in numbers where isKept(number) {
        kept.values[place] = number
        place += 1
      }
    }
    return kept
  }

  /// The values of this column and, behind them, those of another.
  package static func + (first: Column, second: Column) -> Column {
    let both = Column(uninitialized: first.count + second.count)
    both.replace(from: 0, with: first)
    both.replace(from: first.count, with: second)
    return both
  }

  /// Puts the values of `others` where those from `start` on were; before the column is shared.
  package func replace(from start: Int, with others: Column) {
    for rows in Pieces(others.count, bytesPerRow: 2 * MemoryLayout<Element>.stride) {
      for row in rows { values[start + row] = others.values[row] }
    }
  }
}
