import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

/// A text whose lines were shortened says the same as before.
@Suite struct LineCondenserTests {
  private let schema = """
    log: {files: log.jsonl, user: u, item: i, time: t}
    label: {column: meta.click}
    on_error: skip
    sample_features: {tags: {list: "|"}, price: {kind: numeric}}
    split: {fraction: 0.5}
    """
  private let columns = ["u", "i", "t", "meta.click", "tags", "price"]

  /// Lines of every kind: with keys in any order, twice, or not before seen, with escapes in keys and values, objects and
  /// lists, in Python's dialect, malformed in what is read and in what is not, blank, and ended by CRLF.
  private let lines = [
    #"{"u": "a", "i": "x", "t": 1, "meta": {"click": 1, "more": [1, {"z": 2}]}, "text": "much \"text\" \u00e9"}"#,
    #"{"u": "a", "i": "y", "t": 2, "meta": {"click": 0}, "tags": ["p", "q"], "price": 1.5, "text": "é"}"#,
    #"{ "text" : "b" , "price" : null , "t" : 3 , "i" : "x" , "u" : "b" , "meta" : { "click" : 1 } }"#,
    #"{"u": "b", "i": "\u0079", "t": 4, "\u006deta": {"click": 0}, "price": "12", "text": {"click": 9}}"#,
    "",
    #"{"u": "b", "i": "z", "t": 5, "meta": {"click": 1}, "text": "cut"#,
    #"{"u": "b", "i": "z", "t": "never", "meta": {"click": 1}, "text": "t"}"#,
    #"{"u": "b", "i": "z", "t": 6, "meta": {"click": 1}, "text": 01}"#,
    #"{"u": "c", "i": "z", "t": 7, "meta": {"click": 1}, "extra": true, "text": "t"}"#,
    #"{"u": "c", "i": "x", "t": 8, "meta": {"click": 0}, "tags": {"a": 1}, "price": [1, 2]}"#,
    "{'u': 'c', 'i': 'y', 't': 9, 'meta': {'click': 1}, 'text': u'it\\'s'}",
    #"{"u": "d", "i": "x", "t": 10, "u": "e", "meta": {"click": 1}, "extra": false}"#,
    #"{"u": "d", "i": "w", "t": 11, "meta": {"click": 1}, "text": "ends in CR"}"# + "\r",
    #"{"text": "nothing that is read"}"#,
    "{}",
    #"{"u": "d", "i": "x", "t": 12, "meta": {"click": 0}} and more"#,
    #"{"u": "d", "i": "x", "t": 13, "meta": {"click": 0}, "text": "\q"}"#,
    #"{"u": "d", "i": "y", "t": 14, "meta": {"click": 0}, "": 1, "text": "last"}"#,
  ]

  /// - Parameter pieceBytes: of the pieces that the text comes in.
  private func condensed(_ text: String, pieceBytes: Int) -> String {
    let bytes = Array(text.utf8)
    let condenser = LineCondenser(columns)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
      bytes[start..<min(start + pieceBytes, bytes.count)].withUnsafeBufferPointer {
        condenser.condense($0, into: &result)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  @Test(arguments: [1, 7, 100, 333, 1 << 20], ["\n", ""])
  func saysTheSame(pieceBytes: Int, end: String) throws {
    let text = (lines + lines).joined(separator: "\n") + end
    let other = condensed(text, pieceBytes: pieceBytes)
    #expect(other.utf8.count { $0 == 0x0A } == text.utf8.count { $0 == 0x0A })
    let (before, after) = (
      try TableResult(schema, ["log.jsonl": text]), try TableResult(schema, ["log.jsonl": other])
    )
    #expect(before.dataset.digests() == after.dataset.digests())
    func account(_ result: TableResult) -> [String] {
      result.account.lines.map { line in
        line.split(separator: " ").map { $0.hasSuffix("log.jsonl:") ? "log" : String($0) }.joined(
          separator: " ")
      }
    }
    #expect(account(before) == account(after))
    #expect(before.account.files[0].unusedColumns == ["text", "extra", ""])
    #expect(before.account.files[0].leftOutRows == 24)
  }

  @Test func shortensWhatItKnows() {
    let line = #"{"u": "a", "text": "words", "i": "x", "t": 1, "meta": {"click": 1}}"#
    let other = condensed([line, line, line].joined(separator: "\n") + "\n", pieceBytes: 1 << 20)
    let short = #"{"u": "a","i": "x","t": 1,"meta": {"click": 1}}"#
    // The first line may have begun earlier, and shows the keys.
    #expect(other == "\(line)\n\(line)\n\(short)\n")
  }
}
