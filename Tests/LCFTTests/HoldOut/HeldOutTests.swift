import IO
import LCFT
import Support
import TestSupport
import Testing

@Suite struct HeldOutTests {
  /// No sample is lost, and moments are not cut apart; test samples are not there.
  @Test(arguments: [0.1, 0.2, 0.5, 0.9])
  func cutsTheTrainingPart(_ share: Double) throws {
    var dataset = smallDataset(users: 12).inTimeOrder
    // A feature that tells the samples apart.
    dataset.features.samples = [
      Feature(
        "row", .numeric(steps: []),
        [
          .numbers(Column((0..<dataset.train.count).map(Float.init)), missing: nil),
          .numbers(Column((0..<dataset.test.count).map(Float.init)), missing: nil),
        ], description: "", source: "test")
    ]
    func featureRows(_ dataset: Dataset, _ part: Int) -> [Int] {
      guard case .numbers(let rows, _) = dataset.features.samples[0].columns[part] else { return [] }
      return rows.values.map { Int($0) }
    }
    let parts = try dataset.holdingOut(share)
    #expect(parts.train.count + parts.test.count == dataset.train.count && parts.test.count > 0)
    for user in 0..<dataset.users.count {
      let rows = dataset.train.rows(ofUser: user)
      let (fit, heldOut) = (parts.train.rows(ofUser: user), parts.test.rows(ofUser: user))
      for (part, column) in [
        (\Dataset.Samples.item, dataset.train.item), (\.eventPosition, dataset.train.eventPosition),
      ] {
        #expect(
          Array(parts.train[keyPath: part].values[fit]) + Array(parts.test[keyPath: part].values[heldOut])
            == Array(column.values[rows]))
      }
      #expect(Array(featureRows(parts, 0)[fit] + featureRows(parts, 1)[heldOut]) == Array(rows))
      guard let cut = HeldOut(dataset.train, user: user, share: share) else { continue }
      #expect(cut.fit.lowerBound == rows.lowerBound && cut.heldOut.upperBound == rows.upperBound)
      #expect(cut.fit.upperBound == cut.heldOut.lowerBound && !cut.fit.isEmpty && !cut.heldOut.isEmpty)
      let positions = dataset.train.eventPosition
      #expect(positions[cut.fit.upperBound - 1] < positions[cut.heldOut.lowerBound])
    }
    #expect(dataset.heldOutSamples(share) == parts.test.count)
    #expect(dataset.validated(share).map(\.count) == (0..<12).map { parts.test.rows(ofUser: $0).count })
    // What a validation holds out of what is left.
    let within = try parts.holdingOut(0.5)
    let left = dataset.validated(0.5, leftBy: (share, fold: 1))
    #expect(left.map(\.count) == (0..<12).map { within.test.rows(ofUser: $0).count })
    #expect(
      left.contains(where: dataset.hasBothClasses)
        == (0..<12).contains { user in
          let (clicks, all) = (within.test.positives(ofUser: user), within.test.rows(ofUser: user).count)
          return clicks > 0 && clicks < all
        })
  }

  /// Exposures after a click that know the same events: where their times are known, each is a moment of its own, but for
  /// those of one second; without times all are one.
  @Test func momentsAreToldByTimesToo() throws {
    func samples(_ timestamps: [Int64]?) -> Dataset.Samples {
      Dataset.Samples(
        offsets: Column([0, 8]), item: Column([Int32](0..<8)), label: Column([1, 0, 0, 0, 0, 0, 0, 0]),
        eventPosition: Column([0, 1, 1, 1, 1, 1, 1, 1]), timestamp: timestamps.map { Column($0) })
    }
    func cut(_ timestamps: [Int64]?) throws -> Int {
      try #require(HeldOut(samples(timestamps), user: 0, share: 0.25)).heldOut.lowerBound
    }
    #expect(try cut(nil) == 1)
    #expect(try cut([1, 2, 3, 4, 5, 6, 7, 8]) == 6)
    #expect(try cut([1, 2, 3, 4, 5, 5, 5, 8]) == 4)
  }
}
