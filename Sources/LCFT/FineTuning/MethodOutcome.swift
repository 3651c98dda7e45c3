import IO

/// What one method did for one user.
package struct MethodOutcome: Sendable {
  package var labels: CorrectedLabels
  /// NaN where `aucStatus` is not `.defined`.
  package var auc: Double
  package var aucStatus: Results.AUCStatus
  /// Mean loss of the training samples on the method's labels, by the cloud model and by the fine-tuned one;
  /// NaN where the job does not ask for losses.
  package var lossBefore: Double
  package var lossAfter: Double
}
