import IO
import Support

extension Results {
  /// Adds where the methods moved the scores of test samples (`Results.TestItems`, `Results.Method.shift`). Needs the
  /// predictions; shifts need those of `cloud` as well.
  ///
  /// With z a method's logits and z_c the cloud model's, a user's shift is the mean of z - z_c over the test samples
  /// whose item is that of a training sample of the user, less the mean over the others: the paper's Example 1 as a
  /// measured quantity. A fine-tuning that lowers what it touches below the rest, as plain labels do for a user with a
  /// low local CTR, has a negative one.
  ///
  /// The evaluated users are those of `tested`.
  mutating func addShifts(of tested: TestedUsers) {
    guard let predictions else { return }
    let own = methods
    let logits = own.map(\.predictions)
    let cloud = own.first { $0.name == LCFT.Method.cloud.rawValue }?.predictions
    var all = TouchedUsers(methods: own.count)
    UserParts.inOrder(users.row.count) { users in
      var part = TouchedUsers(methods: own.count)
      var metric = AUC()
      for user in users {
        let rows = predictions.rows(ofUser: user)
        let kept = part.add(rows, of: tested, labels: predictions.label)
        for index in own.indices {
          guard let logits = logits[index] else { continue }
          part.auc[index].append(
            kept.count == rows.count
              ? own[index].auc[user]
              : metric.evaluate(
                scores: kept.map { logits[$0] }, labels: kept.map { predictions.label[$0] }, count: kept.count
              ).value)
          if let cloud { part.shift[index].append(tested.shift(of: rows, logits, from: cloud)) }
        }
      }
      return part
    } take: {
      all.append($0)
    }
    items = all.items
    for index in own.indices where logits[index] != nil {
      methods[index].aucWithoutUnseen = all.auc[index]
      if cloud != nil { methods[index].shift = all.shift[index] }
    }
  }
}

/// What the test samples of users have to do with training samples, user after user.
private struct TouchedUsers {
  var items = Results.TestItems(
    touched: [], unseen: [], unseenPositives: Results.UnseenPositives(positives: [], others: []))
  /// [methods][users] over the samples that are not left out.
  var auc: [[Double]]
  /// [methods][users]
  var shift: [[Double]]

  init(methods: Int) {
    (auc, shift) = (Array(repeating: [], count: methods), Array(repeating: [], count: methods))
  }

  /// Adds the counts of the user whose test samples are `rows`. Returns those that are not of an unseen item that is a
  /// positive of these.
  mutating func add(_ rows: Range<Int>, of tested: TestedUsers, labels: [UInt8]) -> [Int] {
    let unseen = rows.filter { !tested.hasPositive[Int(tested.item[$0])] }
    let positives = unseen.filter { labels[$0] > 0 }
    let leftOut = positives.map { tested.item[$0] }.sorted()
    let kept =
      leftOut.isEmpty
      ? Array(rows)
      : rows.filter { row in
        let item = tested.item[row]
        let place = bisect(leftOut.count) { leftOut[$0] >= item }
        return place == leftOut.count || leftOut[place] != item
      }
    items.touched.append(Int32(rows.count { tested.isTouched[$0] }))
    items.unseen.append(Int32(unseen.count))
    items.unseenPositives?.positives.append(Int32(positives.count))
    items.unseenPositives?.others.append(Int32(kept.count))
    return kept
  }

  mutating func append(_ other: TouchedUsers) {
    items.touched += other.items.touched
    items.unseen += other.items.unseen
    items.unseenPositives?.positives += other.items.unseenPositives?.positives ?? []
    items.unseenPositives?.others += other.items.unseenPositives?.others ?? []
    for index in auc.indices {
      auc[index] += other.auc[index]
      shift[index] += other.shift[index]
    }
  }
}

extension TestedUsers {
  /// The mean of z - z_c over the touched ones of `rows`, less the mean over the others.
  fileprivate func shift(of rows: Range<Int>, _ logits: [Float], from cloud: [Float]) -> Double {
    var (touched, others) = (Mean(), Mean())
    for row in rows {
      let moved = Double(logits[row]) - Double(cloud[row])
      if isTouched[row] { touched.add(moved) } else { others.add(moved) }
    }
    return touched.value - others.value
  }
}

/// A mean that is NaN of nothing.
private struct Mean {
  private var sum = 0.0
  private var count = 0

  mutating func add(_ value: Double) {
    sum += value
    count += 1
  }

  var value: Double { sum / Double(count) }
}
