import IO
import Import
import TestSupport
import Testing

/// Which items may be negatives.
@Suite struct NegativeSamplingTests {
  private func run(
    _ rows: [String], _ sampling: NegativeSampling, split: SplitRule = .fraction(0.7), keepFirst: Bool = false
  ) throws -> (dataset: Dataset, negatives: ImportAccount.Negatives) {
    let directory = try FileTestFolder()
    let file = try directory.write("user,item,timestamp\n" + rows.joined(separator: "\n"), to: "i")
    let log = EventLog()
    let dataset = try CSVImport.run(
      CSVImport.Options(
        interactions: file, split: split, seed: 3, negatives: sampling, keepFirst: keepFirst)
    ) { log.events.append($0) }
    return (dataset, try #require(log.account?.negatives))
  }

  /// Calls `body` with the user, the positive's row and the item of each negative.
  private func forNegatives(
    _ dataset: Dataset, _ body: (_ user: Int, _ item: Int, _ moment: Int64) throws -> Void
  ) rethrows {
    for samples in [dataset.train, dataset.test] {
      for user in 0..<dataset.users.count {
        let first = Int(dataset.users.eventOffsets[user])
        for row in samples.rows(ofUser: user) where samples.label[row] == 0 {
          try body(
            user, Int(samples.item[row]), dataset.events.timestamp[first + Int(samples.eventPosition[row])])
        }
      }
    }
  }

  private func own(_ dataset: Dataset, _ user: Int) -> Set<Int> {
    Set(
      (Int(dataset.users.eventOffsets[user])..<Int(dataset.users.eventOffsets[user + 1])).map {
        Int(dataset.events.item[$0])
      })
  }

  /// 60 users with 25 events each on one half of 60 items.
  private var halves: [String] {
    (0..<60).flatMap { user in
      (0..<25).map { "u\(user),i\(2 * (($0 * 7 + user) % 30) + user % 2),\($0 * 100 + user)" }
    }
  }

  @Test func ownItemsAreNoNegatives() throws {
    let (dataset, negatives) = try run(halves, NegativeSampling())
    var drawn = 0
    forNegatives(dataset) { user, item, _ in
      drawn += 1
      #expect(!own(dataset, user).contains(item))
    }
    #expect(drawn == negatives.drawn && drawn > 5000)
    // 25 of 60 items are a user's own: 0.714 draws are repeated for each that stands.
    #expect(abs(Double(negatives.redrawn) / Double(drawn) - 25.0 / 35) < 0.05)
    #expect(negatives.positivesWithout == 0)
    #expect(dataset.provenance.negativeSampling == "uniform 1...9 per user, never an item of the user's")
  }

  @Test func asNegativesKeepsTheReferencesRule() throws {
    let (dataset, negatives) = try run(halves, NegativeSampling(ownItems: .asNegatives))
    var ownDrawn = 0
    forNegatives(dataset) { user, item, _ in if own(dataset, user).contains(item) { ownDrawn += 1 } }
    #expect(negatives.redrawn == 0)
    // 24 of the 59 other items.
    #expect(abs(Double(ownDrawn) / Double(negatives.drawn) - 24.0 / 59) < 0.03)
    #expect(dataset.provenance.negativeSampling == "uniform 1...9 per user")
  }

  @Test func whoHasEverythingHasNoNegatives() throws {
    let (dataset, negatives) = try run(
      ["u,a,1", "u,b,2", "u,c,3", "v,a,1", "v,b,2"], NegativeSampling(ratios: 2...2), split: .timestamp(5))
    #expect(
      dataset.lines == ["u: a@1=1 b@2=1 c@3=1 | b#1=1 c#2=1 |", "v: a@1=1 b@2=1 | b#1=1 c#1=0 c#1=0 |"])
    #expect(negatives.drawn == 2 && negatives.positivesWithout == 2)
  }

  @Test func oneItemLeftOfManyIsFound() throws {
    // All but one of 400 items are the user's: drawing at random would take 400 draws for each.
    let rows = (0..<399).map { "u,i\($0),\($0)" } + ["v,i0,1", "v,last,2"]
    let (dataset, negatives) = try run(rows, NegativeSampling(ratios: 9...9), split: .timestamp(1000))
    forNegatives(dataset) { user, item, _ in
      if user == 0 { #expect(dataset.items.id[item] == "last") }
    }
    #expect(negatives.drawn == 399 * 9 && negatives.redrawn <= 399 * 9 * 32)
  }

  @Test(arguments: NegativeSampling.OwnItems.allCases)
  func existingItemsAreOlderThanTheSample(ownItems: NegativeSampling.OwnItems) throws {
    // An item appears every 10 seconds.
    let rows = (0..<300).flatMap { time in
      (0..<3).map { "u\((time * 3 + $0 * 17) % 40),i\((time * (7 + $0)) % (time / 10 + 1)),\(time)" }
    }
    let (dataset, negatives) = try run(
      rows, NegativeSampling(ratios: 3...3, ownItems: ownItems, among: .existing), keepFirst: true)
    var first = [Int64](repeating: .max, count: dataset.items.count)
    for row in 0..<dataset.events.count {
      let item = Int(dataset.events.item[row])
      first[item] = min(first[item], dataset.events.timestamp[row])
    }
    var seen = Set<Int>()
    forNegatives(dataset) { user, item, moment in
      #expect(first[item] <= moment)
      if ownItems == .excluded { #expect(!own(dataset, user).contains(item)) }
      seen.insert(item)
    }
    #expect(seen.count > 20)
    // The first samples of the log have nothing to be set against.
    #expect(negatives.positivesWithout > 0)
    let samples = dataset.train.count + dataset.test.count
    #expect(samples == 900 + negatives.drawn)
    #expect(negatives.drawn == 3 * (900 - negatives.positivesWithout))
  }

  @Test func popularItemsAreDrawnInProportion() throws {
    // Item k of 8 has 2 ^ k events, by users who have no other; the users of interest have their own items.
    let crowd = (0..<8).flatMap { item in (0..<1 << item).map { "c\(item)-\($0),i\(item),\($0)" } }
    let readers = (0..<400).flatMap { user in (0..<6).map { "r\(user),own\($0),\($0)" } }
    for (power, candidates) in [(1.0, NegativeSampling.Candidates.all), (0.5, .all), (1.0, .existing)] {
      var sampling = NegativeSampling(ratios: 5...5, among: candidates, popularityPower: power)
      sampling.ownItems = .excluded
      let (dataset, negatives) = try run(crowd + readers, sampling)
      var drawn = [String: Double]()
      forNegatives(dataset) { _, item, _ in drawn[dataset.items.id[item], default: 0] += 1 }
      let weights = (0..<8).map { Double(1 << $0).squareRoot() }
        .map { power == 1 ? $0 * $0 : $0 }
      let sum = weights.reduce(0, +)
      for item in 0..<8 {
        let share = (drawn["i\(item)"] ?? 0) / Double(negatives.drawn)
        #expect(abs(share - weights[item] / sum) < 0.02, "i\(item), power \(power)")
      }
      // The readers' items have most of the events: some draws are made again.
      #expect(negatives.redrawn > negatives.drawn)
    }
  }

  @Test func otherUsersDoNotChangeWhatExists() throws {
    let sampling = NegativeSampling(ratios: 4...4, among: .existing, popularityPower: 0.75)
    let once = try run(halves, sampling).dataset
    #expect(try run(halves, sampling).dataset.lines == once.lines)
    var random = SystemRandomNumberGenerator()
    #expect(Set(try run(halves.shuffled(using: &random), sampling).dataset.lines) == Set(once.lines))
  }

  @Test func refusesPowersOutOfRange() throws {
    for power in [-1, 5, .nan, .infinity] {
      #expect(throws: ImportError.self) { try run(halves, NegativeSampling(popularityPower: power)) }
    }
  }

  /// Several rows of a user have one time, so that a negative may be an item of that very second.
  @Test func noHistoryHasANegativesOwnRow() throws {
    let rows = (0..<300).map { "u\($0 % 4),i\($0 * 7 % 11),\($0 / 20)" }
    let (dataset, _) = try run(rows, NegativeSampling(ratios: 5...5, ownItems: .asNegatives))
    var shorter = 0
    for samples in [dataset.train, dataset.test] {
      for user in 0..<dataset.users.count {
        let first = Int(dataset.users.eventOffsets[user])
        for row in samples.rows(ofUser: user) {
          let history = first..<first + Int(samples.eventPosition[row])
          #expect(
            !history.contains {
              dataset.events.item[$0] == samples.item[row]
                && dataset.events.timestamp[$0] == samples.timestamp?[row]
            })
          if samples.drawn?[row] == 1 && samples.eventPosition[row] < samples.eventPosition[row - 1] {
            shorter += 1
          }
        }
      }
    }
    #expect(shorter > 0)
  }
}
