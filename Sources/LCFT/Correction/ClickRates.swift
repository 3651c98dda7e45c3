/// The click rates that a user's labels are corrected by.
package struct ClickRates: Sendable {
  /// w = n+ / (n+ + n-).
  package var localCTR: Double
  /// w_g.
  package var globalCTR: Double
  /// w as `BetaPrior` estimates it; NaN where no method asks for it.
  package var shrunkenCTR = Double.nan
  /// The mean of the cloud model's predictions on the user's training samples; NaN where no method asks for it.
  package var meanPrediction = Double.nan

  package init(localCTR: Double, globalCTR: Double) {
    self.localCTR = localCTR
    self.globalCTR = globalCTR
  }
}
