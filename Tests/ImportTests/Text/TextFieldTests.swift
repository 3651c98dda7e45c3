import Foundation
import IO
import Import
import Support
import Testing

/// Calls `body` with a line of `text`, which it may decode in place.
func withLine<Result>(_ text: String, _ body: (Line) throws -> Result) rethrows -> Result {
  var bytes = Array(text.utf8)
  return try bytes.withUnsafeMutableBufferPointer { try body($0) }
}

@Suite struct TextFieldTests {
  private func fields(_ text: String) throws -> [String] {
    try withLine(text) { line in
      var fields = CSVFields()
      try fields.split(line)
      var result: [String] = []
      for index in 0..<fields.count { result.append(String(decoding: fields[index], as: UTF8.self)) }
      return result
    }
  }

  @Test(arguments: [
    ("a,b,c", ["a", "b", "c"]), ("a", ["a"]), ("", [""]), (",", ["", ""]), ("a,,b,", ["a", "", "b", ""]),
    (#""a,b",c"#, ["a,b", "c"]), (#"c,"say ""x""","#, ["c", #"say "x""#, ""]), (#""""#, [""]),
    (#""""""#, [#"""#]), (#"5" nail,"x""#, [#"5" nail"#, "x"]), (#"é,"ü""#, ["é", "ü"]),
    (#"a, "b,c" ,d"#, ["a", "b,c", "d"]), (#"a,  "say ""x"""  "#, ["a", #"say "x""#]),
    (#""a" ,b"#, ["a", "b"]),
    // Quotes that do not hold a whole field are text.
    (#"a, "b" c,d"#, ["a", #" "b" c"#, "d"]), (#"a, "b,c"#, ["a", #" "b"#, "c"]), (" , ", [" ", " "]),
  ])
  func splitsFields(text: String, expected: [String]) throws {
    #expect(try fields(text) == expected)
  }

  @Test func refusesBrokenQuotes() throws {
    #expect(throws: MalformedLine.quoting(column: 3, "a quote opens here and does not close on this line")) {
      try fields(#"a,"b,c"#)
    }
    #expect(throws: MalformedLine.quoting(column: 6, "text between a closing quote and the comma")) {
      try fields(#"a,"b"c,d"#)
    }
    #expect(throws: MalformedLine.self) { try fields(#"a,"b"""#) }
  }

  @Test func readsWholeNumbersExactly() {
    let cases: [(String, Int64?)] = [
      ("0", 0), ("1385078400", 1_385_078_400), ("-7", -7), ("+7", 7), ("007", 7),
      ("9223372036854775807", .max),
      ("9223372036854775808", nil), ("99999999999999999999999", nil), ("", nil), ("-", nil), ("1.0", nil),
      ("1e3", nil), (" 1", nil), ("1 ", nil), ("0x1", nil), ("１", nil),
    ]
    for (text, expected) in cases {
      #expect(withLine(text) { Bytes($0).wholeNumber } == expected, "\(text)")
    }
  }

  @Test func readsDecimalsAsStrtodDoes() {
    let exact = [
      "0", "4.0", "3.5", "-0.5", "+2", ".5", "5.", "0.025", "1e3", "2.5E-3", "123456789012345678901234567890",
      "0.1234567890123456789", "9007199254740993", "0.000000000000000000000000001", "4.35",
      "1.7976931348623157e308", "000000000000000000000000000003.5",
    ]
    for text in exact {
      #expect(withLine(text) { Bytes($0).decimalNumber } == strtod(text, nil), "\(text)")
    }
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let text =
        "\(Int64.random(in: 0..<1_000_000, using: &random)).\(UInt32.random(in: 0...99_999_999, using: &random))"
      #expect(withLine(text) { Bytes($0).decimalNumber } == strtod(text, nil), "\(text)")
    }
    for _ in 0..<5000 {
      let characters = (0..<Int.random(in: 1...9, using: &random)).map { _ in
        Array("0123456789.-x:/")[Int.random(in: 0..<(Bool.random(using: &random) ? 11 : 15), using: &random)]
      }
      let text = String(characters)
      var end: UnsafeMutablePointer<CChar>?
      let number = text.withCString { start in
        let number = strtod(start, &end)
        return end?.pointee == 0 && !text.contains("x") ? number : nil
      }
      #expect(withLine(text) { Bytes($0).decimalNumber } == number, "\(text)")
    }
    #expect(withLine("nan") { Bytes($0).decimalNumber }?.isNaN == true)
    #expect(withLine("-inf") { Bytes($0).decimalNumber } == -.infinity)
    for text in ["", ".", "-", "1,5", "4.0 ", " 4", "4.0.0", "0x10", "four", "1e", "--1"] {
      #expect(withLine(text) { Bytes($0).decimalNumber } == nil, "\(text)")
    }
  }

  @Test func quotesBytesForOneLineOfText() {
    #expect(withLine("a\tb\u{1B}[2J\n") { Bytes($0).excerpt } == #""a\tb\u{1B}[2J\n""#)
    let long = withLine(String(repeating: "x", count: 50)) { Bytes($0).excerpt }
    #expect(long == "\"" + String(repeating: "x", count: 40) + "\"...")
  }
}
