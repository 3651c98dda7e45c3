/// The fields of MovieLens's forms of lines: CSV with a header, or `::` (1M, 10M) or tabs (100K) between fields
/// that stand in the order in which they are asked for.
struct MovieLensFields: ~Copyable {
  private var csv = CSVFields()
  private var isCSV = false
  private var line = Line(start: nil, count: 0)
  private var places: [(start: Int, count: Int)] = []
  private var expected = 0

  /// Tells the form of `lines` and where the fields stand in each line, each of which goes by one of its names.
  mutating func open(_ lines: SourceLines, _ names: [[String]]) throws(ImportError) -> [Int] {
    if try lines.firstLine(contains: "::") {
      expected = names.count
      places = Array(repeating: (0, 0), count: expected)
      lines.account.usedColumns = names.map { $0[0] }
      return Array(0..<expected)
    }
    if try CSVHeader.peek(lines, &csv).isEmpty { throw .noHeader(file: lines.path) }
    let header = try CSVHeader(lines, &csv, orInOrder: names)
    isCSV = true
    expected = header.fieldCount
    var columns: [Int] = []
    for name in names { columns.append(try header.required(name)) }
    header.account(columns, in: lines)
    return columns
  }

  /// As `open`, for a table of `count` fields without a header, separated by `delimiter`: false where the first
  /// line is none.
  mutating func open(_ lines: SourceLines, fields count: Int, delimiter: UInt8) throws(ImportError) -> Bool {
    var other = CSVFields(delimiter: delimiter)
    guard try CSVHeader.peek(lines, &other).count == count else { return false }
    csv.delimiter = delimiter
    isCSV = true
    expected = count
    return true
  }

  @inline(__always)
  mutating func split(_ line: Line) throws(MalformedLine) {
    if isCSV { try csv.split(line, expecting: expected) } else { try splitAtColons(line) }
  }

  subscript(index: Int) -> Bytes {
    @inline(__always) get {
      if isCSV { return csv[index] }
      return Bytes(rebasing: line[places[index].start..<places[index].start + places[index].count])
    }
  }

  /// A title may hold `::` itself: of three fields the middle one takes what is left over.
  private mutating func splitAtColons(_ line: Line) throws(MalformedLine) {
    self.line = line
    var found = 0
    var start = 0
    var index = 0
    while index < line.count {
      if line[index] == UInt8(ascii: ":") && index + 1 < line.count && line[index + 1] == UInt8(ascii: ":") {
        if found < expected { places[found] = (start, index - start) }
        found += 1
        index += 2
        start = index
      } else {
        index += 1
      }
    }
    found += 1
    if found == expected || (found > expected && expected == 3) {
      places[expected - 1] = (start, line.count - start)
    } else {
      throw .fieldCount(found: found, expected: expected)
    }
  }
}
