import Support

/// The fields of one line of a CSV file (RFC 4180, except that a field may not run over several lines, and
/// that another byte, or a pair of bytes, may stand in the comma's place).
///
/// One value serves all lines of a file: it holds the places of the fields of the line split last.
package struct CSVFields: ~Copyable {
  /// Fields that can be told apart in one line; the rest are only counted.
  package static let maximumCount = 1024

  private let places: UnsafeMutablePointer<(start: Int, count: Int)>
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
    places = .allocate(capacity: CSVFields.maximumCount)
    self.delimiter = delimiter
    separator = delimiter ?? UInt8(ascii: ",")
  }

  deinit { places.deallocate() }

  /// Finds the fields of `line`, whose quoted fields are decoded in place.
  package mutating func split(_ line: Line) throws(MalformedLine) {
    self.line = line
    count = 0
    if let second { return splitAtPairs(second) }
    let (separator, quotes) = (separator, quotes)
    var index = 0
    while true {
      if index < line.count && line[index] == UInt8(ascii: "\"") && quotes {
        index = try quoted(from: index)
      } else {
        let start = index
        while index < line.count && line[index] != separator { index += 1 }
        add(start, index - start)
      }
      if index == line.count { return }
      index += 1
    }
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
    let last = places[rest + extra]
    places[rest].count = last.start + last.count - places[rest].start
    for index in rest + 1..<expected { places[index] = places[index + extra] }
    count = expected
  }

  /// Field `index`, below both `count` and `maximumCount`.
  package subscript(index: Int) -> Bytes {
    @inline(__always) get {
      assert(index < count && index < CSVFields.maximumCount)
      return Bytes(rebasing: line[places[index].start..<places[index].start + places[index].count])
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
    if count < CSVFields.maximumCount { places[count] = (start, length) }
    count += 1
  }

  /// Takes the quoted field that opens at `open`; returns the index of the separator after it or of the end.
  private mutating func quoted(from open: Int) throws(MalformedLine) -> Int {
    var read = open + 1
    var write = read
    while true {
      guard read < line.count else {
        throw .quoting(column: open + 1, "a quote opens here and does not close on this line")
      }
      if line[read] == UInt8(ascii: "\"") {
        read += 1
        if read == line.count || line[read] == separator { break }
        guard line[read] == UInt8(ascii: "\"") else {
          throw .quoting(column: read + 1, "text between a closing quote and the comma")
        }
      }
      line[write] = line[read]
      write += 1
      read += 1
    }
    add(open + 1, write - open - 1)
    return read
  }
}
