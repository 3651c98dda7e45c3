import IO
import Import
import Support
import TestSupport
import Testing

@Suite struct TextLineReaderTests {
  private func lines(_ path: String, limit: Int = 1000, buffer: Int = 16) throws -> [String] {
    let reader = try LineReader(path: path, maximumLength: limit, pieceSize: buffer)
    var lines: [String] = []
    while let line = try reader.next() {
      lines.append(String(decoding: line, as: UTF8.self))
      #expect(reader.number == lines.count)
    }
    return lines
  }

  @Test(arguments: [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]),
    ("a\r\nb\r", ["a", "b"]), ("\n\na\n\n", ["", "", "a", ""]),
    ("\u{FEFF}a\n\u{FEFF}b\n", ["a", "\u{FEFF}b"]),
    ("\u{FEFF}", [""]), ("a\rb\n", ["a\rb"]), ("\r\n", [""]),
  ])
  func endsLines(text: String, expected: [String]) throws {
    let directory = try FileTestFolder()
    #expect(try lines(directory.write(text, to: "text")) == expected)
    #expect(try lines(directory.gzip("text.gz", text)) == expected)
  }

  @Test(arguments: [16, 17, 31, 64, 1 << 20])
  func readsLinesOfAnyLengthThroughAnyBuffer(buffer: Int) throws {
    let directory = try FileTestFolder()
    // Some are longer than what is read at once, and than the room in front of it.
    let expected = (0..<300).map { row in
      String(repeating: "x", count: row % 60 == 59 ? row * 37 : row * 7 % 101) + "\(row)"
    }
    let file = try directory.write(expected.joined(separator: "\n"), to: "text")
    #expect(try lines(file, limit: 20_000, buffer: buffer) == expected)
  }

  @Test(arguments: [16, 1 << 20])
  func refusesOverlongLines(buffer: Int) throws {
    let directory = try FileTestFolder()
    let long = String(repeating: "y", count: 100)
    let file = try directory.write("a\n" + long + "\nb\n", to: "text")
    #expect(try lines(file, limit: 100, buffer: buffer).count == 3)
    #expect(throws: ImportError.lineTooLong(file: file, line: 2, limit: 99)) {
      try lines(file, limit: 99, buffer: buffer)
    }
    let endless = try directory.write(String(repeating: "y", count: 5000), to: "endless")
    #expect(throws: ImportError.lineTooLong(file: endless, line: 1, limit: 99)) {
      try lines(endless, limit: 99, buffer: buffer)
    }
  }
}
