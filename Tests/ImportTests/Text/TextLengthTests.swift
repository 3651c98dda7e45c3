import IO
import Import
import Support
import TestSupport
import Testing

/// Lines, fields, numbers and identifiers of every length: what is read many bytes at a time has ends of its own.
@Suite struct TextLengthTests {
  private var random = KeyedRandom(seed: 7)

  private mutating func text(of letters: [Character], count: Int) -> String {
    String((0..<count).map { _ in letters[Int(random.next() % UInt64(letters.count))] })
  }

  private func fields(_ line: String) throws -> [String] {
    try withLine(line) { line in
      var fields = CSVFields()
      try fields.split(line)
      var result: [String] = []
      for index in 0..<fields.count { result.append(String(decoding: fields[index], as: UTF8.self)) }
      return result
    }
  }

  @Test mutating func fieldsOfLinesOfAnyLength() throws {
    for count in 0..<300 {
      let line = text(of: ["a", "b", ",", ";", "é"], count: count)
      let expected = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      #expect(try fields(line) == expected, "\(line)")
    }
  }

  @Test mutating func quotedFieldsOfLinesOfAnyLength() throws {
    for count in 0..<300 {
      let expected = (0..<1 + count % 7).map { _ in
        text(of: ["a", ",", "\""], count: Int(random.next() % 40))
      }
      let line = expected.map { field in
        let isPlain = !field.contains(",") && !field.hasPrefix("\"")
        return isPlain && field.count % 2 == 0 ? field : "\"\(field.replacing("\"", with: "\"\""))\""
      }
      #expect(try fields(line.joined(separator: ",")) == expected)
    }
  }

  @Test mutating func numbersAreThoseOfTheStandardLibrary() {
    let digits: [Character] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
    for count in 1..<22 {
      for _ in 0..<50 {
        let whole = text(of: digits, count: count)
        #expect(withLine(whole) { Bytes($0).wholeNumber } == Int64(whole), "\(whole)")
        var point = Array(whole)
        point.insert(".", at: Int(random.next() % UInt64(count + 1)))
        for decimal in [whole, String(point)] {
          #expect(withLine(decimal) { Bytes($0).decimalNumber } == Double(decimal), "\(decimal)")
        }
        // One byte that is no digit: next to the digits in ASCII, or a second point.
        for wrong: Character in ["/", ":", "\0", "p", "é"] {
          var broken = Array(whole)
          broken[Int(random.next() % UInt64(count))] = wrong
          #expect(withLine(String(broken)) { Bytes($0).wholeNumber } == nil)
          #expect(withLine(String(broken)) { Bytes($0).decimalNumber } == nil)
        }
      }
    }
    for text in [".", "1.2.3", "..", "1..", ".1.", ""] {
      #expect(withLine(text) { Bytes($0).decimalNumber } == nil, "\(text)")
    }
  }

  @Test mutating func identifiersOfAnyLengthAreToldApart() {
    var table = IdentifierTable(field: "user")
    var rows: [String: Int32] = [:]
    for count in 1..<60 {
      for _ in 0..<100 {
        // Mostly alike, so that one byte anywhere tells them apart.
        var name = Array(String(repeating: "a", count: count))
        name[Int(random.next() % UInt64(count))] = "b"
        name[Int(random.next() % UInt64(count))] = "c"
        let row = withLine(String(name)) { table.insert(Bytes($0)) }
        #expect(row == rows[String(name), default: Int32(rows.count)])
        rows[String(name)] = row
      }
    }
    #expect(table.count == rows.count)
    for (name, row) in rows {
      #expect(withLine(name) { table.find(Bytes($0)) } == row)
      #expect(table.string(Int(row)) == name)
      #expect(withLine(name + "x") { table.find(Bytes($0)) } == nil)
    }
  }
}
