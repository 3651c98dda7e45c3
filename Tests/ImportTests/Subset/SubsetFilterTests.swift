import IO
import Import
import Support
import TestSupport
import Testing

/// What stays of users, items, events and samples.
@Suite struct SubsetFilterTests {
  /// Three users; item d is only drawn, and item c has one event.
  private static let dataset = Dataset.literal(
    items: ["a", "b", "c", "d"],
    [
      (
        "x", [(0, 10), (1, 20), (2, 86_410)], [(1, 20, 1, 1, 0), (3, 20, 0, 1, 1), (2, 20, 0, 1, 1)],
        [(2, 86_410, 1, 2, 0), (0, 86_410, 0, 2, 1)]
      ),
      ("y", [(1, 30), (0, 40)], [(0, 40, 1, 1, 0), (1, 40, 0, 1, 1)], []),
      ("z", [(1, 50)], [], [(1, 86_400, 1, 1, 0)]),
    ])

  private func account(_ account: ImportAccount, _ what: String) -> [String] {
    account.files.first { $0.file.hasSuffix(", " + what) }?.leftOut.map { "\($0.count) \($0.what)" } ?? []
  }

  @Test func listedUsersStayWithTheirItems() throws {
    let log = try SubsetLog()
    let (result, found) = try log.subset(Self.dataset) { $0.users = .ids(["z", "y", "nobody"]) }
    #expect(result.userIds == ["y", "z"] && result.itemIds == ["a", "b"])
    #expect(result.eventTexts == ["b@30", "a@40", "b@50"])
    #expect(result.sampleTexts(result.train) == ["a@40#1=1", "b@40#1=0*"])
    #expect(result.sampleTexts(result.test) == ["b@86400#1=1"])
    #expect(account(found, "users") == ["1 the user is not listed"])
    #expect(account(found, "events") == ["3 the user is not listed"])
    #expect(account(found, "samples") == ["2 the user is not listed"])
    #expect(account(found, "drawn negatives") == ["3 the user is not listed"])
    #expect(account(found, "items") == ["2 no event or sample refers to it"])
    let list = try #require(found.files.last)
    #expect(list.leftOut.map(\.what) == ["no user of the data set"] && list.leftOut[0].example == "nobody")

    let file = try log.directory.write("z\r\n y \n\nz\nnobody\n", to: "users.txt")
    let (again, other) = try log.subset(Self.dataset) { $0.users = .file(file) }
    #expect(again.contentDigest() == result.contentDigest())
    // Blank lines are lines.
    #expect(other.files.last?.leftOut[0].line == 5)
    #expect(
      throws: SubsetError.noneListed(
        file: log.directory.path + "/input.h5", users: "--users (no file of that name is there)")
    ) {
      try log.subset(Self.dataset) { $0.users = .ids(["nobody"]) }
    }
  }

  @Test func earlySamplesGoAndTheirEventsStay() throws {
    let log = try SubsetLog()
    let (result, found) = try log.subset(Self.dataset) { $0.firstSampleDay = CalendarDay("1970-01-02") }
    #expect(result.userIds == ["x", "y", "z"] && result.itemIds == ["a", "b", "c"])
    #expect(result.eventTexts == ["a@10", "b@20", "c@86410", "b@30", "a@40", "b@50"])
    // Histories are whole.
    #expect(result.sampleTexts(result.test) == ["c@86410#2=1", "a@86410#2=0*", "b@86400#1=1"])
    #expect(result.train.count == 0)
    #expect(account(found, "samples") == ["2 samples before 1970-01-02"])
    #expect(account(found, "drawn negatives") == ["3 samples before 1970-01-02"])
    #expect(account(found, "events") == [])
    #expect(throws: SubsetError.self) {
      try log.subset(Self.dataset) {
        $0.firstSampleDay = CalendarDay("1970-01-02")
        $0.lastDay = CalendarDay("1970-01-01")
      }
    }
  }

  @Test func daysCutEventsSamplesAndHistories() throws {
    let log = try SubsetLog()
    let (first, found) = try log.subset(Self.dataset) { $0.lastDay = CalendarDay("1970-01-01") }
    #expect(first.userIds == ["x", "y", "z"] && first.test.count == 0)
    #expect(first.eventTexts == ["a@10", "b@20", "b@30", "a@40", "b@50"])
    #expect(account(found, "samples") == ["2 not in the days up to 1970-01-01"])
    #expect(
      found.warnings.contains { if case .noTestSamples = $0 { true } else { false } })

    let (second, other) = try log.subset(Self.dataset) { $0.firstDay = CalendarDay("1970-01-02") }
    // The first day's events are in no history any more.
    #expect(second.userIds == ["x", "z"] && second.itemIds == ["a", "b", "c"])
    #expect(second.eventTexts == ["c@86410"])
    #expect(second.sampleTexts(second.test) == ["c@86410#0=1", "a@86410#0=0*", "b@86400#0=1"])
    #expect(account(other, "users") == ["1 no event or sample of the user is left"])
  }

  /// Item c goes with its one event, then z with its one; x and y and the items a and b have two each.
  @Test func theCoreHoldsWhenItIsDone() throws {
    let log = try SubsetLog()
    let (core, found) = try log.subset(Self.dataset) { $0.kCore = 2 }
    #expect(core.userIds == ["x", "y"] && core.itemIds == ["a", "b"])
    #expect(core.eventTexts == ["a@10", "b@20", "b@30", "a@40"])
    // Of x's negatives in training both items are gone, and its test positive takes its negative along.
    #expect(core.sampleTexts(core.train) == ["b@20#1=1", "a@40#1=1", "b@40#1=0*"])
    #expect(core.test.count == 0)
    #expect(
      account(found, "drawn negatives") == [
        "2 fewer than 2 events of the user or item", "1 the positive that they were drawn for is left out",
      ])
    #expect(account(found, "items") == ["2 fewer than 2 events of the user or item"])
    // Three negatives have a positive that stays, and two of them go with their items.
    #expect(found.warnings.contains { if case .lostNegatives(2, 3, _) = $0 { true } else { false } })
    #expect(throws: SubsetError.self) { try log.subset(Self.dataset) { $0.kCore = 3 } }
  }

  /// The core of a larger log, by counting over and over.
  @Test func theCoreIsTheLargestOne() throws {
    let log = try SubsetLog()
    let rows = SubsetLog.rows(120, users: 13, items: 41)
    let dataset = try log.dataset(rows, value: "rating", split: .fraction(0.8))
    let (core, _) = try log.subset(dataset) { $0.kCore = 3 }
    var left = rows.map { $0.split(separator: ",").map(String.init) }
    while true {
      let users = Dictionary(grouping: left, by: \.[0]).mapValues(\.count)
      let items = Dictionary(grouping: left, by: \.[1]).mapValues(\.count)
      let next = left.filter { users[$0[0], default: 0] >= 3 && items[$0[1], default: 0] >= 3 }
      if next.count == left.count { break }
      left = next
    }
    #expect(left.count < rows.count && !left.isEmpty)
    #expect(core.events.count == left.count)
    #expect(Set(core.userIds) == Set(left.map(\.[0])) && Set(core.itemIds) == Set(left.map(\.[1])))
    // Every event is a sample in a log of ratings.
    #expect(core.train.count + core.test.count == left.count)
  }

  @Test func aSampleOfUsersIsTheSameFromAnyDataSet() throws {
    let log = try SubsetLog()
    let rows = SubsetLog.rows(600, users: 200)
    let whole = try log.dataset(rows, value: "rating", split: .fraction(0.8))
    let half = try log.dataset(
      rows.filter { $0.hasPrefix("u1") }, value: "rating", split: .fraction(0.8))
    func sampled(_ dataset: Dataset, _ sample: DatasetSubset.UserSample, seed: UInt64 = 1) throws -> [String]
    {
      try log.subset(dataset) {
        $0.sample = sample
        $0.seed = seed
      }.dataset.userIds
    }
    let share = try sampled(whole, .share(0.4))
    #expect((whole.users.count / 5..<whole.users.count * 3 / 5).contains(share.count))
    #expect(try sampled(half, .share(0.4)) == share.filter { $0.hasPrefix("u1") }.sorted(like: half.userIds))
    #expect(try sampled(whole, .share(0.4), seed: 2) != share)
    let count = try sampled(whole, .count(10))
    #expect(count.count == 10 && Set(count).isSubset(of: Set(share)))
    #expect(try sampled(whole, .count(100_000)) == whole.userIds)
    #expect(throws: SubsetError.self) { try sampled(whole, .share(0)) }
  }
}

extension [String] {
  /// The same strings in the order in which they stand in `order`.
  fileprivate func sorted(like order: [String]) -> [String] { order.filter(contains) }
}
