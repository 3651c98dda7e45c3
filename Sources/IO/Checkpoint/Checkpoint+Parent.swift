extension Checkpoint {
  /// The model that a training went on from, and what became of its tables' rows: the group `/parent`.
  package struct Parent: Sendable, Equatable, Codable {
    /// Content digest of its checkpoint.
    package var digest: String
    /// Content digest of the data set that it was trained on.
    package var datasetDigest: String
    /// What the optimiser began with, `kept` or `reset`, and new rows, `drawn` or `average`.
    package var optimizer: String
    package var newRows: String
    /// Epochs and steps of the trainings before this one, of all since the last one that went on from none. What is drawn
    /// by epoch or step counts on from them.
    package var epochs: Int
    package var steps: Int
    /// Steps that the optimiser's state had seen when the training began.
    package var optimizerSteps: Int
    /// Numeric features whose steps have other parameters than the parent's data set gave them, by `OWNER/NAME`.
    package var changedNumbers: [String]
    /// Of users, items and every table of features that the model has.
    package var rows: [Rows]

    /// More epochs or steps than any training has; files with higher numbers are refused.
    package static let mostSteps = 1 << 60

    package init(
      digest: String, datasetDigest: String, optimizer: String, newRows: String, epochs: Int, steps: Int,
      optimizerSteps: Int, changedNumbers: [String], rows: [Rows]
    ) {
      self.digest = digest
      self.datasetDigest = datasetDigest
      self.optimizer = optimizer
      self.newRows = newRows
      self.epochs = epochs
      self.steps = steps
      self.optimizerSteps = optimizerSteps
      self.changedNumbers = changedNumbers
      self.rows = rows
    }

    /// What became of the rows of users, of items, or of one table of features.
    package struct Rows: Sendable, Equatable, Codable {
      /// `users`, `items`, `table/NAME`.
      package var name: String
      package var kept: Int
      package var new: Int
      /// Rows of the parent that no row goes on from.
      package var dropped: Int
      /// Whether the unknown row was trained: it then stays as it is where no sample of the data set touches it, and is
      /// not set to the mean of the other rows.
      package var keepsUnknown: Bool

      package init(name: String, kept: Int, new: Int, dropped: Int, keepsUnknown: Bool = false) {
        self.name = name
        self.kept = kept
        self.new = new
        self.dropped = dropped
        self.keepsUnknown = keepsUnknown
      }
    }
  }
}
