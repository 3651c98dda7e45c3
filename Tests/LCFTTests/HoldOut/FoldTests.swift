import IO
import LCFT
import TestSupport
import Testing

/// Parts that are held out one before the other.
@Suite struct FoldTests {
  /// Fold k is what holding out gives when it is done k times, each time on what it leaves.
  @Test(arguments: [0.2, 0.5])
  func holdsOutWhatIsLeft(_ share: Double) throws {
    let dataset = smallDataset(users: 12).inTimeOrder
    var left = dataset
    for fold in 1...4 {
      let cut = try dataset.holdingOut(share, fold: fold)
      left = try left.holdingOut(share)
      #expect(Array(cut.train.item.values) == Array(left.train.item.values))
      #expect(Array(cut.train.offsets.values) == Array(left.train.offsets.values))
      #expect(Array(cut.test.item.values) == Array(left.test.item.values))
      #expect(Array(cut.test.label.values) == Array(left.test.label.values))
      #expect(Array(cut.test.eventPosition.values) == Array(left.test.eventPosition.values))
      let judges = (0..<cut.users.count).contains {
        Set(cut.test.label.values[cut.test.rows(ofUser: $0)]).count == 2
      }
      #expect(dataset.canJudge(share, fold: fold) == judges)
    }
  }
}
