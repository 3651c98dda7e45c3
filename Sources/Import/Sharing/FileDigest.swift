import Dispatch
import Support

/// The SHA-256 of a file, which a thread reads while others work.
final class FileDigest: @unchecked Sendable {
  private let file: FileBytes
  private let ended = DispatchSemaphore(value: 0)
  private var isFinished = false
  private var result: Result<String, ImportError> = .success("")

  init(path: String) throws(ImportError) {
    file = try FileBytes(path: path)
    DispatchQueue(label: "digest").async { self.read() }
  }

  /// In hexadecimal. Waits until the whole file has been read.
  func value() throws(ImportError) -> String {
    if !isFinished { ended.wait() }
    isFinished = true
    return try result.get()
  }

  private func read() {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer {
      buffer.deallocate()
      ended.signal()
    }
    do throws(ImportError) {
      while try file.read(into: buffer) > 0 {}
      result = .success(file.sha256)
    } catch {
      result = .failure(error)
    }
  }
}
