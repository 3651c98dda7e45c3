/// The parts of a command that need memory and disk.
package struct PlannedWork: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Cloud training whose checkpoints are kept.
  package static let training = PlannedWork(rawValue: 1)
  /// Fine-tuning whose results are written.
  package static let fineTuning = PlannedWork(rawValue: 2)
  /// A search on held-out samples, with its own cloud training; of labels, unless settings are searched.
  package static let searching = PlannedWork(rawValue: 4)
  /// In addition: a search of the settings of methods. A run says by its job what it searches.
  package static let searchingSettings = PlannedWork(rawValue: 32)
  /// A search of methods on held-out samples, with a cloud training for each fold, if methods need their choice.
  package static let choosing = PlannedWork(rawValue: 16)
  /// A simulated online test.
  package static let simulation = PlannedWork(rawValue: 8)
}
