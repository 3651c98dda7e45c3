/// The parts of a command that need memory and disk.
package struct PlannedWork: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Cloud training whose checkpoints are kept.
  package static let training = PlannedWork(rawValue: 1)
  /// Fine-tuning whose results are written.
  package static let fineTuning = PlannedWork(rawValue: 2)
  /// A search on held-out samples, with its own cloud training.
  package static let searching = PlannedWork(rawValue: 4)
  /// A search of methods on held-out samples, with a cloud training for each fold, if methods need their choice.
  package static let choosing = PlannedWork(rawValue: 16)
  /// A simulated online test.
  package static let simulation = PlannedWork(rawValue: 8)
}
