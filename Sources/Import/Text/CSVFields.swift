import CBytes
import Support

/// The fields of one line of a CSV file (RFC 4180, except that a field may not run over several lines, and
/// that another byte, or a pair of bytes, may stand in the comma's place).
///
/// One value serves all lines of a file: it holds the places of the fields of the line split last.
package struct CSVFields: ~Copyable {
  /// Fields that can be told apart in one line; the rest are only counted.
  package static let maximumCount = 1024

  private let fields: UnsafeMutablePointer<Bytes>
  /// The bytes that a search may read, of a line that is shorter.
  private let short: UnsafeMutablePointer<UInt8>
  private var line = Line(start: nil, count: 0)
  /// The byte between fields; nil until the file's first line tells it, and a comma then.
  package var delimiter: UInt8? { didSet { separator = delimiter ?? UInt8(ascii: ",") } }
  private var separator = UInt8(ascii: ",")
  /// The byte that must follow the delimiter to separate fields, as in `::`; nil where the delimiter is one byte.
  package var second: UInt8?
  /// Whether fields may stand in quotes; never where the delimiter is a pair.
  package var quotes = true
  /// The field that may hold the delimiter itself; nil for none.
  package var rest: Int?
  /// How many fields the line has.
  package private(set) var count = 0

  package init(delimiter: UInt8? = nil) {
    fields = .allocate(capacity: CSVFields.maximumCount)
    short = .allocate(capacity: 64)
    short.initialize(repeating: 0, count: 64)
    self.delimiter = delimiter
    separator = delimiter ?? UInt8(ascii: ",")
  }

  deinit {
    fields.deallocate()
    short.deallocate()
  }

  /// Finds the fields of `line`, whose quoted fields are decoded in place.
  package mutating func split(_ line: Line) throws(MalformedLine) {
    self.line = line
    count = 0
    if let second { return splitAtPairs(second) }
    // The separators among the 64 bytes from `block` on that are not passed yet, a bit each.
    var (start, block) = (0, 0)
    var places = separators(from: 0)
    while true {
      if quotes, let open = openQuote(from: start) {
        let end = try quoted(from: open)
        if end == line.count { return }
        start = end + 1
        block = start
        places = separators(from: start)
        continue
      }
      while places == 0 {
        block += 64
        if block >= line.count { return add(start, line.count - start) }
        places = separators(from: block)
      }
      let place = block + places.trailingZeroBitCount
      places &= places &- 1
      add(start, place - start)
      start = place + 1
    }
  }

  /// Bit i says whether byte `block` + i of the line is the separator.
  @inline(__always)
  private func separators(from block: Int) -> UInt64 {
    let left = line.count - block
    guard let text = line.baseAddress, left > 0 else { return 0 }
    if left >= 64 { return lcft_places(text + block, separator) }
    if line.count >= 64 { return lcft_places(text + (line.count - 64), separator) &>> UInt64(64 - left) }
    short.update(from: text + block, count: left)
    return lcft_places(short, separator) & (1 &<< UInt64(left) &- 1)
  }

  /// As `split`; that the line has `expected` fields.
  @inline(__always)
  package mutating func split(_ line: Line, expecting expected: Int) throws(MalformedLine) {
    try split(line)
    if count != expected { try join(expected) }
  }

  /// Joins the fields that are too many to the field `rest`.
  @inline(never)
  private mutating func join(_ expected: Int) throws(MalformedLine) {
    let extra = count - expected
    guard let rest, rest < expected, extra > 0, count <= CSVFields.maximumCount else {
      throw .fieldCount(found: count, expected: expected)
    }
    // They stand one after the other in the line.
    let (first, last) = (fields[rest], fields[rest + extra])
    fields[rest] = Bytes(
      start: first.baseAddress,
      count: last.baseAddress.unsafelyUnwrapped - first.baseAddress.unsafelyUnwrapped + last.count)
    for index in rest + 1..<expected { fields[index] = fields[index + extra] }
    count = expected
  }

  /// Field `index`, below both `count` and `maximumCount`.
  package subscript(index: Int) -> Bytes {
    @inline(__always) get {
      assert(index < count && index < CSVFields.maximumCount)
      return fields[index]
    }
  }

  private mutating func splitAtPairs(_ second: UInt8) {
    var (start, index) = (0, 0)
    while index + 1 < line.count {
      if line[index] == separator && line[index + 1] == second {
        add(start, index - start)
        index += 2
        start = index
      } else {
        index += 1
      }
    }
    add(start, line.count - start)
  }

  @inline(__always)
  private mutating func add(_ start: Int, _ length: Int) {
    if count < CSVFields.maximumCount {
      fields[count] = Bytes(start: line.baseAddress.map { UnsafePointer($0 + start) }, count: length)
    }
    count += 1
  }

  /// Where the field that begins at `start` opens a quote: at once, or behind spaces if nothing but spaces follows where it
  /// closes. Other quotes are part of the text.
  @inline(__always)
  private func openQuote(from start: Int) -> Int? {
    guard start < line.count else { return nil }
    if line[start] == UInt8(ascii: "\"") { return start }
    return line[start] == 0x20 && separator != 0x20 ? quoteBehindSpaces(from: start) : nil
  }

  @inline(never)
  private func quoteBehindSpaces(from start: Int) -> Int? {
    guard let open = line[start...].firstIndex(where: { $0 != 0x20 }), line[open] == UInt8(ascii: "\"") else {
      return nil
    }
    var close = open + 1
    while close < line.count {
      if line[close] == UInt8(ascii: "\"") {
        if close + 1 == line.count || line[close + 1] != UInt8(ascii: "\"") { break }
        close += 1
      }
      close += 1
    }
    let next = passSpaces(from: close + 1)
    return close < line.count && (next == line.count || line[next] == separator) ? open : nil
  }

  private func passSpaces(from start: Int) -> Int {
    var index = start
    while index < line.count && line[index] == 0x20 && separator != 0x20 { index += 1 }
    return index
  }

  /// Takes the quoted field that opens at `open`; returns the index of the separator after it or of the end.
  private mutating func quoted(from open: Int) throws(MalformedLine) -> Int {
    guard let text = line.baseAddress else { return open }
    var read = open + 1
    var write = read
    while true {
      guard let quote = memchr(text + read, 0x22, line.count - read) else {
        throw .quoting(column: open + 1, MalformedLine.openQuote)
      }
      let length = quote.assumingMemoryBound(to: UInt8.self) - (text + read)
      if write != read { memmove(text + write, text + read, length) }
      write += length
      read += length + 1
      if read == line.count || line[read] == separator { break }
      let next = passSpaces(from: read)
      if next > read, next == line.count || line[next] == separator {
        add(open + 1, write - open - 1)
        return next
      }
      guard line[read] == UInt8(ascii: "\"") else {
        throw .quoting(column: read + 1, "text between a closing quote and the comma")
      }
      line[write] = UInt8(ascii: "\"")
      write += 1
      read += 1
    }
    add(open + 1, write - open - 1)
    return read
  }
}
