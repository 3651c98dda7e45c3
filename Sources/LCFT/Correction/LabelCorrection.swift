import Foundation
import IO

/// Label correction (arXiv 2211.01163, section 3): labels alpha and beta under which the user's equivalent
/// CTR w alpha + (1 - w) beta (eqs. 6 and 9) is the global CTR w_g (eq. 10).
///
/// | | w > w_g | w <= w_g |
/// |---|---|---|
/// | soft1 | alpha = w_g / w, beta = 0 | alpha = 1, beta = (w_g - w) / (1 - w) |
/// | soft2 | alpha = 1, beta = (w_g - w) / (1 - w), negative | alpha = w_g / w, above 1; beta = 0 |
package enum LabelCorrection {
  /// The labels of `method` for a user whose local CTR is `localCTR`.
  ///
  /// soft2 puts the whole correction on the rarer class. A user without a sample of that class (w = 0 or w =
  /// 1) has no label to carry it, and no labels reach w_g: the labels then stay as they are, marked
  /// `.undefined`. soft1 is defined for every user when 0 < w_g < 1; where w_g itself is 0 or 1 no label
  /// corrects anything, and the labels are marked likewise. The prior's logit has no finite offset at w = 0
  /// and w = 1 either.
  ///
  /// `table` is what hard correction looks labels up in; the other methods do not need it.
  package static func labels(
    _ method: Method, localCTR w: Double, globalCTR: Double, table: LabelTable.Pairs? = nil
  ) -> CorrectedLabels {
    precondition(w >= 0 && w <= 1, "a CTR is a share")
    let onPositives = CorrectedLabels(alpha: globalCTR / w, beta: 0, status: .corrected)
    let onNegatives = CorrectedLabels(alpha: 1, beta: (globalCTR - w) / (1 - w), status: .corrected)
    let undefined = CorrectedLabels(alpha: 1, beta: 0, status: .undefined)
    switch method {
    case .cloud, .local, .biasOnly, .denseOnly, .embeddingsOnly, .grouped: return .plain
    case .priorOffset:
      guard globalCTR > 0, globalCTR < 1, w > 0, w < 1 else { return undefined }
      var labels = CorrectedLabels(alpha: 1, beta: 0, status: .corrected)
      labels.logitOffset = logit(w) - logit(globalCTR)
      return labels
    case .hard:
      guard let table else { preconditionFailure("hard correction has a table") }
      let group = table.intervals.index(of: w)
      return CorrectedLabels(alpha: table.alpha[group], beta: table.beta[group], status: .corrected)
    case .soft1:
      guard globalCTR > 0, globalCTR < 1 else { return undefined }
      return w > globalCTR ? onPositives : onNegatives
    case .soft2:
      guard globalCTR > 0, globalCTR < 1, w > 0, w < 1 else { return undefined }
      return w > globalCTR ? onNegatives : onPositives
    }
  }

  private static func logit(_ probability: Double) -> Double { log(probability / (1 - probability)) }
}

extension LabelTable.Pairs {
  /// The groups' intervals of local CTR.
  package var intervals: CTRIntervals { CTRIntervals(edges: Array(edges.dropFirst().dropLast())) }
}
