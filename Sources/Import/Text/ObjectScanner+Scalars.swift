import CBytes
import Support

/// Strings, numbers and words of the two dialects.
extension ObjectScanner {
  /// Passes a number, or one of the dialect's words.
  mutating func skipWord() throws(MalformedLine) {
    let start = index
    while index < line.count && isWordByte(line[index]) { index += 1 }
    let word = Bytes(rebasing: line[start..<index])
    if isNumber(word) { return }
    switch dialect {
    case .json:
      if word.spells("true") || word.spells("false") || word.spells("null") || isNotFinite(word) { return }
    case .python:
      if word.spells("True") || word.spells("False") || word.spells("None") || word.isNoNumber {
        return
      }
    }
    index = start
    throw fault(word.isEmpty ? "a value is expected" : "\(word.excerpt) is not a value")
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
  }

  /// RFC 8259's number; in Python also `12L`, `1.` and `.5`.
  private func isNumber(_ word: Bytes) -> Bool {
    var at = 0
    func digits() -> Int {
      let start = at
      while at < word.count && word[at] >= 0x30 && word[at] <= 0x39 { at += 1 }
      return at - start
    }
    if at < word.count && word[at] == UInt8(ascii: "-") { at += 1 }
    let first = at
    let whole = digits()
    if whole == 0 && dialect == .json { return false }
    if whole > 1 && word[first] == UInt8(ascii: "0") { return false }
    if dialect == .python && whole > 0 && at + 1 == word.count && word[at] | 0x20 == UInt8(ascii: "l") {
      return true
    }
    var fraction = 0
    if at < word.count && word[at] == UInt8(ascii: ".") {
      at += 1
      fraction = digits()
      if fraction == 0 && dialect == .json { return false }
    }
    if whole + fraction == 0 { return false }
    if at < word.count && word[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < word.count && (word[at] == UInt8(ascii: "-") || word[at] == UInt8(ascii: "+")) { at += 1 }
      if digits() == 0 { return false }
    }
    return at == word.count
  }

  /// Passes a string; its escapes are checked for form, not for the character they make.
  mutating func skipString() throws(MalformedLine) {
    let quote = try openString()
    let bytes = UnsafePointer(line.baseAddress.unsafelyUnwrapped)
    let lowest: UInt8 = dialect == .json ? 0x20 : 0
    while index < line.count {
      if line.count - index >= 64 {
        let stops = lcft_string_stops(bytes + index, quote, lowest)
        index += stops == 0 ? 64 : stops.trailingZeroBitCount
        if stops == 0 { continue }
      }
      let byte = bytes[index]
      if byte == quote {
        index += 1
        return
      }
      if byte == UInt8(ascii: "\\") {
        _ = try escape()
      } else if byte < lowest {
        throw fault("a control character in a string")
      } else {
        index += 1
      }
    }
    throw cut("string")
  }

  /// The string at `index`, decoded in place.
  mutating func string() throws(MalformedLine) -> Bytes {
    let quote = try openString()
    let lowest: UInt8 = dialect == .json ? 0x20 : 0
    let start = index
    var write = index
    while index < line.count {
      // As long as nothing has been decoded, characters stay where they are.
      if write == index && line.count - index >= 64 {
        let stops = lcft_string_stops(line.baseAddress.unsafelyUnwrapped + index, quote, lowest)
        index += stops == 0 ? 64 : stops.trailingZeroBitCount
        write = index
        if stops == 0 { continue }
      }
      let byte = line[index]
      if byte == quote {
        index += 1
        return Bytes(rebasing: line[start..<write])
      }
      if byte == UInt8(ascii: "\\") {
        let at = index
        switch try escape() {
        case .character(var value):
          let next = index
          if value & 0xFC00 == 0xD800, index < line.count, line[index] == UInt8(ascii: "\\") {
            if case .character(let low) = try escape(), low & 0xFC00 == 0xDC00 {
              value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
            } else {
              index = next
            }
          }
          // Half of a pair, as a text that was cut leaves one, is one bad character and no bad row.
          if (0xD800...0xDFFF).contains(value) { value = 0xFFFD }
          guard let scalar = Unicode.Scalar(value) else {
            throw .syntax(column: at + 1, "an escape that is no character")
          }
          for unit in UTF8.encode(scalar).unsafelyUnwrapped {
            line[write] = unit
            write += 1
          }
        case .verbatim:
          for position in at..<index {
            line[write] = line[position]
            write += 1
          }
        }
      } else if byte < lowest {
        throw fault("a control character in a string")
      } else {
        line[write] = byte
        write += 1
        index += 1
      }
    }
    throw cut("string")
  }

  /// Passes the prefix and the opening quote and returns the quote.
  private mutating func openString() throws(MalformedLine) -> UInt8 {
    if line[index] | 0x20 == UInt8(ascii: "u") { index += 1 }
    index += 1
    return line[index - 1]
  }

  private enum Escape {
    /// A code point or half of a surrogate pair.
    case character(UInt32)
    /// Python leaves the backslash of an escape that it does not know.
    case verbatim
  }

  /// Passes the escape at `index`.
  private mutating func escape() throws(MalformedLine) -> Escape {
    guard index + 1 < line.count else { throw cut("string") }
    let letter = line[index + 1]
    switch letter {
    case UInt8(ascii: "u"): return .character(try hexadecimal(digits: 4))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return simple(UInt32(letter))
    case UInt8(ascii: "/") where dialect == .json: return simple(UInt32(letter))
    case UInt8(ascii: "b"): return simple(8)
    case UInt8(ascii: "f"): return simple(12)
    case UInt8(ascii: "n"): return simple(10)
    case UInt8(ascii: "r"): return simple(13)
    case UInt8(ascii: "t"): return simple(9)
    default: break
    }
    guard dialect == .python else { throw fault("an escape that JSON does not have") }
    switch letter {
    case UInt8(ascii: "'"): return simple(UInt32(letter))
    case UInt8(ascii: "a"): return simple(7)
    case UInt8(ascii: "v"): return simple(11)
    case UInt8(ascii: "x"): return .character(try hexadecimal(digits: 2))
    case UInt8(ascii: "U"): return .character(try hexadecimal(digits: 8))
    case UInt8(ascii: "N"): throw fault("an escape by a character's name")
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      index += 1
      var value: UInt32 = 0
      let end = min(index + 3, line.count)
      while index < end, line[index] >= UInt8(ascii: "0"), line[index] <= UInt8(ascii: "7") {
        value = value << 3 | UInt32(line[index] & 7)
        index += 1
      }
      return .character(value)
    default:
      index += 1
      return .verbatim
    }
  }

  private mutating func simple(_ value: UInt32) -> Escape {
    index += 2
    return .character(value)
  }

  /// The value of the hexadecimal digits behind the backslash and letter at `index`.
  private mutating func hexadecimal(digits: Int) throws(MalformedLine) -> UInt32 {
    guard index + 2 + digits <= line.count else { throw cut("string") }
    var value: UInt32 = 0
    for position in index + 2..<index + 2 + digits {
      switch line[position] {
      case let byte where byte >= 0x30 && byte <= 0x39: value = value << 4 | UInt32(byte - 0x30)
      case let byte where byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66:
        value = value << 4 | UInt32((byte | 0x20) - 0x57)
      default: throw fault("an escape without its \(digits) hexadecimal digits")
      }
    }
    index += 2 + digits
    return value
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether these are Python's word for what is no finite number.
  var isNoNumber: Bool { spells("nan") || spells("inf") || spells("-inf") }

  /// Whether these are a word for no value.
  var isNothing: Bool { spells("null") || spells("None") || spells("NaN") || isNoNumber }
}
