import Support
import Testing

@Suite struct ProgressTaskTests {
  private let clock = TestClock()

  private func feed(_ listeners: any ProgressListener...) -> ProgressFeed {
    ProgressFeed(listeners, clock: clock.read)
  }

  /// Updates every tenth of a second for `seconds`; `done` is ten units per second.
  private func work(_ task: ProgressTask, seconds: Int, cost: ((Double) -> Double)? = nil) {
    for step in 1...10 * seconds {
      clock.now = 1000 + Double(step) / 10
      task.update(Double(step), cost: cost?(Double(step)), note: "step \(step)")
    }
  }

  @Test func everyListenerGetsEventsAsOftenAsItWants() {
    let (growing, steady) = (RecordingListener(1, 2, 5, 10), RecordingListener(0, 0.5))
    let task = feed(growing, steady).start("epoch 1/2", unit: "steps", total: 400)
    work(task, seconds: 40)
    #expect(growing.events.map(\.seconds) == [1, 3, 8, 18, 28, 38])
    // The sums of tenths are a little more or less than they are on paper.
    #expect((66...80).contains(steady.events.count) && steady.events[0].seconds < 0.11)
    let event = ProgressEvent(
      work: "epoch 1/2", unit: "steps", done: 30, total: 400, seconds: 3, secondsLeft: 37, note: "step 30")
    #expect(growing.events[1] == event && event.rate == 10)
  }

  @Test func theLastEventComesInAnyCaseAndOnce() {
    let listener = RecordingListener(60)
    let task = feed(listener).start("fine-tuning", unit: "users", total: 3)
    clock.now += 0.5
    task.update(2)
    task.finish(3, note: "no more")
    clock.now += 1000
    task.update(3)
    task.finish(3)
    #expect(
      listener.events == [
        ProgressEvent(
          work: "fine-tuning", unit: "users", done: 3, total: 3, seconds: 0.5, note: "no more", isLast: true)
      ])
  }

  /// Work that was over before anything was told is not told of at its end.
  @Test func whatTookNoTimeIsNotToldOf() {
    let (soon, late) = (RecordingListener(1), RecordingListener(60))
    let task = feed(soon, late).start("comparing", unit: "draws", total: 10)
    clock.now += 2
    task.update(5)
    task.finishIfTold(10)
    #expect(soon.events.map(\.done) == [5, 10] && late.events.isEmpty)
  }

  /// The first half of the units costs nine tenths: after it, a ninth of the time so far is left.
  @Test func timeLeftGoesByCost() throws {
    let (byCost, byCount) = (RecordingListener(5), RecordingListener(5))
    work(
      feed(byCost).start("fine-tuning", unit: "users", total: 100, totalCost: 50), seconds: 5,
      cost: { $0 * 45 / 50 })
    clock.now = 1000
    work(feed(byCount).start("fine-tuning", unit: "users", total: 100), seconds: 5)
    #expect(byCost.events.count == 1 && byCount.events.count == 1)
    let left = try #require(byCost.events[0].secondsLeft)
    #expect(abs(left - 5.0 / 9) < 1e-9)
    #expect(byCount.events[0].secondsLeft == 5)
  }

  /// Of 100 units an earlier run has done 40: rate and time left are of this run's own.
  @Test func whatAnEarlierRunDidCountsAsDone() {
    let listener = RecordingListener(2, 60)
    let task = feed(listener).start("fine-tuning", unit: "users", total: 100, earlier: 40)
    clock.now += 2
    task.update(60)
    clock.now += 4
    task.finish(100)
    #expect(
      listener.events.map(\.line) == [
        "fine-tuning: 60/100 users, 10.0 users/s, 4.0 s left",
        "fine-tuning: 100 users, 60 of them in 6.0 s, 10.0 users/s",
      ])
  }

  @Test func thereIsNoTimeLeftToTellWithoutATotalOrBeforeTheFirstUnit() {
    let listener = RecordingListener(0)
    let open = feed(listener).start("ratings.csv", unit: "MB")
    clock.now += 1
    open.update(5)
    let closed = feed(listener).start("fine-tuning", unit: "users", total: 10, totalCost: 1)
    clock.now += 1
    closed.update(0, cost: 0)
    // More than was announced.
    closed.update(11, cost: 1.5)
    #expect(listener.events.map(\.secondsLeft) == [nil, nil, 0])
  }

  /// Nothing but one reading of the clock, and no text is made, while nobody waits for an event.
  @Test func anUpdateThatIsNotDueIsCheap() {
    let task = feed(RecordingListener(10)).start("epoch 1/1", unit: "steps", total: 1000)
    let before = clock.readings
    var notes = 0
    func note() -> String {
      notes += 1
      return "loss"
    }
    for step in 0..<100 { task.update(Double(step), note: note()) }
    #expect(clock.readings == before + 100 && notes == 0)
    clock.now += 10
    task.update(100, note: note())
    #expect(notes == 1)
  }

  @Test func silenceReadsNoClock() {
    let task = ProgressFeed([], clock: clock.read).start("epoch 1/1", unit: "steps", total: 10)
    let before = clock.readings
    for step in 0..<10 { task.update(Double(step)) }
    #expect(clock.readings == before)
  }
}
