import CZlib
import Dispatch
import Support

/// The digests of a file that others read in stretches: a thread reads it through meanwhile.
final class FileDigest: @unchecked Sendable {
  struct Value: Equatable {
    /// SHA-256, in hexadecimal.
    var sha256 = ""
    /// The checksum of each stretch.
    var stretches: [TextChecksum] = []
  }

  private let file: FileBytes
  private let parts: [Range<Int64>]
  private let ended = DispatchSemaphore(value: 0)
  private var isFinished = false
  private var result: Result<Value, ImportError> = .success(Value())

  init(path: String, _ parts: [Range<Int64>]) throws(ImportError) {
    file = try FileBytes(path: path)
    self.parts = parts
    DispatchQueue(label: "digest").async { self.read() }
  }

  /// Waits until the whole file has been read.
  func value() throws(ImportError) -> Value {
    if !isFinished { SignOfLife.wait(for: ended) }
    isFinished = true
    return try result.get()
  }

  private func read() {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer {
      buffer.deallocate()
      ended.signal()
    }
    var value = Value()
    do throws(ImportError) {
      for part in parts {
        var checksum = TextChecksum()
        while file.offset < part.upperBound {
          let wanted = min(buffer.count, Int(part.upperBound - file.offset))
          let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
          if count == 0 { throw .changed(file: file.path) }
          checksum.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        value.stretches.append(checksum)
      }
      value.sha256 = file.sha256
      result = .success(value)
    } catch {
      result = .failure(error)
    }
  }
}

/// A CRC-32 of bytes.
struct TextChecksum: Equatable {
  private(set) var value: UInt = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    value = crc32(value, bytes.bindMemory(to: UInt8.self).baseAddress, UInt32(bytes.count))
  }
}
