import Support

/// Changes the bytes of a valid file as damage, mistakes and malice do.
struct Mutator {
  private var random: KeyedRandom
  /// Files to take pieces from.
  private let others: [[UInt8]]

  init(_ random: KeyedRandom, others: [[UInt8]]) {
    self.random = random
    self.others = others
  }

  /// One to four changes of `bytes`.
  mutating func mutate(_ bytes: [UInt8], isText: Bool) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<1 + random.below(4) * random.below(2) {
      if isText && random.below(2) == 0 { changeText(&bytes) } else { changeBytes(&bytes) }
    }
    return bytes
  }

  private mutating func place(in bytes: [UInt8]) -> Int { bytes.isEmpty ? 0 : random.below(bytes.count) }

  /// A piece of `bytes`, more often short than long.
  private mutating func piece(of bytes: [UInt8]) -> Range<Int> {
    let start = place(in: bytes)
    let longest = min(bytes.count - start, 1 << random.below(17))
    return start..<start + (longest > 0 ? 1 + random.below(longest) : 0)
  }

  private mutating func changeBytes(_ bytes: inout [UInt8]) {
    switch random.below(10) {
    case 0, 1:
      for _ in 0..<1 + random.below(8) where !bytes.isEmpty {
        bytes[place(in: bytes)] ^= 1 << UInt8(random.below(8))
      }
    case 2:
      let piece = piece(of: bytes)
      for index in piece.prefix(64) { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
    case 3: putInteger(&bytes)
    case 4:
      let count = 1 + random.below(1 << random.below(11))
      let value = UInt8(truncatingIfNeeded: random.next())
      let same = random.below(2) == 0
      bytes.insert(
        contentsOf: (0..<count).map { _ in same ? value : UInt8(truncatingIfNeeded: random.next()) },
        at: place(in: bytes))
    case 5: bytes.removeSubrange(piece(of: bytes))
    case 6: bytes.removeLast(bytes.count - place(in: bytes))
    case 7:
      let piece = bytes[piece(of: bytes)]
      let times = random.below(50) == 0 ? max(1, (4 << 20) / max(1, piece.count)) : 1 + random.below(4)
      let place = place(in: bytes)
      bytes.insert(contentsOf: repeatElement(piece, count: times).joined(), at: place)
    case 8:
      guard let other = others.isEmpty ? nil : others[random.below(others.count)] else { return }
      let taken = other[piece(of: other)]
      let place = place(in: bytes)
      bytes.replaceSubrange(
        place..<min(bytes.count, place + (random.below(2) == 0 ? taken.count : 0)), with: taken)
    default:
      // As from a damaged disk or a copy with holes.
      let piece = piece(of: bytes)
      for index in piece { bytes[index] = 0 }
    }
  }

  /// A length or an address, as far as files know them: overwritten with one that is not.
  private mutating func putInteger(_ bytes: inout [UInt8]) {
    let width = 1 << random.below(4)
    guard bytes.count >= width else { return }
    let values: [UInt64] = [
      0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 40, 1 << 60,
      0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max, UInt64(bytes.count), UInt64(bytes.count) * 1000,
      0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0x7F80_0000, 0x7FC0_0000,
    ]
    let value = values[random.below(values.count)]
    let start = random.below(bytes.count - width + 1)
    for index in 0..<width { bytes[start + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }

  private mutating func changeText(_ bytes: inout [UInt8]) {
    switch random.below(8) {
    case 0, 1, 2: replaceNumber(&bytes)
    case 3:
      let separators = Array("\n,:{}[]()\"'|#&*!-\t \r".utf8)
      bytes.insert(separators[random.below(separators.count)], at: place(in: bytes))
    case 4:
      let odd: [[UInt8]] = [
        [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF8, 0x88], [0xEF, 0xBB, 0xBF],
        [0x1B, 0x5B, 0x32, 0x4A],
        Array("\u{202E}".utf8), Array("../../../etc/x".utf8), Array("/etc/x".utf8), Array("\\u0000".utf8),
        Array("\\ud800".utf8), Array("&a [*a,*a]".utf8), Array("<<: *a".utf8), Array("!!binary x".utf8),
      ]
      bytes.insert(contentsOf: odd[random.below(odd.count)], at: place(in: bytes))
    case 5:
      let open = ["[", "{", "{a: ", "- ", "[[", "{\"a\":", "(", "? ", "&a ", "!!set {"]
      let nested = Array(open[random.below(open.count)].utf8)
      let depth = [10, 100, 1000, 10_000, 100_000][random.below(5)]
      bytes.insert(contentsOf: repeatElement(nested, count: depth).joined(), at: place(in: bytes))
    case 6: moveLine(&bytes)
    default:
      let quoted = Array(random.below(2) == 0 ? "\"".utf8 : "'".utf8)
      bytes.insert(contentsOf: quoted, at: place(in: bytes))
    }
  }

  private mutating func replaceNumber(_ bytes: inout [UInt8]) {
    let numbers = [
      "-1", "0", "1e999", "-1e999", "nan", "NaN", ".nan", ".inf", "Infinity", "9223372036854775807",
      "9223372036854775808", "-9223372036854775808", "1000000000000000000", "4611686018427387904",
      "2147483648",
      "1000000000", "65536", "4096", "1e-320", "0x10", "1_000", "1.5", "", "[1000000000]", "+5", "١", "1e5",
      "00",
      "0.30000000000000004", String(repeating: "9", count: 400), "true", "null", "1:30", "2001-01-01",
    ]
    var index = place(in: bytes)
    let isDigit: (UInt8) -> Bool = { $0 >= 0x30 && $0 <= 0x39 }
    while index < bytes.count, !isDigit(bytes[index]) { index += 1 }
    var end = index
    while end < bytes.count, isDigit(bytes[end]) || bytes[end] == 0x2E { end += 1 }
    bytes.replaceSubrange(index..<end, with: Array(numbers[random.below(numbers.count)].utf8))
  }

  private mutating func moveLine(_ bytes: inout [UInt8]) {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let (from, to) = (random.below(lines.count), random.below(lines.count))
    if random.below(2) == 0 { lines.swapAt(from, to) } else { lines.insert(lines[from], at: to) }
    bytes = Array(lines.joined(separator: [0x0A]))
  }
}
