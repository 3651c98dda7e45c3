import Support

/// A line's bytes, without its end; inside a buffer that its reader uses again for the next line.
///
/// Mutable, because quoted and escaped text is decoded in place: it never grows by decoding.
package typealias Line = UnsafeMutableBufferPointer<UInt8>
/// Some bytes of a line.
package typealias Bytes = UnsafeBufferPointer<UInt8>

/// The lines of a text file, plain or gzip, as byte ranges.
///
/// Lines end in LF or CRLF, the last one also in the end of the file; a UTF-8 byte order mark at the
/// beginning is not part of the first line.
package final class LineReader {
  let text: ReadAhead
  /// Number of the line that `next` returned last, from 1.
  package private(set) var number = 0
  private let maximumLength: Int
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// buffer[start ..< end] is read and not yet returned.
  private var start = 0
  private var end = 0
  private var atEnd = false

  /// - Parameter maximumLength: bytes of the longest line accepted; bounds the memory that a file which
  ///   is no text can take.
  package init(
    path: String, maximumLength: Int = 16 << 20, bufferSize: Int = 1 << 20
  ) throws(ImportError) {
    text = try ReadAhead(path: path)
    self.maximumLength = maximumLength
    capacity = max(bufferSize, 16)
    buffer = .allocate(capacity: capacity)
  }

  deinit { buffer.deallocate() }

  /// The next line, valid until the next call; nil at the end of the file.
  package func next() throws(ImportError) -> Line? {
    var scanned = 0
    while true {
      if let length = lengthOfLine(after: scanned) {
        let line = take(length, andEnd: 1)
        if line.count > maximumLength { throw tooLong(number) }
        return line
      }
      scanned = end - start
      if atEnd {
        if scanned == 0 { return nil }
        let line = take(scanned, andEnd: 0)
        if line.count > maximumLength { throw tooLong(number) }
        return line
      }
      if scanned > maximumLength + 1 { throw tooLong(number + 1) }
      try fill()
    }
  }

  /// The next line where the whole of it has been read already, so that the lines before it stay valid; nil where `next`
  /// has to read on, or to refuse it.
  package func nextHeld() -> Line? {
    guard let length = lengthOfLine(after: 0), length <= maximumLength else { return nil }
    return take(length, andEnd: 1)
  }

  /// How long the line at `start` is, if its end has been read; it is not among the first `scanned` bytes.
  @inline(__always)
  private func lengthOfLine(after scanned: Int) -> Int? {
    let unread = buffer + start
    guard let found = memchr(unread + scanned, 0x0A, end - start - scanned) else { return nil }
    return found.assumingMemoryBound(to: UInt8.self) - unread
  }

  /// The line of `length` bytes at `start`, its carriage return and byte order mark taken off. Passes `after` bytes more.
  @inline(__always)
  private func take(_ length: Int, andEnd after: Int) -> Line {
    var first = buffer + start
    var count = length
    start += length + after
    number += 1
    if count > 0 && first[count - 1] == 0x0D { count -= 1 }
    if number == 1 && count >= 3 && first[0] == 0xEF && first[1] == 0xBB && first[2] == 0xBF {
      first += 3
      count -= 3
    }
    return Line(start: first, count: count)
  }

  private func tooLong(_ number: Int) -> ImportError {
    .lineTooLong(file: text.file.path, line: number, limit: maximumLength)
  }

  /// Reads on behind `end`, after moving an unfinished line to the front or growing the buffer for it.
  private func fill() throws(ImportError) {
    if start > 0 {
      memmove(buffer, buffer + start, end - start)
      end -= start
      start = 0
    }
    if end == capacity {
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2)
      memcpy(larger, buffer, end)
      buffer.deallocate()
      buffer = larger
      capacity *= 2
    }
    let count = try text.read(
      into: UnsafeMutableRawBufferPointer(start: buffer + end, count: capacity - end))
    if count == 0 { atEnd = true }
    end += count
  }
}
