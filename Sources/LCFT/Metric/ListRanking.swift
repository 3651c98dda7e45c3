import IO
import Support

/// How high the positives of a list of candidates stand when these are ordered by their scores, highest first.
///
/// Candidates whose scores are the same have no order. Every measure is its expected value where each order of them is
/// equally likely, exactly: nothing is drawn. With n candidates, P of them positives, a group of g tied candidates with p
/// positives below a higher candidates, and discounts D(r) = 1 / log2(r + 1):
///
/// - NDCG@k = sum over groups of p / g sum_{r = a + 1}^{min(a + g, k)} D(r), over sum_{r = 1}^{min(P, k)} D(r);
/// - hit rate@k, the probability of a positive among the first k: of the first group with positives, whose places up to
///   k are s = min(k - a, g), 1 - prod_{i = 0}^{s - 1} (g - p - i) / (g - i);
/// - MRR, the mean of 1 / r with r the rank of the first positive: in that group
///   sum_{j = 1}^{g - p + 1} q_j / (a + j), where q_j = p / (g - j + 1) prod_{i = 0}^{j - 2} (g - p - i) / (g - i).
struct ListRanking {
  let cutoffs: [Int]
  /// D(1) + ... + D(r), from r = 0 to the highest cutoff.
  private let discounts: [Double]
  private let sorter = KeySorter()
  private var keys: [UInt64] = []

  private(set) var reciprocalRank = 0.0
  /// [cutoffs]
  private(set) var ndcg: [Double]
  private(set) var hitRate: [Double]

  /// `cutoffs` are the k, rising.
  init(cutoffs: [Int]) {
    self.cutoffs = cutoffs
    var discounts = [0.0]
    for rank in 1...max(1, cutoffs.last ?? 1) {
      discounts.append(discounts[rank - 1] + 1 / log2(Double(rank + 1)))
    }
    self.discounts = discounts
    ndcg = Array(repeating: 0, count: cutoffs.count)
    hitRate = ndcg
  }

  /// Measures the list of the samples `rows`, which has a positive. The scores are numbers.
  mutating func evaluate(
    _ rows: ArraySlice<Int>, scores: UnsafePointer<Float>, labels: UnsafePointer<UInt8>
  ) {
    let count = rows.count
    if keys.count < count { keys = Array(repeating: 0, count: max(count, 2 * keys.count)) }
    var positives = 0
    for (place, row) in rows.enumerated() {
      keys[place] = AUC.key(scores[row], labels[row])
      positives += Int(labels[row])
    }
    precondition(positives > 0, "a list that counts has a positive")
    keys.withUnsafeMutableBufferPointer { sorter.sort($0.baseAddress!, count: count) }
    for place in cutoffs.indices { ndcg[place] = 0 }
    var above = 0
    var isFirst = true
    while above < count {
      let score = keys[count - 1 - above] >> 1
      var (size, hits) = (0, 0)
      while above + size < count, keys[count - 1 - above - size] >> 1 == score {
        hits += Int(keys[count - 1 - above - size] & 1)
        size += 1
      }
      if hits > 0 {
        if isFirst { take(firstHits: hits, of: size, below: above) }
        isFirst = false
        for (place, cutoff) in cutoffs.enumerated() where above < cutoff {
          let reached = discounts[min(above + size, cutoff)] - discounts[above]
          ndcg[place] += Double(hits) / Double(size) * reached
        }
      }
      above += size
    }
    for (place, cutoff) in cutoffs.enumerated() { ndcg[place] /= discounts[min(positives, cutoff)] }
  }

  /// What depends on the first positive alone, which is one of `hits` among `size` tied candidates.
  private mutating func take(firstHits hits: Int, of size: Int, below above: Int) {
    reciprocalRank = 0
    // That none of the group's places so far holds a positive.
    var missed = 1.0
    var next = 0
    for place in 1...size - hits + 1 {
      while next < cutoffs.count, cutoffs[next] < above + place {
        hitRate[next] = 1 - missed
        next += 1
      }
      let left = Double(size - place + 1)
      reciprocalRank += missed * Double(hits) / left / Double(above + place)
      missed *= Double(size - hits - place + 1) / left
    }
    for place in next..<cutoffs.count { hitRate[place] = 1 - missed }
  }
}
