/// Spellings of "no value".
struct MissingValues {
  private let hasEmpty: Bool
  /// Spellings of 1 to 8 bytes as words.
  private let short: [(word: UInt64, count: Int)]
  private let long: [[UInt8]]
  private let longest: Int
  /// A bit for the last six bits of each one's first byte: what begins otherwise is none.
  private let firsts: UInt64

  init(_ spellings: [String]) {
    let bytes = spellings.map { Array($0.utf8) }
    hasEmpty = bytes.contains { $0.isEmpty }
    short = bytes.filter { (1...8).contains($0.count) }.map { ($0.withUnsafeBufferPointer(\.word), $0.count) }
    long = bytes.filter { $0.count > 8 }
    longest = bytes.map(\.count).max() ?? -1
    firsts = bytes.compactMap(\.first).reduce(0) { $0 | 1 &<< UInt64($1) }
  }

  @inline(__always)
  func contains(_ text: Bytes) -> Bool {
    if text.count == 0 { return hasEmpty }
    return text.count <= longest && firsts &>> UInt64(text[0]) & 1 == 1 && isSpelling(text)
  }

  private func isSpelling(_ text: Bytes) -> Bool {
    if text.count > 8 { return long.contains { text.elementsEqual($0) } }
    let word = text.word
    for spelling in short where spelling.word == word && spelling.count == text.count { return true }
    return false
  }
}
