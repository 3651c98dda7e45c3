import IO
import Import
import TestSupport
import Testing

/// The split and the negatives: what they may depend on, and that they are spread as they should be.
@Suite struct ImportSamplingTests {
  /// `users` users with 3 to 12 rows each over 50 items.
  private func log(_ users: Range<Int>) -> [String] {
    users.flatMap { user in
      (0..<3 + user % 10).map { "u\(user),i\((user * 7 + $0 * 13) % 50),\($0 * 100 + user)" }
    }
  }

  private func run(
    _ rows: [String], seed: UInt64, split: SplitRule = .fraction(0.7), keepFirst: Bool = false,
    ownItems: NegativeSampling.OwnItems = .excluded
  ) throws -> Dataset {
    let directory = try FileTestFolder()
    let file = try directory.write("user,item,timestamp\n" + rows.joined(separator: "\n"), to: "i")
    return try CSVImport.run(
      CSVImport.Options(
        interactions: file, split: split, seed: seed, negatives: NegativeSampling(ownItems: ownItems),
        keepFirst: keepFirst))
  }

  @Test func theSameSeedGivesTheSameDataSet() throws {
    let rows = log(0..<40)
    let first = try run(rows, seed: 5)
    #expect(try run(rows, seed: 5).lines == first.lines)
    #expect(try run(rows, seed: 6).lines != first.lines)
  }

  @Test func otherUsersDoNotChangeAUsersSamples() throws {
    let small = try run(log(0..<40), seed: 5)
    // The same items, in another order of users and items.
    let large = try run(log(40..<90) + log(0..<40).reversed(), seed: 5)
    #expect(small.items.count == 50 && large.items.count == 50)
    let larger = Set(large.lines)
    #expect(small.lines.allSatisfy(larger.contains))
  }

  @Test func ratiosAreUniformAndHoldInTrainingAndTest() throws {
    let dataset = try run(log(0..<3000), seed: 9)
    var counts = [Int](repeating: 0, count: 10)
    for user in 0..<dataset.users.count {
      var ratios: Set<Int> = []
      for samples in [dataset.train, dataset.test] {
        let labels = samples.rows(ofUser: user).map { Int(samples.label[$0]) }
        let positives = labels.reduce(0, +)
        #expect(positives > 0)
        #expect((labels.count - positives).isMultiple(of: positives))
        ratios.insert((labels.count - positives) / positives)
        // Each positive is followed by its negatives, with the same history.
        for (index, row) in samples.rows(ofUser: user).enumerated() {
          let group = labels.count / positives
          #expect(labels[index] == (index.isMultiple(of: group) ? 1 : 0))
          let positive = row - index % group
          #expect(samples.eventPosition[row] == samples.eventPosition[positive])
          #expect((samples.item[row] == samples.item[positive]) == (row == positive))
        }
      }
      #expect(ratios.count == 1)
      for ratio in ratios { counts[ratio] += 1 }
    }
    #expect(counts[0] == 0)
    // 333 of each expected, standard deviation 17.
    #expect(counts[1...].allSatisfy { abs($0 - 333) < 90 }, "\(counts)")
  }

  @Test(arguments: NegativeSampling.OwnItems.allCases)
  func negativesAreUniformOverTheOtherItems(ownItems: NegativeSampling.OwnItems) throws {
    let dataset = try run(log(0..<3000), seed: 9, ownItems: ownItems)
    var drawn = [Double](repeating: 0, count: 50)
    var expected = [Double](repeating: 0, count: 50)
    for user in 0..<dataset.users.count {
      let events = Int(dataset.users.eventOffsets[user])..<Int(dataset.users.eventOffsets[user + 1])
      let own = Set(events.map { dataset.events.item[$0] })
      for samples in [dataset.train, dataset.test] {
        var positive: Int32 = 0
        for row in samples.rows(ofUser: user) {
          if samples.label[row] == 1 {
            positive = samples.item[row]
            continue
          }
          drawn[Int(samples.item[row])] += 1
          let excluded = ownItems == .excluded ? own : [positive]
          for item in 0..<Int32(50) where !excluded.contains(item) {
            expected[Int(item)] += 1.0 / Double(50 - excluded.count)
          }
        }
      }
    }
    var statistic = 0.0
    for item in 0..<50 {
      let difference = drawn[item] - expected[item]
      statistic += difference * difference / expected[item]
    }
    // Chi-square with 49 degrees of freedom: mean 49, standard deviation 10.
    #expect(statistic < 100, "\(statistic)")
  }

  /// What trains of a user's rows at `times` (with label, so that every row is a sample).
  private func trained(_ times: [Int], _ split: SplitRule) throws -> Int {
    let directory = try FileTestFolder()
    let rows = times.map { "u,i,\($0),1" }.joined(separator: "\n")
    let file = try directory.write("user,item,timestamp,label\n" + rows, to: "i")
    let dataset = try CSVImport.run(CSVImport.Options(interactions: file, split: split, seed: 1))
    #expect(dataset.train.count + dataset.test.count == times.count)
    return dataset.train.count
  }

  @Test func fractionsAreCutAsDocumented() throws {
    for (count, fraction, expected) in [
      (1, 0.8, 1), (2, 0.8, 1), (4, 0.8, 3), (5, 0.8, 4), (10, 0.7, 7), (100, 0.29, 29), (3, 0.1, 1),
    ] { #expect(try trained(Array(1...count), .fraction(fraction)) == expected) }
    // A cut among equal times moves to the nearer end, the later of two equally near.
    #expect(try trained([1, 2, 3, 3, 3], .fraction(0.6)) == 2)
    #expect(try trained([1, 3, 3, 3, 4], .fraction(0.6)) == 4)
    #expect(try trained([1, 3, 3, 4], .fraction(0.5)) == 3)
    #expect(try trained([3, 3, 3, 3, 3], .fraction(0.8)) == 5)
    #expect(try trained([3, 3, 3, 3, 3], .fraction(0.2)) == 0)
  }

  @Test func timestampsAreCutAsDocumented() throws {
    for (time, expected) in [(0, 0), (1, 1), (2, 1), (3, 4), (4, 4), (5, 5), (9, 5)] {
      #expect(try trained([1, 3, 3, 3, 5], .timestamp(Int64(time))) == expected)
    }
  }

  @Test func unsortedFilesGiveTheSameDataSet() throws {
    let rows = log(0..<30)
    let sorted = try run(rows, seed: 2)
    var random = SystemRandomNumberGenerator()
    let shuffled = try run(rows.shuffled(using: &random), seed: 2)
    #expect(Set(shuffled.lines) == Set(sorted.lines))
  }
}
