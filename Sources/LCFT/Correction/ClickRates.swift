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

/// How labels are corrected by a formula: to make the equivalent CTR w alpha + (1 - w) beta (eqs. 6 and 9) equal a
/// target t.
///
/// | gap | w > t | w <= t |
/// |---|---|---|
/// | narrows | alpha = t / w, beta = 0 | alpha = 1, beta = (t - w) / (1 - w) |
/// | widens | alpha = 1, beta = (t - w) / (1 - w), negative | alpha = t / w, above 1; beta = 0 |
package struct CorrectionRule: Sendable, Equatable {
  package enum Gap: Sendable { case narrows, widens }
  /// What t is.
  package enum Target: Sendable { case globalCTR, meanPrediction }
  /// What w is.
  package enum Estimate: Sendable { case share, shrunken }

  package var gap: Gap
  package var target = Target.globalCTR
  package var estimate = Estimate.share

  /// The labels of a user. Where the class that would carry the correction has no sample, no labels reach t: the
  /// labels then stay as they are, marked `.undefined`. So they do where t is not strictly between 0 and 1.
  func labels(_ rates: ClickRates) -> CorrectedLabels {
    let w = estimate == .share ? rates.localCTR : rates.shrunkenCTR
    let t = target == .globalCTR ? rates.globalCTR : rates.meanPrediction
    let undefined = CorrectedLabels(alpha: 1, beta: 0, status: .undefined)
    guard t > 0, t < 1 else { return undefined }
    let isAbove = w > t
    if isAbove == (gap == .narrows) {
      guard rates.localCTR > 0 else { return undefined }
      return CorrectedLabels(alpha: t / w, beta: 0, status: .corrected)
    }
    guard rates.localCTR < 1 else { return undefined }
    return CorrectedLabels(alpha: 1, beta: (t - w) / (1 - w), status: .corrected)
  }
}
