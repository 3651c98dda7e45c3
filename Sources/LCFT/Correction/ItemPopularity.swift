import Foundation
import IO
import Support

/// How items are scored without a model: by their click rates over all users' training samples, as logits.
///
///     z = log((p + a w_g) / (n + d / J + a (1 - w_g)))
///
/// p and n are the item's positive and negative samples that the log has, J the items that training samples have, and d
/// all negatives that were drawn (`/samples/train/drawn`). A drawn negative tells nothing of its item, so that each
/// item has the mean of them. Where all negatives are drawn the order is that of the counts p; where all samples are
/// exposures z is the logit of the smoothed click rate. a is the strength of the items' `BetaPrior` there, and 1 where
/// negatives are drawn.
package struct ItemPopularity: Sendable {
  /// [items]
  private let logits: Column<Float>

  package init(of dataset: Dataset) {
    let train = dataset.train
    let count = dataset.items.count
    var positives = [Int](repeating: 0, count: count)
    var negatives = [Int](repeating: 0, count: count)
    var isSeen = [Bool](repeating: false, count: count)
    var drawn = 0
    for row in 0..<train.count {
      let item = Int(train.item[row])
      isSeen[item] = true
      if train.label[row] > 0 {
        positives[item] += 1
      } else if let own = train.drawn, own[row] > 0 {
        drawn += 1
      } else {
        negatives[item] += 1
      }
    }
    // Data of one class alone have no finite logit otherwise.
    let mean = min(max(dataset.globalCTR, 1e-6), 1 - 1e-6)
    let strength =
      drawn > 0
      ? 1
      : BetaPrior(mean: mean, of: ClickCounts(count) { (positives[$0], negatives[$0]) }).strength
    let each = Double(drawn) / Double(max(1, isSeen.count(where: \.self)))
    logits = Column(
      (0..<count).map { item in
        let (p, n) = (Double(positives[item]), Double(negatives[item]) + each)
        return Float(log((p + strength * mean) / (n + strength * (1 - mean))))
      })
  }

  package func logit(ofItem item: Int32) -> Float { logits[Int(item)] }
}
