import IO
import Support

/// The AUC over the test samples of many users together.
///
/// Where memory is bounded (`Spill`), samples are sorted in runs of rising scores, as many at a time as there is room for:
/// one pass over all samples counts how many there are of each range of scores, and one more per run picks its own. The
/// value has the same bits for any size of the runs.
package struct PooledAUC {
  /// The test samples of the users one after the other, user u's from `offsets[u]` on.
  private let scores: Column<Float>
  private let labels: Column<UInt8>
  private let offsets: Column<Int64>

  package init(scores: Column<Float>, labels: Column<UInt8>, offsets: Column<Int64>) {
    (self.scores, self.labels, self.offsets) = (scores, labels, offsets)
  }

  /// Ranges of scores: those whose keys have the same first bits.
  private static let rangeBits = 16
  private static let ranges = 1 << rangeBits
  /// A key has 32 bits of the score and one of the label.
  private static func range(_ key: UInt64) -> Int { Int(key >> (33 - UInt64(rangeBits))) }

  /// Over the users that are scored, with `samples` samples in all, of which no more than about `most` are sorted at a time.
  /// NaN where one class is missing or a score of theirs is not finite.
  package func value(samples: Int, atMost most: Int? = nil, isScored: (Int) -> Bool) -> Double {
    let most = most ?? Spill.current.map { $0.workingBytes / (2 * MemoryLayout<UInt64>.stride) } ?? samples
    let sorter = KeySorter()
    var ranks = AUC.Ranks()
    var keys = GrowableBuffer<UInt64>(capacity: min(samples, most), staysInMemory: true)
    for ranges in samples <= most ? [0..<PooledAUC.ranges] : runs(ofAtMost: most, isScored) {
      keys.removeAll()
      let areFinite = forEachKey(isScored) { if ranges.contains(PooledAUC.range($0)) { keys.append($0) } }
      guard areFinite else { return .nan }
      ranks.add(keys.pointer, count: keys.count, sorter)
    }
    return ranks.auc
  }

  /// Ranges of scores, rising, that together have up to `most` samples or are one range.
  private func runs(ofAtMost most: Int, _ isScored: (Int) -> Bool) -> [Range<Int>] {
    var counts = [Int](repeating: 0, count: PooledAUC.ranges)
    forEachKey(isScored) { counts[PooledAUC.range($0)] += 1 }
    var (runs, first, samples): ([Range<Int>], Int, Int) = ([], 0, 0)
    for (range, count) in counts.enumerated() {
      if samples > 0, samples + count > most {
        runs.append(first..<range)
        (first, samples) = (range, 0)
      }
      samples += count
    }
    return runs + [first..<PooledAUC.ranges]
  }

  /// Returns whether all scores are finite.
  @discardableResult
  private func forEachKey(_ isScored: (Int) -> Bool, _ body: (UInt64) -> Void) -> Bool {
    let (scores, labels) = (scores.pointer, labels.pointer)
    let bytes = MemoryLayout<Float>.stride + MemoryLayout<UInt8>.stride
    var areFinite = true
    for users in Pieces(ofUsers: offsets, bytesPerRow: bytes) {
      for user in users where isScored(user) {
        for row in Int(offsets[user])..<Int(offsets[user + 1]) {
          areFinite = areFinite && scores[row].isFinite
          body(AUC.key(scores[row], labels[row]))
        }
      }
    }
    return areFinite
  }
}
