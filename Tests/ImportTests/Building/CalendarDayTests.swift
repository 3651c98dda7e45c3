import Import
import Testing

/// The first second of 2017-11-25 in China.
private let start: Int64 = 1_511_539_200
private let day: Int64 = 86_400

@Suite struct CalendarDayTests {
  @Test func daysAreThoseOfTheCalendar() {
    // From Python's datetime.date(...).toordinal() - 719163.
    for (text, number) in [
      ("1970-01-01", 0), ("2017-11-25", 17_495), ("2000-02-29", 11_016), ("1900-03-01", -25_508),
      ("2100-12-31", 47_846), ("1969-12-31", -1), ("0001-01-01", -719_162),
    ] {
      #expect(CalendarDay(text)?.number == Int64(number))
      #expect(CalendarDay(number: Int64(number)).description == text)
    }
    for text in [
      "2017-11-31", "2017-02-29", "1900-02-29", "2017-13-01", "2017-00-10", "2017-1-1", "", "x", "2017-11-00",
    ] {
      #expect(CalendarDay(text) == nil)
    }
    for number in Int64(-800_000)..<Int64(800_000) where number % 37 == 0 {
      let day = CalendarDay(number: number)
      if number >= -719_162 { #expect(CalendarDay(day.description) == day) }
    }
  }

  @Test func daysBeginAtLocalMidnight() {
    let offset: Int64 = 8 * 3600
    #expect(CalendarDay(of: start, offset: offset).description == "2017-11-25")
    #expect(CalendarDay(of: start - 1, offset: offset).description == "2017-11-24")
    #expect(CalendarDay(of: -offset - 1, offset: offset).number == -1)
    #expect(CalendarDay(of: -offset - day, offset: offset).number == -1)
    #expect(CalendarDay("2017-11-25")?.start(offset: offset) == start)
  }
}
