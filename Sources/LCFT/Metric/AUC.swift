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
      keys[i] = AUC.key(scores[i], labels[i])
      positives += Int(labels[i])
    }
    if positives == 0 { return (.nan, .onlyNegatives) }
    if positives == count { return (.nan, .onlyPositives) }
    var ranks = Ranks()
    keys.withUnsafeMutableBufferPointer { ranks.add($0.baseAddress!, count: count, sorter) }
    return (ranks.auc, .defined)
  }

  /// An integer that orders as the score does, both zeros being one score, and the label as its last bit.
  static func key(_ score: Float, _ label: UInt8) -> UInt64 {
    let bits = (score == 0 ? 0 : score).bitPattern
    return UInt64(bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits) << 1 | UInt64(label)
  }

  /// The ranks of samples that come by rising scores.
  struct Ranks {
    private var samples = 0
    private var positives = 0
    private var sumOfPositives = 0.0

    /// Adds `count` samples, whose `keys` are sorted here. Their scores are higher than those of all samples before.
    mutating func add(_ keys: UnsafeMutablePointer<UInt64>, count: Int, _ sorter: KeySorter) {
      sorter.sort(keys, count: count)
      var start = 0
      while start < count {
        var end = start
        var tiedPositives = 0
        while end < count, keys[end] >> 1 == keys[start] >> 1 {
          tiedPositives += Int(keys[end] & 1)
          end += 1
        }
        // Ranks start + 1 ... end, behind those of the samples before, share their mean.
        sumOfPositives += Double(tiedPositives) * Double(2 * samples + start + 1 + end) / 2
        positives += tiedPositives
        start = end
      }
      samples += count
    }

    /// NaN where one class is missing.
    var auc: Double {
      guard positives > 0, positives < samples else { return .nan }
      let n = Double(positives)
      return (sumOfPositives - n * (n + 1) / 2) / (n * Double(samples - positives))
    }
  }
}
