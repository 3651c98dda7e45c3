import IO

/// What a training knows of those before it, whose model it goes on from: what is drawn by epoch or by step counts on
/// from theirs. All zero for a training that begins by itself.
package struct EarlierTraining: Sendable, Equatable {
  package var epochs = 0
  package var steps = 0
  /// Steps that the optimiser's state has seen.
  package var optimizerSteps = 0
  /// The tables of features whose unknown row they trained. It stays as it is where no sample touches it.
  package var trainedUnknown: Set<String> = []

  package init() {}

  package init(_ parent: Checkpoint.Parent?) {
    guard let parent else { return }
    epochs = parent.epochs
    steps = parent.steps
    optimizerSteps = parent.optimizerSteps
    trainedUnknown = Set(
      parent.rows.filter(\.keepsUnknown).map { String($0.name.dropFirst(EarlierTraining.tablePrefix.count)) })
  }

  /// What the rows of a table of features are called in `Checkpoint.Parent`, before the table's name.
  static let tablePrefix = "table/"
}
