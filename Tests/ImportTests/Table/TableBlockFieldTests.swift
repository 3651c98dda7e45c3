import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

/// The fields of many lines, which are found at once: each row's are those that its line has by itself.
@Suite struct TableBlockFieldTests {
  /// Of all kinds: plain, empty, quoted where it need not be, with the separator or quotes inside, long.
  private func field(_ random: inout KeyedRandom, _ separator: String) -> (text: String, written: String) {
    let word = (0..<Int.random(in: 1...9, using: &random)).map { _ in
      String(UnicodeScalar(UInt8.random(in: 0x61...0x7A, using: &random)))
    }.joined()
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return ("", "")
    case 1: return ("", "\"\"")
    case 2: return (word, "\"\(word)\"")
    case 3: return (word + separator + "x", "\"\(word)\(separator)x\"")
    case 4: return (word + "\"x", "\"\(word)\"\"x\"")
    case 5: return (word + "\"", word + "\"")
    // Spaces around a value are none of it.
    case 6: return (separator == "\t" ? "" : separator, "\"\(separator)\"")
    case 7: return (word + String(repeating: "é", count: 60), word + String(repeating: "é", count: 60))
    default: return (word, word)
    }
  }

  @Test(arguments: [(",", "\n"), (";", "\r\n"), ("|", "\n"), ("\t", "\r\n")])
  func fieldsOfAllKinds(_ separator: String, _ end: String) throws {
    var random = KeyedRandom(seed: 7, UInt64(separator.utf8.first ?? 0))
    var text = "\u{FEFF}" + ["a", "u", "b", "i", "t", "c", "n", "d"].joined(separator: separator) + end
    var (expected, numbers) = ([[String]](), [String]())
    for row in 0..<1500 {
      let fields = (0..<4).map { _ in field(&random, separator) }
      // A number of up to 8 bytes, with a point at any place or none.
      var digits = (0..<Int.random(in: 1...7, using: &random)).map { _ in
        "\(Int.random(in: 0...9, using: &random))"
      }
      if row % 3 > 0 { digits.insert(".", at: Int.random(in: 0...digits.count, using: &random)) }
      let number = digits.joined()
      text += [
        fields[0].written, row % 5 == 0 ? "\"u\"" : "u", fields[1].written, "i\(row)", "\(row)",
        fields[2].written, row % 7 == 0 ? "\"\(number)\"" : number, fields[3].written,
      ].joined(separator: separator)
      text += row % 400 == 399 ? end + end : end
      expected.append(fields.map { $0.text.isEmpty ? "-" : $0.text })
      numbers.append("\(Float(strtod(number, nil)))")
    }
    let names = [",": "comma", ";": "semicolon", "|": "\"|\"", "\t": "tab"]
    let result = try TableResult(
      """
      log: {files: log.csv, delimiter: \(names[separator] ?? ""), user: u, item: i, time: {column: t, unit: s}}
      label: {column: t, at_least: 0}
      event_features: {a: {}, b: {}, c: {}, d: {}, n: {kind: numeric}}
      split: {time: 100000}

      """, ["log.csv": text])
    for (index, name) in ["a", "b", "c", "d"].enumerated() {
      #expect(result.values(.events, name) == expected.map { $0[index] })
    }
    #expect(result.values(.events, "n") == numbers)
  }

  @Test func linesWithOtherNumbersOfFieldsAreNamed() throws {
    let rows = (0..<600).map { row in
      switch row {
      case 40: "u,i,1"
      case 41: "u,i,1,x,y"
      case 300: "u,\"i,1,x"
      case 301: "u,\"i\"j,1,x"
      case 302: "\"u\",\"i\(row)\",\(row),\",\""
      default: "u,i\(row),\(row),x"
      }
    }
    let result = try TableResult(
      """
      log: {files: log.csv, user: u, item: i, time: {column: t, unit: s}}
      label: {column: t, at_least: 0}
      event_features: {c: {}}
      split: {time: 100000}
      on_error: skip

      """, ["log.csv": "u,i,t,c\n" + rows.joined(separator: "\n")])
    let file = result.account.files[0]
    #expect(file.rows == 600 && file.usedRows == 596)
    #expect(file.leftOut.map(\.count) == [2, 2] && file.leftOut.map(\.line) == [42, 302])
    let kept = (0..<600).filter { ![40, 41, 300, 301].contains($0) }
    #expect(result.values(.events, "c") == kept.map { $0 == 302 ? "," : "x" })
  }

  /// Columns are read one after the other; what is lost is told in the order of the lines all the same.
  @Test func lossesAreToldInTheOrderOfTheLines() throws {
    let long = String(repeating: "x", count: 300)
    let result = try TableResult(
      """
      log: {files: log.csv, user: u, item: i, time: {column: t, unit: s}}
      label: {column: t, at_least: 0}
      event_features: {a: {}, b: {kind: numeric}, c: {list: "|"}}
      split: {time: 100000}

      """,
      ["log.csv": "u,i,t,a,b,c\nu,i,1,a,1,x|\(long)\nu,j,2,a,?,x\nu,k,3,\(long),2,\(long)\nu,l,4,a,?,x\n"])
    let lost = result.account.files[0].lostValues
    #expect(lost.map(\.line) == [2, 3, 4])
    #expect(lost.map(\.count) == [2, 2, 1])
    #expect(lost.first?.what.contains("c") == true && lost.last?.what.contains("a") == true)
    #expect(result.values(.events, "c") == ["x", "x", "", "x"])
  }

  /// Values of a vocabulary that columns share are numbered as a reader of the file meets them.
  @Test func sharedVocabulariesAreNumberedRowByRow() throws {
    let result = try TableResult(
      """
      log: {files: log.csv, user: u, item: i, time: {column: t, unit: s}}
      label: {column: t, at_least: 0}
      event_features: {a: {vocabulary: both}, b: {vocabulary: both}}
      split: {time: 100000}

      """, ["log.csv": "u,i,t,a,b\n" + (0..<300).map { "u,i\($0),\($0),a\($0),b\($0)\n" }.joined()])
    // No sample knows the last event.
    let expected = (0..<299).flatMap { ["a\($0):1", "b\($0):1"] } + ["|a299:0", "|b299:0"]
    #expect(result.vocabulary("both") == expected)
  }

  /// More different lists than are remembered, each twice; one of them loses a value each time.
  @Test func listsThatComeAgain() throws {
    let count = 5000
    let long = String(repeating: "x", count: 300)
    let lists = (0..<2 * count).map { row in
      row % count == 9 ? "tag-1|\(long)" : "tag-\(row % 50)|tag-\(row % 100)|tag-\(row % count)"
    }
    let result = try TableResult(
      """
      log: {files: log.csv, user: u, item: i, time: {column: t, unit: s}}
      label: {column: t, at_least: 0}
      event_features: {c: {list: "|"}}
      split: {time: 100000}

      """,
      [
        "log.csv": "u,i,t,c\n"
          + lists.enumerated().map { "u,i\($0.offset),\($0.offset),\($0.element)\n" }.joined()
      ])
    #expect(result.account.files[0].lostValues.map(\.count) == [2])
    let expected = (0..<2 * count).map { row in
      if row % count == 9 { return "tag-1" }
      var tags: [String] = []
      for tag in [row % 50, row % 100, row % count].map({ "tag-\($0)" }) where !tags.contains(tag) {
        tags.append(tag)
      }
      return tags.joined(separator: "+")
    }
    #expect(result.values(.events, "c") == expected)
  }
}
