import CZlib

/// The text inside a gzip file: its members' contents one after the other (RFC 1952, section 2.2).
///
/// zlib checks each member's CRC and length. What `gzip` merely warns of is an error here: a last member
/// cut short would be a short data set, and bytes after the last member are a sign of a damaged file. Zeros
/// after it are none: tapes and some programs pad files with them.
final class GzipInflater {
  private let file: FileBytes
  private let input: UnsafeMutableRawBufferPointer
  /// zlib's state points back at the stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var betweenMembers = false
  private var members = 0
  /// What is wrong after the text that was read last.
  private var failure: ImportError?

  /// - Parameter leading: the bytes of the file that were already read from `file`.
  init(_ file: FileBytes, leading: [UInt8], bufferSize: Int = 1 << 18) {
    self.file = file
    input = .allocate(byteCount: bufferSize, alignment: 16)
    input.copyBytes(from: leading)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 + 15: gzip framing only, the largest window.
    let status = lcft_inflate_init2(stream, 16 + 15)
    precondition(status == Z_OK, "zlib has no memory for its state, or is another version than its header")
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(leading.count)
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Fills the front of `buffer`; returns fewer bytes than it holds only at the end of the text, or before damage, which the
  /// next call throws.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    if let failure { throw failure }
    let wanted = min(buffer.count, Int(UInt32.max))
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(wanted)
    do throws(ImportError) { try fillOutput() } catch {
      failure = error
      if stream.pointee.avail_out == wanted { throw error }
    }
    return wanted - Int(stream.pointee.avail_out)
  }

  private func fillOutput() throws(ImportError) {
    while stream.pointee.avail_out > 0 {
      if stream.pointee.avail_in == 0 {
        let count = try file.read(into: input)
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
        if count == 0 {
          if betweenMembers { break }
          throw .gzipCutShort(file: file.path, offset: file.offset)
        }
      }
      if betweenMembers {
        if stream.pointee.next_in.pointee == 0 {
          try passPadding()
          break
        }
        inflateReset(stream)
        betweenMembers = false
      }
      switch inflate(stream, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: continue
      case Z_STREAM_END:
        betweenMembers = true
        members += 1
      default:
        let offset = file.offset - Int64(stream.pointee.avail_in)
        // A gzip header is at least 10 bytes: what fails within them is no further member.
        if members > 0 && stream.pointee.total_out == 0 && stream.pointee.total_in < 10 {
          throw .gzipTrailingBytes(file: file.path, offset: offset - Int64(stream.pointee.total_in))
        }
        let message = stream.pointee.msg.map { String(cString: $0) } ?? "not a gzip stream"
        throw .gzipCorrupt(file: file.path, offset: offset, message: message)
      }
    }
  }

  /// Passes zeros up to the end of the file. Throws where anything else follows them.
  private func passPadding() throws(ImportError) {
    let start = file.offset - Int64(stream.pointee.avail_in)
    while true {
      for index in 0..<Int(stream.pointee.avail_in) where stream.pointee.next_in[index] != 0 {
        throw .gzipTrailingBytes(file: file.path, offset: start)
      }
      stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_in = UInt32(try file.read(into: input))
      if stream.pointee.avail_in == 0 { return }
    }
  }
}
