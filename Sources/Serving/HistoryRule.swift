import IO
import Support

/// Which of a user's events are the history of an item that is shown at a time: the same as that of a training sample.
package struct HistoryRule {
  let dataset: Dataset
  let sameTime: SameTime

  package init(dataset: Dataset, sameTime: SameTime) {
    self.dataset = dataset
    self.sameTime = sameTime
  }

  /// How many of the events of the user in row `user` come before `item`, shown at `time`; all of them where that is nil.
  ///
  /// Where the data set has a sample of that user, item and time it is the sample's. Otherwise the events of earlier
  /// times, and those of the same second where samples know these, up to the first one of the same item.
  package func position(user: Int, item: Int32, time: Int64?) -> Int32 {
    let (first, end) = (Int(dataset.users.eventOffsets[user]), Int(dataset.users.eventOffsets[user + 1]))
    guard let time else { return Int32(end - first) }
    for samples in [dataset.train, dataset.test] {
      if let known = HistoryRule.position(in: samples, user: user, item: item, time: time) { return known }
    }
    var place = dataset.firstEvent(ofUser: user, from: time)
    if sameTime == .before {
      while place < end, dataset.events.timestamp[place] == time, dataset.events.item[place] != item {
        place += 1
      }
    }
    return Int32(place - first)
  }

  private static func position(
    in samples: Dataset.Samples, user: Int, item: Int32, time: Int64
  ) -> Int32? {
    guard let times = samples.timestamp else { return nil }
    let rows = samples.rows(ofUser: user)
    let first = rows.lowerBound + bisect(rows.count) { times[rows.lowerBound + $0] >= time }
    let row = (first..<rows.upperBound).prefix { times[$0] == time }.first { samples.item[$0] == item }
    return row.map { samples.eventPosition[$0] }
  }
}
