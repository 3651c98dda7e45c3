import IO
import LCFT
import Support

extension Results.Comparison {
  /// Readers see no interval over fewer users. Even from the least to the greatest difference of n users holds the median of
  /// all users with a probability of 1 - 2^(1 - n) only, which reaches 95% with 6 of them; and what is drawn from a single
  /// user has no width at all.
  static let fewestUsers = 6
  var hasInterval: Bool { users >= Results.Comparison.fewestUsers }

  /// Whether the difference is told from chance.
  var isTold: Bool { hasInterval && (low > 0 || high < 0) }
}

/// A comparison's difference with its interval, where there are enough users for one; `-` where there is no difference.
func comparisonText(_ comparison: Results.Comparison?) -> String {
  guard let comparison, !comparison.hasInterval, !comparison.difference.isNaN else {
    return differenceText(comparison)
  }
  return signed(comparison.difference, 4)
}
