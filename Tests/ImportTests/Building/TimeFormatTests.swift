import Import
import Testing

@Suite struct TimeFormatTests {
  private func seconds(_ format: String, _ text: String, offset: Int64 = 0) throws -> Int64? {
    let format = try #require(TimeFormat(format))
    return Array(text.utf8).withUnsafeBufferPointer { format.time($0, utcOffset: offset)?.seconds }
  }

  // The numbers of Python's datetime.strptime(text, format).replace(tzinfo=utc).timestamp().
  @Test func times() throws {
    #expect(try seconds("%y%m%d%H", "14102103") == 1_413_860_400)
    #expect(try seconds("%Y-%m-%d %H:%M:%S.%f", "2014-10-21 03:04:05.999") == 1_413_860_645)
    #expect(try seconds("%d/%b/%Y:%H:%M:%S %z", "21/Oct/2014:03:04:05 -0700") == 1_413_885_845)
    #expect(try seconds("%B %e, %Y %I:%M %p", "October  1, 2014 12:30 AM") == 1_412_123_400)
    #expect(try seconds("%F %T", "1999-12-31 23:59:59") == 946_684_799)
    #expect(try seconds("%Y%m%d", "20140101", offset: 3600) == 1_388_530_800)
    #expect(try seconds("%y-%m-%d", "70-01-02") == 86_400)
    #expect(try seconds("%a %b %d %H:%M:%S %z %Y", "Mon Mar 02 07:58:49 -0800 2020") == 1_583_164_729)
    #expect(try seconds("%a, %d %b %Y %H:%M:%S %z", "Mon, 02 Mar 2020 07:58:49 GMT") == 1_583_135_929)
    #expect(try seconds("%A, %d %b %Y", "Monday, 02 Mar 2020") == 1_583_107_200)
  }

  @Test func whatIsNoTime() throws {
    #expect(try seconds("%Y-%m-%d", "2014-13-01") == nil)
    #expect(try seconds("%Y-%m-%d", "2014-01-01 ") == nil)
    #expect(try seconds("%Y-%m-%d", "2014-01") == nil)
    #expect(try seconds("%Y-%b-%d", "2014-Foo-01") == nil)
    #expect(try seconds("%Y%m%d%H", "2014010124") == nil)
    #expect(try seconds("%m/%d/%Y", "12/31/99") == nil)
    #expect(try seconds("%a %Y-%m-%d", "Foo 2020-03-02") == nil)
  }

  @Test func formatsWithoutADay() {
    for text in ["%H:%M", "%Y-%m", "%Q", "%Y-%m-%d %I", "%"] { #expect(TimeFormat(text) == nil, "\(text)") }
  }
}
