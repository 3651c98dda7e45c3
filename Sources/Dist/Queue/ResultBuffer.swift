import Support

/// Bytes into which results are packed, and which travel as they are: all ranks of a job run on machines of
/// one kind. Keeps its memory from use to use.
public final class ResultBuffer {
  private var storage: GrowableBuffer<UInt8>

  package init(capacity: Int = 4096) { storage = GrowableBuffer(capacity: capacity) }

  /// Bytes packed so far.
  package var count: Int { storage.count }

  /// What has been packed. Valid until the next change.
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: storage.pointer, count: storage.count)
  }

  @inlinable
  package func append<Value: BitwiseCopyable>(_ value: Value) {
    grow(by: MemoryLayout<Value>.size).storeBytes(of: value, as: Value.self)
  }

  /// The elements alone; a reader that does not know their number needs it as a value of its own.
  @inlinable
  package func append<Value: BitwiseCopyable>(contentsOf values: UnsafeBufferPointer<Value>) {
    let raw = UnsafeRawBufferPointer(values)
    guard let source = raw.baseAddress else { return }
    grow(by: raw.count).copyMemory(from: source, byteCount: raw.count)
  }

  package func removeAll() { storage.removeAll() }

  /// Room for `bytes` more, which the caller fills.
  @inline(never) @usableFromInline package func grow(by bytes: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(storage.appendUninitialized(bytes))
  }
}

/// Reads what a `ResultBuffer` packed, in the same order.
package struct ResultReader {
  private var rest: UnsafeRawBufferPointer

  package init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  package var isAtEnd: Bool { rest.isEmpty }

  /// Throws `DistError.resultTooShort` where the bytes end before the value does.
  package mutating func read<Value: BitwiseCopyable>(_ type: Value.Type = Value.self) throws -> Value {
    try next(MemoryLayout<Value>.size).loadUnaligned(as: type)
  }

  /// As many elements as `values` has room for. Throws `DistError.resultTooShort`.
  package mutating func read<Value: BitwiseCopyable>(into values: UnsafeMutableBufferPointer<Value>) throws {
    let target = UnsafeMutableRawBufferPointer(values)
    target.copyMemory(from: try next(target.count))
  }

  /// The next `bytes` bytes as they are. Throws `DistError.resultTooShort`.
  package mutating func next(_ bytes: Int) throws -> UnsafeRawBufferPointer {
    guard bytes <= rest.count else { throw DistError.resultTooShort(needed: bytes, left: rest.count) }
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[bytes...]) }
    return UnsafeRawBufferPointer(rebasing: rest[..<bytes])
  }
}
