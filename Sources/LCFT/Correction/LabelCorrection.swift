import Foundation
import IO

/// Label correction (arXiv 2211.01163, section 3): labels alpha and beta under which the user's equivalent
/// CTR w alpha + (1 - w) beta (eqs. 6 and 9) is the global CTR w_g (eq. 10), and what other methods have in its place.
package enum LabelCorrection {
  /// The labels of `method` for a user of these `rates`, as `CorrectionRule` and `Method` say.
  ///
  /// soft2 puts the whole correction on the rarer class. A user without a sample of that class (w = 0 or w =
  /// 1) has no label to carry it, and the labels stay as they are, marked `.undefined`. soft1 is defined for every
  /// user when 0 < w_g < 1. The prior's logit has no finite offset at w = 0 and w = 1 either.
  ///
  /// `table` is what hard correction looks labels up in; the other methods do not need it.
  package static func labels(
    _ method: Method, _ rates: ClickRates, table: LabelTable.Pairs? = nil
  ) -> CorrectedLabels {
    let (w, globalCTR) = (rates.localCTR, rates.globalCTR)
    precondition(w >= 0 && w <= 1, "a CTR is a share")
    if let rule = method.correction { return rule.labels(rates) }
    switch method {
    case .priorOffset:
      guard globalCTR > 0, globalCTR < 1, w > 0, w < 1 else {
        return CorrectedLabels(alpha: 1, beta: 0, status: .undefined)
      }
      var labels = CorrectedLabels(alpha: 1, beta: 0, status: .corrected)
      labels.logitOffset = logit(w) - logit(globalCTR)
      return labels
    case .hard:
      guard let table else { preconditionFailure("hard correction has a table") }
      let group = table.intervals.index(of: w)
      return CorrectedLabels(alpha: table.alpha[group], beta: table.beta[group], status: .corrected)
    default: return .plain
    }
  }

  private static func logit(_ probability: Double) -> Double { log(probability / (1 - probability)) }
}

extension LabelTable.Pairs {
  /// The groups' intervals of local CTR.
  package var intervals: CTRIntervals { CTRIntervals(groups: edges) }
}
