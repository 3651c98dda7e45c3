/// User AUC, the paper's measure: AUC_avg = sum_i m_i AUC_i / sum_i m_i (eq. 12), with m_i the number of user
/// i's test samples, over the users that have an AUC.
package struct UserAUC: Sendable, Equatable {
  /// sum_i m_i AUC_i
  package private(set) var numerator: Double
  /// sum_i m_i
  package private(set) var denominator: Double

  /// From sums of `term` and of m_i; without them, of no users.
  package init(numerator: Double = 0, denominator: Double = 0) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// m_i AUC_i
  package static func term(_ auc: Double, samples: Double) -> Double { samples * auc }

  /// Takes in a user with this AUC, a number, and so many test samples.
  package mutating func add(_ auc: Double, samples: Double) {
    numerator += UserAUC.term(auc, samples: samples)
    denominator += samples
  }

  /// AUC_avg; NaN of no users.
  package var value: Double { numerator / denominator }

  /// The difference of two methods' AUC_avg over the same users.
  package static func - (left: UserAUC, right: UserAUC) -> Double {
    (left.numerator - right.numerator) / left.denominator
  }
}
