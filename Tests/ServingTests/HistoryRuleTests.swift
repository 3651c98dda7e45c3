import IO
import Serving
import Support
import TestSupport
import Testing

@Suite struct HistoryRuleTests {
  /// Events of one user at 10, 20, 20, 20 and 30.
  private func dataset() -> Dataset {
    var dataset = smallDataset(users: 1)
    dataset.users.eventOffsets = Column([0, 5])
    dataset.events = Dataset.Events(
      item: Column([1, 2, 3, 4, 5]), timestamp: Column([10, 20, 20, 20, 30]), label: Column([1, 1, 1, 1, 1]))
    dataset.train = Dataset.Samples(
      offsets: Column([0, 1]), item: Column([9]), label: Column([0]), eventPosition: Column([2]),
      timestamp: Column([20]))
    dataset.test = Dataset.Samples(
      offsets: Column([0, 0]), item: Column([]), label: Column([]), eventPosition: Column([]),
      timestamp: Column([]))
    return dataset
  }

  /// Earlier events of the same second belong to a history, up to the row of the same item, or none does.
  @Test(arguments: [
    (SameTime.before, Int32(3), Int64(20), Int32(2)), (SameTime.before, Int32(2), Int64(20), Int32(1)),
    (SameTime.before, Int32(7), Int64(20), Int32(4)), (SameTime.before, Int32(7), Int64(15), Int32(1)),
    (SameTime.before, Int32(7), Int64(5), Int32(0)), (SameTime.before, Int32(7), Int64(99), Int32(5)),
    (SameTime.exclude, Int32(3), Int64(20), Int32(1)), (SameTime.exclude, Int32(7), Int64(20), Int32(1)),
    (SameTime.exclude, Int32(7), Int64(21), Int32(4)),
    // What the data set says of a sample of its own counts.
    (SameTime.exclude, Int32(9), Int64(20), Int32(2)), (SameTime.before, Int32(9), Int64(20), Int32(2)),
    (SameTime.before, Int32(9), Int64(21), Int32(4)),
  ])
  func positions(_ sameTime: SameTime, _ item: Int32, _ time: Int64, _ expected: Int32) {
    let rule = HistoryRule(dataset: dataset(), sameTime: sameTime)
    #expect(rule.position(user: 0, item: item, time: time) == expected)
    #expect(rule.position(user: 0, item: item, time: nil) == 5)
  }

  /// The data set's own samples show what they know of their second.
  @Test func sameTimeOfADataset() {
    var dataset = dataset()
    #expect(dataset.sameTime == .before)
    dataset.train.eventPosition = Column([1])
    #expect(dataset.sameTime == .exclude)
    dataset.provenance.settings["same_time"] = "before"
    #expect(dataset.sameTime == .before)
  }
}
