import Support

/// Shortens lines that hold JSON objects to the members that are read, so that less travels between ranks and its reader
/// has less to take apart.
///
/// A line stays the same record at the same place: only whole objects are shortened, all of whose keys have come before.
/// Any other line stays as it is, so that its reader finds by itself what is wrong with it, and where.
package final class LineCondenser {
  private let keys: ObjectKeys
  private var seen = SeenKeys()
  /// The text that objects are taken apart in, which decodes strings in their place.
  private var copy = GrowableBuffer<UInt8>()
  /// Whether the line at the beginning of the next piece may have begun before it.
  private var isWithinLine = true

  /// - Parameter names: the columns that are read.
  package init(_ names: [String]) { keys = ObjectKeys(names) }

  /// Appends what stands for the next `piece` of the text to `result`.
  package func condense(_ piece: Bytes, into result: inout [UInt8]) {
    guard let text = piece.baseAddress else { return }
    copy.removeAll()
    copy.append(contentsOf: piece)
    result.reserveCapacity(result.count + piece.count)
    var start = 0
    while let found = memchr(text + start, 0x0A, piece.count - start) {
      let end = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - text
      if isWithinLine || !shorten(piece, start..<end, into: &result) {
        result.append(contentsOf: piece[start...end])
      }
      isWithinLine = false
      start = end + 1
    }
    // The rest belongs to a line that goes on in the next piece.
    result.append(contentsOf: piece[start...])
    isWithinLine = start < piece.count
  }

  /// Whether the line of `piece` could be shortened, and was appended.
  private func shorten(_ piece: Bytes, _ range: Range<Int>, into result: inout [UInt8]) -> Bool {
    let before = result.count
    let end = range.upperBound
    let hasReturn = end > range.lowerBound && piece[end - 1] == 0x0D
    let line = Line(
      start: copy.pointer + range.lowerBound, count: range.count - (hasReturn ? 1 : 0))
    var isShort = false
    do throws(MalformedLine) {
      isShort = try takeMembers(line, Bytes(rebasing: piece[range]), into: &result)
    } catch {}
    if isShort { result.append(0x0A) } else { result.removeLast(result.count - before) }
    return isShort
  }

  /// Appends an object of the members that are read, as they stand in `text`; false where it is not to be used.
  private func takeMembers(
    _ line: Line, _ text: Bytes, into result: inout [UInt8]
  ) throws(MalformedLine) -> Bool {
    seen.begin()
    var scanner = try ObjectScanner(line)
    guard scanner.dialect == .json, let first = line.baseAddress else { return false }
    result.append(UInt8(ascii: "{"))
    var isFirst = true
    while let key = try scanner.nextKey() {
      seen.add(key)
      let (slot, inner) = keys.find(key)
      // The key begins after its quote.
      let start = key.baseAddress.map { $0 - UnsafePointer(first) - 1 }
      try scanner.skip()
      guard slot != nil || inner != nil else { continue }
      guard let start else { return false }
      if !isFirst { result.append(UInt8(ascii: ",")) }
      isFirst = false
      result.append(contentsOf: text[start..<scanner.index])
    }
    try scanner.finish()
    result.append(UInt8(ascii: "}"))
    let isNew = seen.hasNew
    seen.keep()
    return !isNew
  }
}
