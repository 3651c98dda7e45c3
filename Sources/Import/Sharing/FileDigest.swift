import Dispatch
import Support

/// The digests of a file that others read in stretches: a thread reads it through meanwhile.
final class FileDigest: @unchecked Sendable {
  /// SHA-256, in hexadecimal, of the file and of each stretch.
  struct Value {
    var whole = ""
    var stretches: [String] = []
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
        let stretch = SHA256()
        while let piece = try file.next(buffer, upTo: part.upperBound) { stretch.update(piece) }
        value.stretches.append(stretch.hexDigest())
      }
      value.whole = file.sha256
      result = .success(value)
    } catch {
      result = .failure(error)
    }
  }
}
