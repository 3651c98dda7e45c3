import IO
import Support

/// The area under the ROC curve of scored samples, by ranks, ties counted one half.
package struct AUC {
  private let sorter = KeySorter()
  private var keys: [UInt64] = []

  package init() {}

  /// (sum of the positives' ranks - n+ (n+ + 1) / 2) / (n+ n-), tied scores sharing their mean rank; NaN
  /// with the reason where one class is missing or a score is not finite.
  package mutating func evaluate(
    scores: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, count: Int
  ) -> (value: Double, status: Results.AUCStatus) {
    if keys.count < count { keys = Array(repeating: 0, count: max(count, 2 * keys.count)) }
    var positives = 0
    for i in 0..<count {
      guard scores[i].isFinite else { return (.nan, .notFinite) }
      keys[i] = AUC.key(scores[i]) << 1 | UInt64(labels[i])
      positives += Int(labels[i])
    }
    if positives == 0 { return (.nan, .onlyNegatives) }
    if positives == count { return (.nan, .onlyPositives) }
    keys.withUnsafeMutableBufferPointer { sorter.sort($0.baseAddress!, count: count) }
    var rankSum = 0.0
    var start = 0
    while start < count {
      var end = start
      var tiedPositives = 0
      while end < count, keys[end] >> 1 == keys[start] >> 1 {
        tiedPositives += Int(keys[end] & 1)
        end += 1
      }
      // Ranks start + 1 ... end share their mean.
      rankSum += Double(tiedPositives) * Double(start + 1 + end) / 2
      start = end
    }
    let n = Double(positives)
    return ((rankSum - n * (n + 1) / 2) / (n * Double(count - positives)), .defined)
  }

  /// An integer that orders as the score does; both zeros are one score.
  static func key(_ score: Float) -> UInt64 {
    let bits = (score == 0 ? 0 : score).bitPattern
    return UInt64(bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits)
  }
}
