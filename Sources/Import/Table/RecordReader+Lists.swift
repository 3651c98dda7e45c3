import CBytes
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
      for index in 0..<count(slot, at: place) {
        guard let text = present(values.pointer[recordLists[slot].start + index].trimmed) else { continue }
        print = KeyedRandom.mix(print &+ text.hash(RecordReader.salt))
      }
    }
    return print
  }

  /// Appends the values of the list of the record at `place`: those of a JSON list, or the parts of a field.
  /// - Parameter separator: what stands between values. Empty for lists in brackets, or else bars between values.
  @inline(__always)
  func elements(_ slot: Int, at place: Int, _ separator: [UInt8], into elements: inout GrowableBuffer<Bytes>)
  {
    let cell = column(slot)[place]
    if cell.baseAddress != nil && (isCSV || !list(slot, at: place).isList) {
      split(cell, separator, into: &elements)
    } else if !isCSV {
      let list = list(slot, at: place)
      for index in 0..<max(list.count, 0) {
        if let value = present(values.pointer[list.start + index].trimmed) { elements.append(value) }
      }
    }
  }

  @inline(__always)
  private func split(_ text: Bytes, _ separator: [UInt8], into elements: inout GrowableBuffer<Bytes>) {
    guard let whole = present(text.trimmed) else { return }
    if separator.count == 1 { return split(whole, at: separator[0], into: &elements) }
    splitOtherwise(whole, separator, into: &elements)
  }

  @inline(never)
  private func splitOtherwise(
    _ whole: Bytes, _ separator: [UInt8], into elements: inout GrowableBuffer<Bytes>
  ) {
    switch separator.count {
    case 0:
      if whole.count > 1 && whole[0] == UInt8(ascii: "[") && whole[whole.count - 1] == UInt8(ascii: "]") {
        splitBrackets(Bytes(rebasing: whole[1..<whole.count - 1]), into: &elements)
      } else {
        split(whole, at: UInt8(ascii: "|"), into: &elements)
      }
    default: splitAtPairs(whole, separator[0], separator[1], into: &elements)
    }
  }

  /// As a value of the reader's text it has readable bytes after it.
  @inline(__always)
  private func split(_ text: Bytes, at separator: UInt8, into elements: inout GrowableBuffer<Bytes>) {
    guard let address = text.baseAddress else { return add(text, to: &elements) }
    var start = 0
    for base in stride(from: 0, to: text.count, by: 64) {
      var places = lcft_places(address + base, separator)
      if text.count - base < 64 { places &= 1 &<< UInt64(text.count - base) &- 1 }
      while places != 0 {
        let place = base + places.trailingZeroBitCount
        places &= places &- 1
        add(Bytes(start: address + start, count: place - start), to: &elements)
        start = place + 1
      }
    }
    add(Bytes(start: address + start, count: text.count - start), to: &elements)
  }

  private func splitAtPairs(
    _ text: Bytes, _ first: UInt8, _ second: UInt8, into elements: inout GrowableBuffer<Bytes>
  ) {
    var (start, index) = (0, 0)
    while index + 1 < text.count {
      if text[index] == first && text[index + 1] == second {
        add(Bytes(rebasing: text[start..<index]), to: &elements)
        index += 2
        start = index
      } else {
        index += 1
      }
    }
    add(Bytes(rebasing: text[start...]), to: &elements)
  }

  @inline(__always)
  private func add(_ part: Bytes, to elements: inout GrowableBuffer<Bytes>) {
    if let part = present(part.trimmed) { elements.append(part) }
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
