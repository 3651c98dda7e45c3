import IO
import Import
import Studies
import Support
import TestSupport
import Testing

@Suite struct SyntheticWorldTests {
  static func options(users: Int = 4000, drift: Bool = true, seed: UInt64 = 3)
    -> SyntheticWorld.Options
  {
    SyntheticWorld.Options(users: users, items: 1000, seed: seed, drift: drift)
  }

  static let drifting = Result { try SyntheticWorld(options()).dataset() }
  static let still = Result { try SyntheticWorld(options(drift: false)).dataset() }

  /// Variance over users of the training part's click rate, without what chance alone adds to it.
  func spread(_ samples: Dataset.Samples) -> Double {
    var rates: [Double] = []
    var chance = 0.0
    for user in 0..<samples.offsets.count - 1 {
      let rows = samples.rows(ofUser: user)
      if rows.isEmpty { continue }
      let count = Double(rows.count)
      rates.append(rows.reduce(0) { $0 + Double(samples.label[$1]) } / count)
      chance +=
        rows.reduce(0) {
          $0 + Double(samples.probability![$1]) * Double(1 - samples.probability![$1])
        } / (count * count)
    }
    let mean = rates.reduce(0, +) / Double(rates.count)
    let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rates.count)
    return variance - chance / Double(rates.count)
  }

  @Test func hasTheSizeAskedFor() throws {
    let dataset = try SyntheticWorldTests.drifting.get()
    #expect(dataset.users.count == 4000)
    #expect(dataset.items.count == 1000)
    #expect(dataset.categoryNames.count == 40)
    #expect(dataset.users.id[17] == "u17" && dataset.items.id[17] == "i17")
    #expect(abs(Double(dataset.train.count) / 4000 - 45) < 2)
    #expect(abs(Double(dataset.test.count) / 4000 - 15) < 1)
    let counts = (0..<4000).map { dataset.train.rows(ofUser: $0).count }.sorted()
    #expect(counts[400] < 25 && counts[3600] > 70)
    #expect(dataset.provenance.kind == "synthetic")
    #expect(dataset.provenance.splitRule == "timestamp <= 1603628799")
    #expect(dataset.provenance.settings["drift"] == "true")
    #expect(Set(dataset.itemCategories.values).count == 40)
  }

  @Test(arguments: [true, false])
  func usersClickAsOftenAsAskedFor(drift: Bool) throws {
    let dataset = try (drift ? SyntheticWorldTests.drifting : SyntheticWorldTests.still).get()
    #expect(abs(dataset.globalCTR - 0.17) < 0.01)
    var options = SyntheticWorldTests.options(users: 2000, drift: drift)
    options.clickRate = 0.04
    #expect(abs(try SyntheticWorld(options).dataset().globalCTR - 0.04) < 0.005)
  }

  @Test func localRatesDifferOnlyWithDrift() throws {
    let drifting = spread(try SyntheticWorldTests.drifting.get().train)
    let still = spread(try SyntheticWorldTests.still.get().train)
    // A logit-normal with mean 0.17 and spread 1 has a variance of 0.0172.
    #expect(abs(drifting - 0.017) < 0.003, "\(drifting)")
    #expect(still > -0.0005 && still < 0.002, "\(still)")
  }

  @Test func driftChangesNothingButTheRates() throws {
    let (drifting, still) = (try SyntheticWorldTests.drifting.get(), try SyntheticWorldTests.still.get())
    #expect(drifting.train.item.values.elementsEqual(still.train.item.values))
    #expect(drifting.test.item.values.elementsEqual(still.test.item.values))
    #expect(drifting.train.offsets.values.elementsEqual(still.train.offsets.values))
    #expect(!drifting.train.probability!.values.elementsEqual(still.train.probability!.values))
  }

  @Test func clicksFollowTheirProbabilities() throws {
    clicksFollow(try SyntheticWorldTests.drifting.get().train)
  }

  /// Expects as many clicks as the stored probabilities say, by tenths of the probability.
  func clicksFollow(_ train: Dataset.Samples) {
    guard let probability = train.probability else {
      Issue.record("no probabilities")
      return
    }
    var expected = [Double](repeating: 0, count: 10)
    var variance = expected
    var clicks = expected
    for row in 0..<train.count {
      let p = Double(probability[row])
      let bin = min(Int(p * 10), 9)
      expected[bin] += p
      variance[bin] += p * (1 - p)
      clicks[bin] += Double(train.label[row])
    }
    for bin in 0..<10 {
      #expect(abs(clicks[bin] - expected[bin]) < 4.5 * variance[bin].squareRoot() + 1, "\(bin)")
    }
  }

  /// AUC by pairs within each user, weighted by the user's samples.
  func userAUC(_ samples: Dataset.Samples, _ score: (_ user: Int, _ row: Int) -> Double) -> Double {
    var sum = 0.0
    var weight = 0.0
    for user in 0..<samples.offsets.count - 1 {
      let rows = samples.rows(ofUser: user)
      let positives = rows.filter { samples.label[$0] == 1 }.map { score(user, $0) }
      let negatives = rows.filter { samples.label[$0] == 0 }.map { score(user, $0) }
      if positives.isEmpty || negatives.isEmpty { continue }
      var wins = 0.0
      for high in positives { for low in negatives { wins += high > low ? 1 : (high == low ? 0.5 : 0) } }
      sum += wins / Double(positives.count * negatives.count) * Double(rows.count)
      weight += Double(rows.count)
    }
    return sum / weight
  }

  @Test func tasteShowsInTheHistory() throws {
    let dataset = try SyntheticWorldTests.drifting.get()
    let probability = try #require(dataset.test.probability)
    let best = userAUC(dataset.test) { _, row in Double(probability[row]) }
    #expect(best > 0.8 && best < 0.86, "\(best)")
    // The plainest history model: how often the user clicked on the candidate's category before.
    let history = userAUC(dataset.test) { user, row in
      let category = dataset.itemCategories[Int(dataset.test.item[row])]
      let first = Int(dataset.users.eventOffsets[user])
      let events = first..<first + Int(dataset.test.eventPosition[row])
      return Double(events.count { dataset.itemCategories[Int(dataset.events.item[$0])] == category })
    }
    // The plainest model without it: how often all users clicked on the item.
    var clicks = [Double](repeating: 0, count: dataset.items.count)
    var shown = [Double](repeating: 1, count: dataset.items.count)
    for row in 0..<dataset.train.count {
      clicks[Int(dataset.train.item[row])] += Double(dataset.train.label[row])
      shown[Int(dataset.train.item[row])] += 1
    }
    let item = userAUC(dataset.test) { _, row in
      let item = Int(dataset.test.item[row])
      return clicks[item] / shown[item]
    }
    #expect(item > 0.55, "\(item)")
    #expect(history > item && history < best, "\(history) against \(item)")
  }

  @Test func samplesKnowOnlyEarlierClicks() throws {
    let dataset = try SyntheticWorldTests.drifting.get()
    let test = SyntheticWorld.Period.test.times
    #expect(dataset.events.label.values.allSatisfy { $0 == 1 })
    for user in 0..<200 {
      let events = Int(dataset.users.eventOffsets[user])..<Int(dataset.users.eventOffsets[user + 1])
      let times = events.map { dataset.events.timestamp[$0] }
      #expect(times == times.sorted())
      let beforeTest = times.count { $0 < test.lowerBound }
      let positions = dataset.train.rows(ofUser: user).map { Int(dataset.train.eventPosition[$0]) }
      #expect(positions == positions.sorted() && (positions.last ?? 0) <= beforeTest)
      for row in dataset.test.rows(ofUser: user) { #expect(dataset.test.eventPosition[row] >= beforeTest) }
    }
  }

  @Test func oneUserAloneIsTheSameUser() throws {
    let large = try SyntheticWorldTests.drifting.get()
    let world = try SyntheticWorld(SyntheticWorldTests.options(users: 10))
    for index in [9, 0, 4] {
      let user = world.user(index)
      let exposures = world.exposures(of: user, in: .training)
      let rows = large.train.rows(ofUser: index)
      #expect(exposures.map(\.item) == rows.map { large.train.item[$0] })
      #expect(exposures.map { $0.clicked ? 1 : 0 } == rows.map { large.train.label[$0] })
      for exposure in exposures {
        #expect(Float(world.clickProbability(user: user, item: Int(exposure.item))) == exposure.probability)
      }
    }
    let first = try SyntheticWorld(SyntheticWorldTests.options(users: 300)).dataset()
    let second = try SyntheticWorld(SyntheticWorldTests.options(users: 300)).dataset()
    let other = try SyntheticWorld(SyntheticWorldTests.options(users: 300, seed: 4)).dataset()
    #expect(first.lines == second.lines)
    #expect(first.train.probability!.values.elementsEqual(second.train.probability!.values))
    #expect(first.lines != other.lines)
    #expect(first.lines == Array(large.lines[..<300]))
  }

  @Test func popularityIsZipfs() throws {
    var options = SyntheticWorldTests.options(users: 1)
    options.popularityExponent = 1
    let world = try SyntheticWorld(options)
    let items = (0..<1000).map { world.item($0) }
    let popularity = items.map(\.popularity).sorted(by: >)
    let harmonic = (1...1000).reduce(0) { $0 + 1 / Double($1) }
    for rank in [0, 1, 9, 99, 999] {
      #expect(abs(popularity[rank] * harmonic * Double(rank + 1) - 1) < 1e-9)
    }
    #expect(items[5].id == "i5" && items[5].category == 5 && items[5].factors.count == 8)
    // Without taste, candidates follow it.
    options.tasteShare = 0
    let plain = try SyntheticWorld(options)
    var random = KeyedRandom(seed: 1)
    let user = plain.user(0)
    var counts = [Double](repeating: 0, count: 1000)
    for _ in 0..<100_000 { counts[plain.candidate(for: user, using: &random)] += 1 }
    for item in items where item.popularity > 0.01 {
      let place = items.firstIndex(of: item)!
      #expect(abs(counts[place] / 100_000 - item.popularity) < 0.003)
    }
  }
}
