import Support
import Testing

@Suite struct PhaseClockTests {
  /// The latest events stay, rare ones however many of the others there are, and what is lost is counted;
  /// totals hold everything.
  @Test func boundedMemory() {
    let clock = PhaseClock()
    clock.record(.forward, start: 0, duration: 1)
    #expect(clock.events().isEmpty && clock.droppedCount == 0 && clock.seconds(.forward) == 1)
    clock.keepEvents(40)
    clock.record(.load, start: 0, duration: 2)
    for i in 0..<25 { clock.record(.user, start: Double(i), duration: 0.5) }
    for i in 0..<7 { clock.record(.forward, start: Double(i), duration: 1) }
    #expect(clock.droppedCount == 15)
    let users = clock.events().filter { $0.phase == Phase.user.rawValue }
    #expect(users.map(\.start) == (15..<25).map(Double.init))
    #expect(clock.events().count == 18)
    #expect(clock.events().contains { $0.phase == Phase.load.rawValue && $0.duration == 2 })
    #expect(clock.seconds(.user) == 12.5 && clock.seconds(.forward) == 8)
  }

  @Test func phasesAreNamedApart() {
    #expect(Set(Phase.allCases.map(\.name)).count == Phase.allCases.count)
    #expect(Phase.denseSum.name == "dense_sum" && Phase.forward.name == "forward")
  }
}
