import IO
import Support

extension SyntheticWorld {
  /// The world that `dataset` shows, made again from the settings in its provenance, so that the click
  /// probability of any user and item is known. Throws `ProvenanceError`; `file` names the data set in it.
  package init(of dataset: Dataset, file: String) throws {
    let provenance = dataset.provenance
    guard provenance.kind == "synthetic" else {
      throw ProvenanceError.notSynthetic(file: file, kind: provenance.kind)
    }
    func setting<Value: LosslessStringConvertible>(_ name: String) throws -> Value {
      guard let text = provenance.settings[name], let value = Value(text) else {
        throw ProvenanceError.setting(file: file, name: name, value: provenance.settings[name])
      }
      return value
    }
    var options = Options(
      users: try setting("users"), items: try setting("items"), categories: try setting("categories"),
      seed: provenance.seed, drift: try setting("drift"))
    options.driftSpread = try setting("drift_spread")
    options.actions = provenance.settings["actions"] == nil ? false : try setting("actions")
    options.features = provenance.settings["features"] == nil ? false : try setting("features")
    if options.features {
      options.userFeatureSpread = try setting("user_feature_spread")
      options.itemFeatureSpread = try setting("item_feature_spread")
      options.contextFeatureSpread = try setting("context_feature_spread")
    }
    options.clickRate = try setting("click_rate")
    options.factors = try setting("factors")
    options.categoryShare = try setting("category_share")
    options.tasteSpread = try setting("taste_spread")
    options.qualitySpread = try setting("quality_spread")
    options.popularityExponent = try setting("popularity_exponent")
    options.tasteShare = try setting("taste_share")
    options.meanHistory = try setting("mean_history")
    options.meanTraining = try setting("mean_training")
    options.meanTest = try setting("mean_test")
    options.activitySpread = try setting("activity_spread")
    // Before there is a table of as many rows as the attributes say.
    guard dataset.users.count == options.users, dataset.items.count == options.items,
      dataset.categories?.names.count == options.categories
    else { throw ProvenanceError.differs(file: file) }
    try self.init(options)
    guard shows(dataset) else { throw ProvenanceError.differs(file: file) }
  }

  /// Whether the probabilities that are stored in `dataset` are this world's, for some of its users.
  private func shows(_ dataset: Dataset) -> Bool {
    guard let stored = dataset.train.probability else { return false }
    let contexts = WorldContexts(dataset, part: 0)
    guard features == nil || contexts != nil else { return false }
    for index in Set([0, options.users / 2, options.users - 1]) {
      let user = user(index)
      for row in dataset.train.rows(ofUser: index) {
        let probability = Float(
          clickProbability(
            user: user, item: Int(dataset.train.item[row]), contexts?[row] ?? .unknown))
        // Mathematical functions of another machine may differ in the last digits.
        if abs(probability - stored[row]) > 1e-4 { return false }
      }
    }
    return true
  }

  /// Why a data set's world cannot be made again.
  package enum ProvenanceError: Error, Equatable, CustomStringConvertible {
    case notSynthetic(file: String, kind: String)
    case setting(file: String, name: String, value: String?)
    case differs(file: String)

    package var description: String {
      switch self {
      case .notSynthetic(let file, let kind):
        "\(file): is not a synthetic world (source \(kind)), so its click probabilities are unknown; make "
          + "one with lcft synthesize"
      case .setting(let file, let name, let value):
        "\(file): attribute setting_\(name) of the synthetic world is "
          + (value.map { "not usable: \($0)" } ?? "missing")
          + "; make the data set again with lcft synthesize"
      case .differs(let file):
        "\(file): the click probabilities stored in it are not those of the world that its attributes name; "
          + "make the data set again with lcft synthesize"
      }
    }
  }
}
