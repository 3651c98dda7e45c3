import Foundation
import Import
import Support
import Testing

@Suite struct TimeReaderTests {
  private func seconds(_ texts: [String], unit: TimeUnit? = nil) throws -> [Int64] {
    var reader = TimeReader(field: "t", unit: unit)
    return try texts.map { text in try withLine(text) { try reader.seconds(Bytes($0)) } }
  }

  @Test func unitsAreToldByTheFirstTime() throws {
    #expect(
      try seconds(["1588687728", " 1588687729 ", "1588687730.999", "0"]) == [
        1_588_687_728, 1_588_687_729, 1_588_687_730, 0,
      ])
    #expect(try seconds(["1588687728923", "1588687728000.0"]) == [1_588_687_728, 1_588_687_728])
    #expect(try seconds(["1588687728923456"]) == [1_588_687_728])
    #expect(try seconds(["1588687728923456789"]) == [1_588_687_728])
    #expect(try seconds(["1588687728"], unit: .milliseconds) == [1_588_687])
    #expect(try seconds(["-1", "5"].reversed().dropLast(), unit: .seconds) == [5])
    for bad in ["soon", "", "nan", "inf", "0x10", "1,5"] {
      #expect(throws: MalformedLine.notATime(field: "t", text: withLine(bad) { Bytes($0).excerpt })) {
        try seconds([bad])
      }
    }
    #expect(throws: MalformedLine.roundedTime(field: "t", text: #""1.3e9""#)) { try seconds(["1.3e9"]) }
    #expect(throws: MalformedLine.self) { try seconds(["1588687728", "1588687728923"]) }
    #expect(throws: MalformedLine.self) { try seconds(["1588687728", "2020-01-01"]) }
    #expect(throws: MalformedLine.self) { try seconds(["-1"]) }
    // 9.2e18 and more cannot be a whole number of seconds in 64 bits.
    #expect(throws: MalformedLine.self) { try seconds(["99999999999999999999999"]) }
  }

  @Test func datesAreThoseOfTheSystem() {
    var random = KeyedRandom(seed: 3)
    for _ in 0..<5000 {
      var time = time_t(Int64.random(in: -62_167_219_200...253_402_300_799, using: &random))
      let expected = Int64(time)
      var parts = tm()
      gmtime_r(&time, &parts)
      var text = [CChar](repeating: 0, count: 32)
      // %Y has no zeros before years of fewer than four digits.
      let format = Bool.random(using: &random) ? "-%m-%dT%H:%M:%S" : "-%m-%d %H:%M:%SZ"
      strftime(&text, text.count, format, &parts)
      let year = "\(parts.tm_year + 1900)"
      var spelling =
        String(repeating: "0", count: 4 - year.count) + year
        + text.withUnsafeBufferPointer {
          String(cString: $0.baseAddress.unsafelyUnwrapped)
        }
      #expect(withLine(spelling) { TimeReader.date(Bytes($0))?.seconds } == expected, "\(spelling)")
      // A byte that is no digit in the place of one.
      let places = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]
      let place = spelling.index(
        spelling.startIndex, offsetBy: places[Int.random(in: 0..<14, using: &random)])
      let wrong = Array(" /:-Ap")[Int.random(in: 0..<6, using: &random)]
      spelling.replaceSubrange(place...place, with: "\(wrong)")
      #expect(withLine(spelling) { TimeReader.date(Bytes($0)) } == nil, "\(spelling)")
    }
  }

  @Test func datesAreThoseOfISO8601() throws {
    // From Python's datetime.fromisoformat(...).timestamp().
    for (text, expected) in [
      ("2005-04-02 23:53:47", 1_112_486_027), ("2005-04-02T23:53:47Z", 1_112_486_027), ("1970-01-01", 0),
      ("2017-11-25T00:00:00+08:00", 1_511_539_200), ("2017-11-24T19:00-0500", 1_511_568_000),
      ("2017/11/25 13:00", 1_511_614_800), ("2016-02-29T12:00:00.750Z", 1_456_747_200),
      ("2017-11-25 00:00:00 UTC", 1_511_568_000), ("9999-12-31T23:59:59", 253_402_300_799),
    ] {
      #expect(withLine(text) { TimeReader.date(Bytes($0))?.seconds } == Int64(expected), "\(text)")
    }
    for text in [
      "2017-02-29", "2017-13-01", "2017-1-1", "2017011", "2017-11-25T", "2017-11-25T24:00",
      "2017-11-25 1:00",
      "2017-11-25T10:00:00+", "2017-11-25T10:00:00+8", "2017-11-25T10:00:00.", "2017-11-25 10:60", "x", "",
      "2017-11-25T10:00:00Zx",
    ] {
      #expect(withLine(text) { TimeReader.date(Bytes($0))?.seconds } == nil, "\(text)")
    }
  }
}
