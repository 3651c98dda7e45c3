import IO
import LCFT
import Studies
import TestSupport
import Testing

/// Worlds whose users, items, samples and events have features.
extension SyntheticWorldTests {
  static func featured(users: Int = 1500) -> SyntheticWorld.Options {
    var options = options(users: users)
    options.features = true
    return options
  }

  static let withFeatures = Result { try SyntheticWorld(featured()).dataset() }

  @Test func clicksFollowTheFeatures() throws {
    let dataset = try SyntheticWorldTests.withFeatures.get()
    clicksFollow(dataset.train)
    // On paper the television is one in twenty; what it adds is the same for everybody.
    let device = try #require(dataset.features.feature(.samples, "device")?.columns[0])
    let rows = (0..<dataset.train.count).filter { device.values(ofRow: $0).first == 3 }
    #expect(abs(Double(rows.count) / Double(dataset.train.count) - 0.05) < 0.005)
    #expect(abs(dataset.globalCTR - 0.17) < 0.015)
  }

  @Test func everyKindOfFeatureIsThere() throws {
    let dataset = try SyntheticWorldTests.withFeatures.get()
    let names = FeatureOwner.allCases.map { owner in dataset.features[owner].map(\.name) }
    #expect(
      names == [
        ["segment", "age"], ["category", "brand", "price", "tags"], ["device", "hour", "position"],
        ["seen", "dwell"],
      ])
    for (owner, name) in [
      (FeatureOwner.users, "age"), (.items, "price"), (.items, "tags"), (.samples, "position"),
    ] {
      let column = try #require(dataset.features.feature(owner, name)?.columns[0])
      let missing = (0..<column.count()).count { column.isMissing($0) }
      #expect(missing > 0 && missing < column.count() / 2, "\(name)")
    }
    let brands = try #require(dataset.features.vocabulary("brand"))
    #expect(brands.known < brands.count && brands.known > 20)
  }

  /// What is shown is the same with and without features, and so are the latent worlds.
  @Test func featuresAreBesideTheSameExposures() throws {
    let (with, without) = (
      try SyntheticWorldTests.withFeatures.get(),
      try SyntheticWorld(SyntheticWorldTests.options(users: 1500)).dataset()
    )
    #expect(with.train.item.values.elementsEqual(without.train.item.values))
    #expect(with.test.timestamp!.values.elementsEqual(without.test.timestamp!.values))
    #expect(!with.train.probability!.values.elementsEqual(without.train.probability!.values))
    #expect(without.features.feature(.users, "age") == nil)
  }

  /// A group of features with a spread of 0 adds nothing.
  @Test func spreadsSayWhatFeaturesAdd() throws {
    var options = SyntheticWorldTests.featured(users: 40)
    let world = try SyntheticWorld(options)
    let user = world.user(7)
    let context = WorldFeatures.Context(device: 2, hour: 4, position: 9)
    let whole = world.logit(user: user, item: 5, context)
    for owner in [FeatureOwner.users, .items, .samples] {
      let without = world.logit(
        user: user, item: 5, context, of: Set([.users, .items, .samples]).subtracting([owner]))
      #expect(abs(whole - without) > 1e-6, "\(owner)")
    }
    options.userFeatureSpread = 0
    options.itemFeatureSpread = 0
    options.contextFeatureSpread = 0
    let (flat, plain) = (
      try SyntheticWorld(options), try SyntheticWorld(SyntheticWorldTests.options(users: 40))
    )
    #expect(
      flat.clickProbability(user: flat.user(7), item: 5, context)
        == plain.clickProbability(user: plain.user(7), item: 5))
  }
}
