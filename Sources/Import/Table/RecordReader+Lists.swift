import Support

/// Fields that hold several values.
extension RecordReader {
  /// Any number: that of a text without bytes must not be 0.
  private static let salt: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// A number that two values of these columns share only if they are the same; 0 where there is none.
  func fingerprint(_ slots: [Int]) -> UInt64 {
    var print: UInt64 = 0
    for slot in slots {
      if isCSV {
        if let text = text(slot) { print = KeyedRandom.mix(print &+ text.hash(RecordReader.salt)) }
        continue
      }
      for index in 0..<count(slot) {
        guard let text = present(values.pointer[recordLists[slot].start + index].trimmed) else { continue }
        print = KeyedRandom.mix(print &+ text.hash(RecordReader.salt))
      }
    }
    return print
  }

  /// Appends the values of a list: those of a JSON list, or the parts of a field.
  /// - Parameter separator: what stands between values. Empty for lists in brackets, or else bars between values.
  func elements(_ slot: Int, _ separator: [UInt8], into elements: inout GrowableBuffer<Bytes>) {
    let cell = record[slot]
    if cell.baseAddress != nil && (isCSV || !recordLists[slot].isList) {
      split(cell, separator, into: &elements)
    } else if !isCSV {
      let list = recordLists[slot]
      for index in 0..<max(list.count, 0) {
        if let value = present(values.pointer[list.start + index].trimmed) { elements.append(value) }
      }
    }
  }

  private func split(_ text: Bytes, _ separator: [UInt8], into elements: inout GrowableBuffer<Bytes>) {
    guard let whole = present(text.trimmed) else { return }
    guard let first = separator.first else {
      if whole.count > 1 && whole[0] == UInt8(ascii: "[") && whole[whole.count - 1] == UInt8(ascii: "]") {
        splitBrackets(Bytes(rebasing: whole[1..<whole.count - 1]), into: &elements)
      } else {
        split(whole, [UInt8(ascii: "|")], into: &elements)
      }
      return
    }
    var (start, index) = (0, 0)
    while index <= whole.count {
      let isEnd = index == whole.count
      if isEnd
        || (whole[index] == first
          && (separator.count == 1 || (index + 1 < whole.count && whole[index + 1] == separator[1])))
      {
        if let part = present(Bytes(rebasing: whole[start..<index]).trimmed) { elements.append(part) }
        index += isEnd ? 1 : separator.count
        start = index
      } else {
        index += 1
      }
    }
  }

  /// The values of a list as JSON and Python print it, without its brackets: `27, 9` and `'a', "b, c"`.
  private func splitBrackets(_ inner: Bytes, into elements: inout GrowableBuffer<Bytes>) {
    var (start, quote) = (0, UInt8?.none)
    for index in 0...inner.count {
      if index < inner.count {
        let byte = inner[index]
        if quote != nil {
          if byte == quote { quote = nil }
          continue
        }
        let isQuote = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
        if isQuote && Bytes(rebasing: inner[start..<index]).trimmed.count == 0 {
          quote = byte
          continue
        }
        if byte != UInt8(ascii: ",") { continue }
      }
      var part = Bytes(rebasing: inner[start..<index]).trimmed
      start = index + 1
      if part.count > 1, part[0] == UInt8(ascii: "\"") || part[0] == UInt8(ascii: "'"),
        part[part.count - 1] == part[0]
      {
        part = Bytes(rebasing: part[1..<part.count - 1])
      }
      if part.count > 0, let part = present(part) { elements.append(part) }
    }
  }
}
