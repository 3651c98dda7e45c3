import Support

/// Records that are separated values.
extension RecordReader {
  /// Splits the lines of the block that have as many separators as they should, all at once, and the others one by one.
  func splitBlock() {
    guard block.count > 0, let text = block.pointer[0].line.baseAddress else { return }
    let (rows, last) = (block.count, block.pointer[block.count - 1].line)
    separators.find(
      csv.delimiter ?? UInt8(ascii: ","), quotes: csv.quotes,
      in: Bytes(start: text, count: last.baseAddress.unsafelyUnwrapped - text + last.count),
      further: fieldCount + 1)
    let (ends, quotes, block) = (separators.ofSeparators, separators.ofQuotes, block.pointer)
    let (others, cells) = (fieldCount - 1, cells.pointer)
    var (next, quote) = (0, 0)
    columns.withUnsafeBufferPointer { columns in
      for index in 0..<rows {
        let line = block[index].line
        let start = UInt32(truncatingIfNeeded: line.baseAddress.unsafelyUnwrapped - text)
        let end = start &+ UInt32(truncatingIfNeeded: line.count)
        while ends[next] < start { next += 1 }
        while quotes[quote] < start { quote += 1 }
        let isQuoted = quotes[quote] < end
        guard ends[next + others] >= end, others == 0 || ends[next + others - 1] < end,
          !isQuoted || hasWholeQuotes(line, text, ends + next, quotes + quote)
        else {
          takeApart(index)
          continue
        }
        for slot in 0..<columns.count {
          let column = columns[slot]
          let first = column == 0 ? start : ends[next + column - 1] &+ 1
          let behind = column == others ? end : ends[next + column]
          var field = Bytes(start: text + Int(first), count: Int(behind &- first))
          if isQuoted && field.first == UInt8(ascii: "\"") {
            field = Bytes(rebasing: field[1..<field.count - 1])
          }
          cells[slot * RecordReader.blockRows + index] = field
        }
        next += others
      }
    }
  }

  /// Whether all quotes of a line with the right number of separators stand around whole fields, so that these need no
  /// decoding.
  private func hasWholeQuotes(
    _ line: Line, _ text: UnsafeMutablePointer<UInt8>, _ ends: UnsafePointer<UInt32>,
    _ quotes: UnsafePointer<UInt32>
  ) -> Bool {
    let end = line.baseAddress.unsafelyUnwrapped - text + line.count
    var first = end - line.count
    var quote = 0
    for column in 0..<fieldCount {
      let behind = column == fieldCount - 1 ? end : Int(ends[column])
      if first < behind && text[first] == UInt8(ascii: "\"") {
        guard behind - first > 1, text[behind - 1] == UInt8(ascii: "\"") else { return false }
        quote += 2
      }
      first = behind + 1
    }
    // None within a field: the next one behind these is another line's.
    return quote > 0 && Int(quotes[quote - 1]) < end && Int(quotes[quote]) >= end
  }

  /// Takes record `index` of the block apart, by itself.
  func takeApart(_ index: Int) {
    place = index
    do throws(MalformedLine) {
      if isCSV { try split(block.pointer[index].line) } else { try scan(block.pointer[index].line) }
    } catch {
      malformed.append((index, error))
      // Whoever looks at a whole column finds nothing here.
      for slot in names.indices { set(Bytes(start: nil, count: 0), slot) }
    }
  }

  @inline(__always)
  private func split(_ line: Line) throws(MalformedLine) {
    try csv.split(line, expecting: fieldCount)
    for slot in columns.indices { set(csv[columns[slot]], slot) }
  }
}
