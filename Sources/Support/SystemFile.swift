/// The small text files in which Linux describes itself: /proc, /sys.
package enum SystemFile {
  /// The whole text; nil where there is no such file. Files of /proc have no length and are read to their
  /// end.
  package static func text(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = read(file, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
      bytes.append(contentsOf: piece[..<count])
    }
  }

  /// The number with which a file begins; nil where there is none.
  package static func number(_ path: String) -> Int? {
    text(path).flatMap { Int($0.split(whereSeparator: \.isWhitespace).first ?? "") }
  }

  /// The number after `name` at the start of a line of `text`.
  package static func field(_ name: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      if words.count > 1, words[0] == name { return Int(words[1]) }
    }
    return nil
  }

  /// The bytes that programs can still allocate without the system ending others (`MemAvailable` of
  /// /proc/meminfo); nil where the system does not say. Tests put `root` before the path.
  package static func availableMemory(root: String = "") -> Int? {
    text("\(root)/proc/meminfo").flatMap { field("MemAvailable:", in: $0) }.map { $0 << 10 }
  }
}
