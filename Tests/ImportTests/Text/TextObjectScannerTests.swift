import IO
import Import
import Support
import Testing

@Suite struct TextObjectScannerTests {
  /// The strings under `key`, a string or lists of strings; nil where the key is missing.
  private func value(_ text: String, _ key: StaticString = "k") throws -> [String]? {
    try withLine(text) { line in
      var scanner = try ObjectScanner(line)
      var found: [Bytes]?
      var isLess = false
      while let name = try scanner.nextKey() {
        if !name.spells(key) {
          try scanner.skip()
        } else if scanner.atString {
          found = [try scanner.string("k")]
        } else {
          var strings: [Bytes] = []
          isLess = try !take(&scanner, into: &strings)
          found = strings
        }
      }
      try scanner.finish()
      return found.map { $0.map { String(decoding: $0, as: UTF8.self) } + (isLess ? ["(more)"] : []) }
    }
  }

  /// Appends the strings of the next value, a list of strings or of such lists; whether there was nothing else but null.
  private func take(_ scanner: inout ObjectScanner, into strings: inout [Bytes]) throws -> Bool {
    guard try scanner.enterList() else {
      let word = try scanner.word()
      return word.map { $0.spells("null") || $0.spells("None") } ?? false
    }
    var isWhole = true
    while try scanner.nextElement() {
      if scanner.atString {
        strings.append(try scanner.string("k"))
      } else {
        isWhole = try take(&scanner, into: &strings) && isWhole
      }
    }
    return isWhole
  }

  @Test(arguments: [
    (#"{"k": "v"}"#, "v"), (#"  {"a":1,"k":"v"}  "#, "v"), (#"{"k": ""}"#, ""),
    (#"{"k": "\"\\\/\b\f\n\r\t"}"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"{"k": "caf\u00e9 \u20AC"}"#, "café €"),
    (#"{"k": "\ud83d\ude00!"}"#, "😀!"), (#"{"k": "é😀"}"#, "é😀"), (#"{"\u006b": "v"}"#, "v"),
    (#"{"k": "first", "k": "last"}"#, "last"), (#"{"x": {"k": "inner"}, "k": "outer"}"#, "outer"),
    (#"{"a": [1, -2.5e-3, true, false, null, NaN, {}, [], [[]], {"b": "]}"}], "k": "v"}"#, "v"),
  ])
  func readsJSON(text: String, expected: String) throws {
    #expect(try value(text) == [expected])
  }

  /// Half of a pair is one bad character; what follows it stays.
  @Test(arguments: [
    (#""\ud83d""#, "\u{FFFD}"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
    (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
  ])
  func halvesOfSurrogatePairs(text: String, expected: String) throws {
    #expect(try value("{\"k\": \(text)}") == [expected])
  }

  @Test(arguments: [
    (#"{'k': 'v'}"#, "v"), (#"{u'k': u'v'}"#, "v"), (#"{'k': "it's"}"#, "it's"),
    (#"{'k': 'say "x"'}"#, #"say "x""#),
    (#"{'k': 'it\'s \"q\"'}"#, #"it's "q""#),
    (#"{'k': 'caf\xe9 \u20ac \U0001f600 \351 \0'}"#, "café € 😀 é \0"),
    (#"{'k': '\a\b\f\n\r\t\v\\'}"#, "\u{7}\u{8}\u{C}\n\r\t\u{B}\\"), (#"{'k': 'a\d\/'}"#, #"a\d\/"#),
    (#"{'a': None, 'b': True, 'c': [False, 12L, 1., .5, (1, 'x')], 'd': {'e': u"f",}, 'k': 'v',}"#, "v"),
    ("{'a': \"k\", 'k': 'tab\tinside'}", "tab\tinside"), ("{'a': [nan, inf, -inf], 'k': 'v'}", "v"),
  ])
  func readsPythonLiterals(text: String, expected: String) throws {
    #expect(try value(text) == [expected])
  }

  @Test(arguments: [
    (#"{"k": []}"#, []), (#"{"k": [[]]}"#, []), (#"{"k": ["a", "b"]}"#, ["a", "b"]), (#"{"k": null}"#, []),
    (#"{"k": [["a", "b"], ["c"], []]}"#, ["a", "b", "c"]),
    (#"{'k': [['a', "b's"], [u'c',],]}"#, ["a", "b's", "c"]),
    (#"{'k': None}"#, []),
  ])
  func readsListsOfStrings(text: String, expected: [String]) throws {
    #expect(try value(text) == expected)
  }

  @Test func tellsAMissingKey() throws {
    #expect(try value("{}") == nil)
    #expect(try value(#"{"a": 1}"#) == nil)
  }

  @Test(arguments: [
    ("", 1, "an object { ... } is expected"), ("[1]", 1, "an object { ... } is expected"),
    (#"{"a": 1"#, 8, "the line ends inside the object"), (#"{"a": "x"#, 9, "the line ends inside the string"),
    (#"{"a": [1, "#, 11, "the line ends inside the list"), (#"{"a": "#, 7, "the line ends inside the value"),
    (#"{"a""#, 5, "the line ends inside the object"), (#"{"a": 1,"#, 9, "the line ends inside the object"),
    (#"{"a": "\u00"#, 12, "the line ends inside the string"),
    (#"{"a": "\"#, 9, "the line ends inside the string"),
    (#"{"a": 1} x"#, 10, "text after the end of the object"), (#"{"a" 1}"#, 6, "a colon is expected"),
    (#"{"a": 1 "b": 2}"#, 9, "a comma or the end of the object is expected"),
    (#"{"a": 1,}"#, 9, "a comma before the end of the object"),
    (#"{"a": [1,]}"#, 10, "a comma before the end of the list"),
    (#"{"a": [1 2]}"#, 10, "a comma or the end of the list is expected"),
    (#"{a: 1}"#, 2, "a quoted key is expected"),
    (#"{"a": 1, 'b': 2}"#, 10, "a quoted key is expected"), (#"{"a": 'b'}"#, 7, "a value is expected"),
    (#"{"a": True}"#, 7, #""True" is not a value"#), (#"{'a': true}"#, 7, #""true" is not a value"#),
    (#"{"a": 01}"#, 7, #""01" is not a value"#), (#"{"a": 1.}"#, 7, #""1." is not a value"#),
    (#"{"a": -}"#, 7, #""-" is not a value"#), (#"{"a": 1e}"#, 7, #""1e" is not a value"#),
    (#"{"a": "\x41"}"#, 8, "an escape that JSON does not have"),
    (#"{'a': '\N{DASH}'}"#, 8, "an escape by a character's name"),
    (#"{"a": "\u00zz"}"#, 8, "an escape without its 4 hexadecimal digits"),
    (#"{'k': '\U00110000'}"#, 8, "an escape that is no character"),
    ("{\"a\": \"x\ty\"}", 9, "a control character in a string"),
    ("{\"k\": \"x\ty\"}", 9, "a control character in a string"),
    (#"{"a": }"#, 7, "a value is expected"), (#"{"a": [,]}"#, 8, "a value is expected"),
    (#"{,}"#, 2, "a quoted key is expected"),
  ])
  func tellsWhatIsMalformed(text: String, column: Int, what: String) {
    #expect(throws: MalformedLine.syntax(column: column, what)) { try value(text) }
  }

  @Test(arguments: [
    (#"{"k": 1}"#, [String]()), (#"{"k": [1]}"#, []), (#"{"k": [["a", 1], {"x": [2]}, "b"]}"#, ["a", "b"]),
    (#"{"k": {"a": "b"}}"#, []),
  ])
  func passesOverWhatIsNoString(text: String, expected: [String]) throws {
    #expect(try value(text) == expected + ["(more)"])
  }

  @Test func boundsTheDepth() {
    let deep = #"{"a": "# + String(repeating: "[", count: 100_000)
    #expect(throws: MalformedLine.syntax(column: 71, "nested more than 64 deep")) { try value(deep) }
  }
}
