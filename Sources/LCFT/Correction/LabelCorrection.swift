import IO

/// A way to treat one user's model: which labels it is fine-tuned on, if at all.
public enum Method: String, Sendable, CaseIterable {
  /// The cloud model as it is.
  case cloud
  /// Fine-tuned on the labels as they are.
  case local
  /// Label correction that narrows the gap between the labels.
  case soft1
  /// Label correction that widens it.
  case soft2

  /// Whether the method fine-tunes at all.
  public var fineTunes: Bool { self != .cloud }
}

/// The labels that stand for a user's positive and negative samples.
public struct CorrectedLabels: Sendable, Equatable {
  /// Label of positives.
  public var alpha: Double
  /// Label of negatives.
  public var beta: Double
  public var status: Results.LabelStatus

  public init(alpha: Double, beta: Double, status: Results.LabelStatus) {
    self.alpha = alpha
    self.beta = beta
    self.status = status
  }

  static let plain = CorrectedLabels(alpha: 1, beta: 0, status: .uncorrected)
}

/// Label correction (arXiv 2211.01163, section 3): labels alpha and beta under which the user's equivalent
/// CTR w alpha + (1 - w) beta (eqs. 6 and 9) is the global CTR w_g (eq. 10).
///
/// | | w > w_g | w <= w_g |
/// |---|---|---|
/// | soft1 | alpha = w_g / w, beta = 0 | alpha = 1, beta = (w_g - w) / (1 - w) |
/// | soft2 | alpha = 1, beta = (w_g - w) / (1 - w), negative | alpha = w_g / w, above 1; beta = 0 |
public enum LabelCorrection {
  /// The labels of `method` for a user whose local CTR is `localCTR`.
  ///
  /// soft2 puts the whole correction on the rarer class. A user without a sample of that class (w = 0 or
  /// w = 1) has no label to carry it, and no labels reach w_g: the labels then stay as they are, marked
  /// `.undefined`. soft1 is defined for every user when 0 < w_g < 1; where w_g itself is 0 or 1 no label
  /// corrects anything, and the labels are marked likewise.
  public static func labels(_ method: Method, localCTR w: Double, globalCTR: Double) -> CorrectedLabels {
    precondition(w >= 0 && w <= 1, "a CTR is a share")
    let onPositives = CorrectedLabels(alpha: globalCTR / w, beta: 0, status: .corrected)
    let onNegatives = CorrectedLabels(alpha: 1, beta: (globalCTR - w) / (1 - w), status: .corrected)
    let undefined = CorrectedLabels(alpha: 1, beta: 0, status: .undefined)
    switch method {
    case .cloud, .local: return .plain
    case .soft1:
      guard globalCTR > 0, globalCTR < 1 else { return undefined }
      return w > globalCTR ? onPositives : onNegatives
    case .soft2:
      guard globalCTR > 0, globalCTR < 1, w > 0, w < 1 else { return undefined }
      return w > globalCTR ? onNegatives : onPositives
    }
  }
}
