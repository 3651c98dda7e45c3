import IO
import Import
import Support
import TestSupport
import Testing

/// Joined parts of a log are the log.
@Suite struct MergeTests {
  private static let cut = SplitRule.timestamp(1_300_000_000 + 60 * 20_000)

  /// Three rows share a moment, so that the cuts at 100 and 161 rows fall within one, the
  /// latter between two rows of one user.
  @Test(arguments: ["rating", "label"], [[100], [120], [161, 200]])
  func partsInTimeAreTheWhole(_ value: String, _ cuts: [Int]) throws {
    let log = try SubsetLog()
    let rows = SubsetLog.rows()
    let whole = try log.dataset(rows, value: value, split: Self.cut)
    let bounds = [0] + cuts + [rows.count]
    let parts = try zip(bounds, bounds.dropFirst()).map {
      try log.dataset(Array(rows[$0..<$1]), value: value, split: Self.cut)
    }
    let (merged, account) = try log.merge(parts)
    #expect(merged.lines == whole.lines)
    #expect(merged.contentDigest() == whole.contentDigest())
    #expect(account.files.allSatisfy { $0.leftOutRows == 0 })
    #expect(account.sharedUsers == 11 && account.warnings.isEmpty)
    #expect(merged.provenance.splitRule == whole.provenance.splitRule)
  }

  /// Labels by two rules are joined, and it is said.
  @Test func otherRulesOfLabelsAreTold() throws {
    let log = try SubsetLog()
    var parts = try [0, 1].map { _ in
      try log.dataset(SubsetLog.rows(), value: "rating", split: Self.cut)
    }
    parts[1].provenance.settings["labels"] = "rating >= 1.0"
    let (merged, account) = try log.merge(parts)
    #expect(
      account.warnings.contains { "\($0)".contains("rating >= 4.0; rating >= 1.0") }, "\(account.warnings)")
    #expect(merged.provenance.settings["labels"] == "rating >= 4.0 | rating >= 1.0")
  }

  /// Days and hours are those of the log's clock, so that logs of two clocks do not join.
  @Test func logsOfOtherClocksAreRefused() throws {
    let log = try SubsetLog()
    var parts = try [0, 1].map { _ in
      try log.dataset(SubsetLog.rows(), value: "rating", split: Self.cut)
    }
    parts[0].provenance.settings["utc_offset"] = "28800"
    parts[1].provenance.settings["utc_offset"] = "0"
    let error = #expect(throws: (any Error).self) { try log.merge(parts) }
    #expect("\(try #require(error))".contains("utc_offset) is 28800 seconds ahead of UTC in the one and 0"))
    // Earlier versions do not say which clock it was.
    parts[1].provenance.settings["utc_offset"] = nil
    #expect(throws: Never.self) { try log.merge(parts) }
  }

  /// Parts by row number interleave in time. Their rows of one moment stand in the order of the files.
  @Test func partsThatInterleaveAreTheWhole() throws {
    let log = try SubsetLog()
    let rows = (0..<200).map { "u\($0 % 7),i\($0 * 3 % 23),\(1_300_000_000 + $0 * 17_000),\($0 % 5 + 1)" }
    let whole = try log.dataset(rows, value: "rating", split: Self.cut)
    let parts = try [0, 1].map { odd in
      try log.dataset(
        rows.enumerated().filter { $0.offset / 3 % 2 == odd }.map(\.element), value: "rating", split: Self.cut
      )
    }
    let (merged, _) = try log.merge(parts)
    // Users and items are numbered file after file.
    #expect(merged.lines.sorted() == whole.lines.sorted())
    #expect(Set(merged.itemIds) == Set(whole.itemIds))
  }

  @Test func categoriesAreMatchedByName() throws {
    let log = try SubsetLog()
    let rows = SubsetLog.rows()
    func part(_ range: Range<Int>, _ items: [Int]) throws -> Dataset {
      let table = "item,category\n" + items.map { "i\($0),c\($0 % 5)\n" }.joined()
      return try log.dataset(Array(rows[range]), value: "rating", split: Self.cut, items: table)
    }
    let whole = try part(0..<240, Array(0..<19))
    let (merged, _) = try log.merge([
      part(0..<120, Array(0..<19)), part(120..<240, Array((0..<19).reversed())),
    ])
    #expect(merged.itemLines == whole.itemLines)
    // Occurrences are those of all training samples.
    func counts(_ dataset: Dataset) throws -> [String: Int64] {
      let vocabulary = try #require(dataset.features.vocabulary("category"))
      let names = try #require(vocabulary.values)
      return Dictionary(uniqueKeysWithValues: (0..<names.count).map { (names[$0], vocabulary.counts[$0]) })
    }
    #expect(try counts(merged) == counts(whole))
  }

  @Test(arguments: [nil, "rating", "label"]) func rowsOfOverlappingFilesCountOnce(_ value: String?) throws {
    let log = try SubsetLog()
    let rows = SubsetLog.rows()
    let first = try log.dataset(Array(rows[..<150]), value: value, split: Self.cut)
    let (twice, account) = try log.merge([first, first])
    #expect(twice.contentDigest() == first.contentDigest())
    #expect(account.files.reduce(0) { $0 + $1.leftOutRows } == account.files.reduce(0) { $0 + $1.rows } / 2)
    guard value != nil else { return }
    let whole = try log.dataset(rows, value: value, split: Self.cut)
    let second = try log.dataset(Array(rows[90...]), value: value, split: Self.cut)
    let (merged, found) = try log.merge([first, second])
    #expect(merged.contentDigest() == whole.contentDigest())
    let left = found.files.filter { $0.leftOutRows > 0 }
    #expect(left.map(\.leftOutRows) == [60, 60])
    #expect(left.first?.leftOut.first?.what == "repeat the user, item and time of a row in an earlier file")
  }

  /// What a sample knows of another file's events of its own moment, under both rules.
  @Test func historiesAcrossFiles() throws {
    let log = try SubsetLog()
    let items = ["a", "b", "c"]
    func part(_ item: Int32, _ time: Int64, before: Int32) -> Dataset {
      .literal(
        items: items,
        [("u", [(0, 5), (item, time)], [(item, time, 1, 1, 0)], [(2, 5, 1, before, 0)])])
    }
    // No sample knows its own moment, so that none learns of another file's events of its moment.
    let (strict, _) = try log.merge([part(1, 10, before: 0), part(2, 10, before: 0)])
    #expect(strict.eventTexts == ["a@5", "b@10", "c@10"])
    #expect(strict.sampleTexts(strict.train) == ["b@10#1=1", "c@10#1=1"])
    // Where one does, it learns of those in earlier files.
    let (lax, account) = try log.merge([part(1, 10, before: 1), part(2, 10, before: 1)])
    #expect(lax.sampleTexts(lax.train) == ["b@10#1=1", "c@10#2=1"])
    // The second file's test sample repeats that of the first.
    #expect(lax.sampleTexts(lax.test) == ["c@5#1=1"])
    #expect(account.warnings.contains { if case .trainingAfterTest(1, _) = $0 { true } else { false } })
  }

  @Test func negativesGoWithARepeatedPositive() throws {
    let log = try SubsetLog()
    let first = Dataset.literal(
      items: ["a", "b"], [("u", [(0, 5)], [(0, 5, 1, 0, 0), (1, 5, 0, 0, 1)], [])])
    let second = Dataset.literal(
      items: ["c", "b", "a"],
      [
        (
          "u", [(2, 5), (1, 9)], [], [(2, 5, 1, 0, 0), (0, 5, 0, 0, 1), (1, 9, 1, 1, 0), (0, 9, 0, 1, 1)]
        )
      ])
    let (merged, account) = try log.merge([first, second])
    #expect(merged.eventTexts == ["a@5", "b@9"])
    #expect(merged.sampleTexts(merged.train) == ["a@5#0=1", "b@5#0=0*"])
    #expect(merged.sampleTexts(merged.test) == ["b@9#1=1", "c@9#1=0*"])
    #expect(account.files.map(\.leftOutRows) == [0, 0, 0, 1, 1, 1])
    #expect(account.negatives?.drawn == 2)
  }

  @Test func whatCannotBeJoinedIsRefused() throws {
    let log = try SubsetLog()
    let dataset = try log.dataset(SubsetLog.rows(), value: "label", split: Self.cut)
    var other = dataset
    other.features.items.append(
      Feature(
        "price", .numeric(steps: [.log]),
        [.numbers(Column(repeatElement(1, count: other.items.count)), missing: nil)], description: "",
        source: ""
      ))
    let names = (0...1).map { log.directory.path + "/part-\($0).h5" }
    #expect(
      throws: SubsetError.different(
        first: names[0], second: names[1], what: "/features/items/price is missing in the first")
    ) { try log.merge([dataset, other]) }
    var third = other
    third.features.items[1].kind = .numeric(steps: [])
    #expect(
      throws: SubsetError.different(
        first: names[0], second: names[1],
        what: "/features/items/price is a number with log in the one and a number in the other")
    ) { try log.merge([other, third]) }
    var timeless = dataset
    timeless.test.timestamp = nil
    #expect(throws: SubsetError.noTimes(file: names[1], option: "lcft merge")) {
      try log.merge([dataset, timeless])
    }
    var twice = dataset
    twice.users.id = StringColumn(["same", "same"] + dataset.userIds.dropFirst(2))
    #expect(
      throws: SubsetError.repeatedIdentifier(file: names[0], column: "/users/id", id: "same")
    ) { try log.merge([twice, dataset]) }
  }

  /// Negatives of one day that are positives of another are told.
  @Test func negativesThatAreOwnPositivesOfAnotherFile() throws {
    let log = try SubsetLog()
    let days = try [0, 1].map { day in
      try log.dataset(
        (0..<60).map {
          "u\($0 % 3),i\(($0 * 7 + day * 11 + $0 / 9) % 23),\(1_300_000_000 + day * 86_400 + $0 * 60),1"
        },
        value: nil, split: .fraction(0.8))
    }
    let (merged, account) = try log.merge(days)
    // Counted from the merged file: the drawn negatives of users who have a positive event with the item.
    var own = 0
    for part in [merged.train, merged.test] {
      for user in 0..<merged.users.count {
        let events = Int(merged.users.eventOffsets[user])..<Int(merged.users.eventOffsets[user + 1])
        let items = Set(events.map { merged.events.item[$0] })
        own += part.rows(ofUser: user).count { part.drawn?[$0] == 1 && items.contains(part.item[$0]) }
      }
    }
    #expect(own > 0)
    #expect(
      account.warnings.contains { if case .ownNegatives(own, _, _) = $0 { true } else { false } })
  }
}
