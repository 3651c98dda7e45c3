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
  let text: any TextSource
  /// Number of the line that `next` returned last, from 1.
  package private(set) var number = 0
  private let maximumLength: Int
  /// Text that is read and not yet returned, in a piece of `text` or in `long`. `ReadAhead.padding` bytes after it may be
  /// read.
  private var unread: UnsafeMutablePointer<UInt8>
  private var end: UnsafeMutablePointer<UInt8>
  private var atEnd = false
  /// Holds a line that runs over several pieces.
  private var long: UnsafeMutableBufferPointer<UInt8>

  /// - Parameters:
  ///   - maximumLength: bytes of the longest line accepted; bounds the memory that a file which is no text can take.
  ///   - pieceSize: bytes that are read at once.
  package convenience init(
    path: String, maximumLength: Int = 16 << 20, pieceSize: Int = 1 << 18
  ) throws(ImportError) {
    self.init(try ReadAhead(path: path, blockSize: pieceSize), maximumLength: maximumLength)
  }

  init(_ text: any TextSource, maximumLength: Int = 16 << 20) {
    self.text = text
    self.maximumLength = maximumLength
    long = .allocate(capacity: ReadAhead.padding)
    (unread, end) = (long.baseAddress.unsafelyUnwrapped, long.baseAddress.unsafelyUnwrapped)
  }

  deinit { long.deallocate() }

  /// The next line, valid until the next call; nil at the end of the file.
  package func next() throws(ImportError) -> Line? {
    var scanned = 0
    while true {
      if let length = lengthOfLine(after: scanned) {
        let line = take(length, andEnd: 1)
        if line.count > maximumLength { throw tooLong(number) }
        return line
      }
      scanned = end - unread
      if atEnd {
        if scanned == 0 { return nil }
        let line = take(scanned, andEnd: 0)
        // All of the text.
        if number == 1 && line.contains(0x0D) { throw .oldLineEnds(file: text.path) }
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

  /// How long the line at `unread` is, if its end has been read; it is not among the first `scanned` bytes.
  @inline(__always)
  private func lengthOfLine(after scanned: Int) -> Int? {
    guard let found = memchr(unread + scanned, 0x0A, end - unread - scanned) else { return nil }
    return found.assumingMemoryBound(to: UInt8.self) - unread
  }

  /// The line of `length` bytes at `unread`, its carriage return and byte order mark taken off. Passes `after` bytes more.
  @inline(__always)
  private func take(_ length: Int, andEnd after: Int) -> Line {
    var (first, count) = (unread, length)
    unread += length + after
    number += 1
    if count > 0 && first[count - 1] == 0x0D { count -= 1 }
    if number == 1 && count >= 3 && first[0] == 0xEF && first[1] == 0xBB && first[2] == 0xBF {
      first += 3
      count -= 3
    }
    return Line(start: first, count: count)
  }

  private func tooLong(_ number: Int) -> ImportError {
    .lineTooLong(file: text.path, line: number, limit: maximumLength)
  }

  /// Reads on behind an unfinished line, which moves in front of the next piece of the text, or into `long` with it where
  /// there is no room for it.
  private func fill() throws(ImportError) {
    guard let piece = try text.next(), let start = piece.baseAddress else {
      atEnd = true
      return
    }
    let rest = end - unread
    if rest <= ReadAhead.headroom {
      memcpy(start - rest, unread, rest)
      (unread, end) = (start - rest, start + piece.count)
    } else {
      let needed = rest + piece.count + ReadAhead.padding
      let former = long
      let target = needed > long.count ? Line.allocate(capacity: max(needed, 2 * long.count)) : long
      let front = target.baseAddress.unsafelyUnwrapped
      memmove(front, unread, rest)
      memcpy(front + rest, start, piece.count)
      memset(front + rest + piece.count, 0, ReadAhead.padding)
      long = target
      if former.baseAddress != target.baseAddress { former.deallocate() }
      (unread, end) = (front, front + rest + piece.count)
    }
    text.release()
  }
}
