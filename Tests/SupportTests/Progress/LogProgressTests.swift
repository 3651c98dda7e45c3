import Support
import Testing

@Suite struct LogProgressTests {
  @Test func linesComeSoonAndThenAtGrowingDistances() {
    var lines: [String] = []
    let clock = TestClock(0)
    let log = LogProgress(timeOfDay: { "09:05:30" }, write: { lines.append($0) })
    let task = ProgressFeed([log], clock: clock.read).start("fine-tuning", unit: "users", total: 8000)
    var times: [Double] = []
    for second in 1...300 {
      clock.now = Double(second)
      let before = lines.count
      task.update(10 * clock.now)
      if lines.count > before { times.append(clock.now) }
    }
    #expect(times == [1, 3, 8, 18, 38, 68, 128, 188, 248])
    #expect(lines[1] == "09:05:30 fine-tuning: 30/8000 users, 10.0 users/s, 13 min 17 s left\n")
    task.finish(3000)
    #expect(lines.last == "09:05:30 fine-tuning: 3000 users in 5 min 0 s, 10.0 users/s\n")
  }

  @Test func measuresAndNotesStandAtTheEnd() {
    let event = ProgressEvent(
      work: "validation after step 30", unit: "samples", done: 80, seconds: 2,
      measures: [ProgressMeasure("user AUC", 0.5, digits: 3), ProgressMeasure("log loss", .nan, digits: 2)],
      note: "the best so far", isLast: true)
    #expect(
      event.line
        == "validation after step 30: 80 samples in 2.0 s, 40.0 samples/s, user AUC 0.500, log loss -, the best so far"
    )
  }

  @Test func theTimeOfDayHasTwoDigitsEach() {
    let parts = LogProgress.localTime().split(separator: ":")
    #expect(parts.count == 3 && parts.allSatisfy { $0.count == 2 && Int($0) != nil })
  }
}
