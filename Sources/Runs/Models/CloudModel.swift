import IO
import LCFT
import Models

/// A trained cloud model, whole on every rank but for the rows of tables of which each host may have its own only.
package struct CloudModel {
  package let weights: Weights
  /// The file of its checkpoint, as rank 0 names it.
  package internal(set) var path: String
  /// Content digest of its checkpoint, on every rank.
  package internal(set) var digest: String
  /// Mean training loss of each epoch.
  package let losses: [Double]
  /// How it did on held-out samples as it was trained; empty where none were held out.
  package internal(set) var evaluations: [Checkpoint.Evaluation] = []
  /// The place of the evaluation of these weights, which is the best one of a whole training; nil where there is none.
  package internal(set) var best: Int?
}
