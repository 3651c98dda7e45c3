/// What a setting affects. A run that is resumed with another value would mix two computations there, and is
/// refused; a setting without effects may change.
package struct SettingEffects: OptionSet, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// The bits of the cloud model.
  package static let cloudModel = SettingEffects(rawValue: 1)
  /// Users' fine-tuned models and their outcomes, besides the cloud model.
  package static let outcomes = SettingEffects(rawValue: 2)
  /// The models of groups of users, besides the cloud model.
  package static let groupModels = SettingEffects(rawValue: 4)
  /// What a search measures, besides the cloud model that it trains.
  package static let searches = SettingEffects(rawValue: 8)
  /// Which points a search tries. Each search compares its points themselves, because a search for labels and
  /// a search for settings try different points.
  package static let searchPoints = SettingEffects(rawValue: 16)

  /// Which labels a search chooses from what it has measured.
  package static let chosenLabels = SettingEffects(rawValue: 32)
  /// Which method a search chooses from what it has measured.
  package static let chosenMethods = SettingEffects(rawValue: 64)

  /// The parts of a run by name, for the job reference.
  var names: [String] {
    [
      (SettingEffects.cloudModel, "training"), (.outcomes, "fine-tuning"), (.groupModels, "groups"),
      ([.searches, .searchPoints], "searches"),
      ([.chosenLabels, .chosenMethods], "finished searches"),
    ].filter { !isDisjoint(with: $0.0) }.map(\.1)
  }
}
