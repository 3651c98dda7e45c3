/// How labels are corrected by a formula: to make the equivalent CTR w alpha + (1 - w) beta (eqs. 6 and 9) equal a
/// target t: w_g under soft1 and soft2 (eq. 10).
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
  /// labels then stay as they are, marked `.undefined`. So they do where t is not strictly between 0 and 1, and where w is
  /// not known: where all users' samples are of one class there is no `BetaPrior`.
  func labels(_ rates: ClickRates) -> CorrectedLabels {
    let w = estimate == .share ? rates.localCTR : rates.shrunkenCTR
    let t = target == .globalCTR ? rates.globalCTR : rates.meanPrediction
    let undefined = CorrectedLabels(alpha: 1, beta: 0, status: .undefined)
    guard t > 0, t < 1, !w.isNaN else { return undefined }
    let isAbove = w > t
    if isAbove == (gap == .narrows) {
      guard rates.localCTR > 0 else { return undefined }
      return CorrectedLabels(alpha: t / w, beta: 0, status: .corrected)
    }
    guard rates.localCTR < 1 else { return undefined }
    return CorrectedLabels(alpha: 1, beta: (t - w) / (1 - w), status: .corrected)
  }
}
