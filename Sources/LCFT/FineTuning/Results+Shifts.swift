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
    let (own, users) = (methods, users.row.count)
    let logits = own.map(\.predictions)
    let cloud = own.first { $0.name == LCFT.Method.cloud.rawValue }?.predictions
    func columns() -> [Column<Double>] { own.map { _ in Column(uninitialized: users) } }
    let (aucs, shifts) = (columns(), cloud == nil ? [] : columns())
    let items = TestItems(users: users)
    UserParts.each(users) { part in
      var metric = AUC()
      for user in part {
        let rows = predictions.rows(ofUser: user)
        let kept = items.set(user, rows, of: tested, labels: predictions.label)
        for index in own.indices {
          guard let logits = logits[index] else { continue }
          aucs[index].values[user] =
            kept.count == rows.count
            ? own[index].auc[user]
            : metric.evaluate(
              scores: kept.map { logits[$0] }, labels: kept.map { predictions.label[$0] }, count: kept.count
            ).value
          if let cloud { shifts[index].values[user] = tested.shift(of: rows, logits, from: cloud) }
        }
      }
    }
    self.items = items
    for index in own.indices where logits[index] != nil {
      methods[index].aucWithoutUnseen = aucs[index]
      if cloud != nil { methods[index].shift = shifts[index] }
    }
  }
}

extension Results.TestItems {
  /// Of so many users, to be set.
  fileprivate init(users: Int) {
    func column() -> Column<Int32> { Column(uninitialized: users) }
    self.init(
      touched: column(), unseen: column(),
      unseenPositives: Results.UnseenPositives(positives: column(), others: column()))
  }

  /// Sets the counts of the user whose test samples are `rows`. Returns those that are not of an unseen item that is a
  /// positive of these.
  fileprivate func set(
    _ user: Int, _ rows: Range<Int>, of tested: TestedUsers, labels: Column<UInt8>
  ) -> [Int] {
    let ofUnseen = rows.filter { !tested.hasPositive[Int(tested.item[$0])] }
    let positives = ofUnseen.filter { labels[$0] > 0 }
    let leftOut = positives.map { tested.item[$0] }.sorted()
    let kept =
      leftOut.isEmpty
      ? Array(rows)
      : rows.filter { row in
        let item = tested.item[row]
        let place = bisect(leftOut.count) { leftOut[$0] >= item }
        return place == leftOut.count || leftOut[place] != item
      }
    touched.values[user] = Int32(rows.count { tested.isTouched[$0] })
    unseen.values[user] = Int32(ofUnseen.count)
    unseenPositives?.positives.values[user] = Int32(positives.count)
    unseenPositives?.others.values[user] = Int32(kept.count)
    return kept
  }
}

extension TestedUsers {
  /// The mean of z - z_c over the touched ones of `rows`, less the mean over the others.
  fileprivate func shift(of rows: Range<Int>, _ logits: Column<Float>, from cloud: Column<Float>) -> Double {
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
