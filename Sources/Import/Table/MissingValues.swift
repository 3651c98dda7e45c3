/// Spellings of "no value".
struct MissingValues {
  private let hasEmpty: Bool
  /// Spellings of 1 to 8 bytes as numbers; NUL, which none of them has, tells their lengths.
  private let short: [UInt64]
  private let long: [[UInt8]]
  private let longest: Int

  init(_ spellings: [String]) {
    let bytes = spellings.map { Array($0.utf8) }
    hasEmpty = bytes.contains { $0.isEmpty }
    short = bytes.filter { (1...8).contains($0.count) }.map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    long = bytes.filter { $0.count > 8 }
    longest = bytes.map(\.count).max() ?? -1
  }

  @inline(__always)
  func contains(_ text: Bytes) -> Bool {
    if text.count == 0 { return hasEmpty }
    return text.count <= longest && isSpelling(text)
  }

  private func isSpelling(_ text: Bytes) -> Bool {
    if text.count > 8 { return long.contains { text.elementsEqual($0) } }
    var word: UInt64 = 0
    for byte in text { word = word << 8 | UInt64(byte) }
    for spelling in short where spelling == word { return true }
    return false
  }
}
