import LCFT
import Models

/// A trained cloud model, whole on every rank.
package struct CloudModel {
  package let weights: Weights
  /// Content digest of its checkpoint, on every rank.
  package let digest: String
  /// Mean training loss of each epoch.
  package let losses: [Double]
}
