import IO
import Import
import Studies
import Support
import TestSupport
import Testing

/// Worlds of exposures and actions, and options that cannot be.
extension SyntheticWorldTests {
  @Test func worldsWithoutActionsStayAsTheyAre() throws {
    let options = SyntheticWorld.Options(users: 50, items: 40, categories: 5, seed: 3)
    #expect(
      try SyntheticWorld(options).dataset().contentDigestOfVersion1()
        == "2294967ef854e020c250c8564bf7367b3a3a171d0e5b677071be25b892ff94e4")
  }

  static var actingOptions: SyntheticWorld.Options {
    var acting = options(users: 1000)
    acting.actions = true
    acting.clickRate = 0.04
    acting.meanTraining = 300
    acting.meanTest = 100
    return acting
  }

  static let acting = Result { try SyntheticWorld(actingOptions).dataset() }

  @Test func actionsAreBesideTheSameExposures() throws {
    let dataset = try SyntheticWorldTests.acting.get()
    var options = SyntheticWorldTests.actingOptions
    let action = try #require(dataset.actionCodes)
    options.actions = false
    let plain = try SyntheticWorld(options).dataset()
    #expect(plain.actionCodes == nil)
    for (with, without) in [(dataset.train, plain.train), (dataset.test, plain.test)] {
      #expect(with.item.values.elementsEqual(without.item.values))
      #expect(with.label.values.elementsEqual(without.label.values))
      #expect(with.probability!.values.elementsEqual(without.probability!.values))
    }
    // The clicks are the other world's events.
    let clicks = (0..<dataset.events.count).filter { action[$0] > 0 }
    #expect(clicks.map { dataset.events.item[$0] } == Array(plain.events.item.values))
    #expect(dataset.events.label.values.elementsEqual(action.values.map { $0 > 0 ? 1 : 0 }))
    #expect(dataset.provenance.settings["actions"] == "true")
    #expect(plain.provenance.settings["actions"] == nil)
    // Samples know the events of strictly earlier seconds, and are events themselves.
    for user in 0..<20 {
      let events = Int(dataset.users.eventOffsets[user])..<Int(dataset.users.eventOffsets[user + 1])
      let times = dataset.events.timestamp.values[events]
      for row in dataset.test.rows(ofUser: user) {
        let own = events.lowerBound + Int(dataset.test.eventPosition[row])
        let same = times[own...].prefix { $0 == times[own] }.indices
        #expect(same.contains { dataset.events.item[$0] == dataset.test.item[row] })
        #expect(own == events.lowerBound || times[own - 1] < times[own])
      }
    }
  }

  @Test func actionsHaveTheirRates() throws {
    let dataset = try SyntheticWorldTests.acting.get()
    let action = try #require(dataset.actionCodes)
    #expect(abs(dataset.globalCTR - 0.04) < 0.003, "\(dataset.globalCTR)")
    let counts = (0...4).map { code in Double(action.values.count { $0 == code }) }
    let clicks = counts[1...].reduce(0, +)
    #expect(abs(clicks / Double(action.count) - 0.04) < 0.003)
    for (code, share) in [(1, 0.7), (2, 0.15), (3, 0.1), (4, 0.05)] {
      #expect(abs(counts[code] / clicks - share) < 4 * (share * (1 - share) / clicks).squareRoot())
    }
  }

  @Test func tasteShowsInActionsAndExposures() throws {
    let dataset = try SyntheticWorldTests.acting.get()
    let action = try #require(dataset.actionCodes)
    let probability = try #require(dataset.test.probability)
    let best = userAUC(dataset.test) { _, row in Double(probability[row]) }
    // How often the user acted on, or only saw, the candidate's category before.
    func history(_ counts: (Int32) -> Bool) -> Double {
      userAUC(dataset.test) { user, row in
        let category = dataset.itemCategories[Int(dataset.test.item[row])]
        let first = Int(dataset.users.eventOffsets[user])
        let events = first..<first + Int(dataset.test.eventPosition[row])
        return Double(
          events.count {
            counts(action[$0]) && dataset.itemCategories[Int(dataset.events.item[$0])] == category
          })
      }
    }
    let (actions, exposures) = (history { $0 > 0 }, history { $0 == 0 })
    #expect(best > 0.8, "\(best)")
    #expect(actions > 0.65 && actions < best, "\(actions)")
    #expect(exposures > 0.6 && exposures < best, "\(exposures)")
  }

  @Test func refusesOptionsOutOfRange() {
    for change: (inout SyntheticWorld.Options) -> Void in [
      { $0.users = 0 }, { $0.items = 1 }, { $0.categories = 0 }, { $0.categories = 1001 }, { $0.factors = 0 },
      { $0.clickRate = 0 }, { $0.clickRate = 1 }, { $0.clickRate = .nan }, { $0.tasteShare = 1.1 },
      { $0.categoryShare = -0.1 }, { $0.driftSpread = .infinity }, { $0.meanTraining = -1 },
    ] {
      var options = SyntheticWorldTests.options()
      change(&options)
      #expect(throws: ImportError.self) { try SyntheticWorld(options) }
    }
  }

  @Test func extremeOptionsGiveAWorld() throws {
    var options = SyntheticWorld.Options(users: 50, items: 2, categories: 1, seed: 1)
    options.driftSpread = 10
    options.tasteSpread = 10
    options.tasteShare = 1
    options.meanHistory = 0
    options.meanTest = 0
    let dataset = try SyntheticWorld(options).dataset()
    #expect(dataset.test.count == 0)
    #expect(dataset.train.probability!.values.allSatisfy { $0 >= 0 && $0 <= 1 })
  }
}
