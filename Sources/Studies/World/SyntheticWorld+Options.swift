import Import

extension SyntheticWorld {
  package struct Options: Sendable, Equatable {
    package var users: Int
    package var items: Int
    package var categories: Int
    package var seed: UInt64
    /// Whether users differ in their click rate.
    package var drift: Bool
    /// Standard deviation of the logit of the users' click rates where they differ.
    package var driftSpread: Double = 1
    /// Whether events are all exposures with their actions, instead of the clicked items alone.
    package var actions: Bool = false
    /// Whether users, items, exposures and events have features.
    package var features: Bool = false
    /// s_u, s_i and s_c of `WorldFeatures`.
    package var userFeatureSpread: Double = 0.7
    package var itemFeatureSpread: Double = 0.7
    package var contextFeatureSpread: Double = 0.7
    /// Mean of the users' click rates.
    package var clickRate: Double = 0.17
    /// F, the length of the latent vectors.
    package var factors: Int = 8
    /// The share of an item's variance that its category explains.
    package var categoryShare: Double = 0.8
    /// Standard deviation of the taste's part of the logit over items.
    package var tasteSpread: Double = 1.5
    /// Standard deviation of the quality's part.
    package var qualitySpread: Double = 0.5
    /// Popularity of the item of rank k is k^-exponent.
    package var popularityExponent: Double = 0.8
    /// Share of the exposures that follow the user's taste for categories.
    package var tasteShare: Double = 0.5
    /// Mean exposures per user before the training period; their clicks are history only.
    package var meanHistory: Double = 60
    /// Mean training samples per user.
    package var meanTraining: Double = 45
    /// Mean test samples per user.
    package var meanTest: Double = 15
    /// Standard deviation of the logarithm of the users' activity, by which the three means are multiplied.
    package var activitySpread: Double = 0.5

    package init(users: Int, items: Int, categories: Int = 40, seed: UInt64, drift: Bool = true) {
      self.users = users
      self.items = items
      self.categories = categories
      self.seed = seed
      self.drift = drift
    }

    func check() throws(ImportError) {
      func need(_ holds: Bool, _ name: String, _ value: Any, _ allowed: String) throws(ImportError) {
        if !holds { throw .option(name: name, value: "\(value)", allowed: allowed) }
      }
      try need(users >= 1 && users < 1 << 31, "users", users, "from 1 to 2147483647")
      try need(items >= 2 && items < 1 << 31, "items", items, "from 2 to 2147483647")
      try need(
        categories >= 1 && categories <= items, "categories", categories, "from 1 to the number of items")
      try need(factors >= 1 && factors <= 256, "factors", factors, "from 1 to 256")
      try need(clickRate > 0 && clickRate < 1, "click rate", clickRate, "above 0 and below 1")
      try need((0...1).contains(categoryShare), "category share", categoryShare, "from 0 to 1")
      try need((0...1).contains(tasteShare), "taste share", tasteShare, "from 0 to 1")
      for (name, value) in [
        ("drift spread", driftSpread), ("taste spread", tasteSpread), ("quality spread", qualitySpread),
        ("popularity exponent", popularityExponent), ("activity spread", activitySpread),
        ("user feature spread", userFeatureSpread), ("item feature spread", itemFeatureSpread),
        ("context feature spread", contextFeatureSpread),
      ] { try need((0...10).contains(value), name, value, "from 0 to 10") }
      for (name, value) in [
        ("mean history", meanHistory), ("mean training samples", meanTraining),
        ("mean test samples", meanTest),
      ] { try need((0...100_000).contains(value), name, value, "from 0 to 100000") }
    }

    /// The options as the data set's provenance has them.
    var settings: [String: String] {
      var settings = [
        "users": "\(users)", "items": "\(items)", "categories": "\(categories)", "drift": "\(drift)",
        "drift_spread": "\(driftSpread)", "click_rate": "\(clickRate)", "factors": "\(factors)",
        "category_share": "\(categoryShare)", "taste_spread": "\(tasteSpread)",
        "quality_spread": "\(qualitySpread)", "popularity_exponent": "\(popularityExponent)",
        "taste_share": "\(tasteShare)", "mean_history": "\(meanHistory)", "mean_training": "\(meanTraining)",
        "mean_test": "\(meanTest)", "activity_spread": "\(activitySpread)",
      ]
      if actions { settings["actions"] = "true" }
      if features {
        settings["features"] = "true"
        settings["user_feature_spread"] = "\(userFeatureSpread)"
        settings["item_feature_spread"] = "\(itemFeatureSpread)"
        settings["context_feature_spread"] = "\(contextFeatureSpread)"
      }
      return settings
    }
  }
}
