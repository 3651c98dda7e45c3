import IO

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
    let isUnseen = tested.item.map { !tested.hasPositive[Int($0)] }
    func counts(_ flags: [Bool]) -> [Int32] {
      users.row.indices.map { Int32(flags[predictions.rows(ofUser: $0)].count(where: \.self)) }
    }
    let (isLeftOut, isPositive) = unseenPositives(
      tested.item, isUnseen, items: tested.hasPositive.count)
    self.items = TestItems(
      touched: counts(tested.isTouched), unseen: counts(isUnseen),
      unseenPositives: UnseenPositives(positives: counts(isPositive), others: counts(isLeftOut.map(!))))
    addAUCs(without: isLeftOut)
    guard let cloud = methods.first(where: { $0.name == LCFT.Method.cloud.rawValue })?.predictions else {
      return
    }
    for index in methods.indices {
      guard let logits = methods[index].predictions else { continue }
      methods[index].shift = users.row.indices.map { user in
        var (touched, others) = (Mean(), Mean())
        for sample in predictions.rows(ofUser: user) {
          let moved = Double(logits[sample]) - Double(cloud[sample])
          if tested.isTouched[sample] { touched.add(moved) } else { others.add(moved) }
        }
        return touched.value - others.value
      }
    }
  }

  /// Of each test sample whether its item is an unseen one that is a positive of the user's test samples, and whether
  /// it is such a positive.
  private func unseenPositives(
    _ item: [Int32], _ isUnseen: [Bool], items: Int
  ) -> (isOfOne: [Bool], isPositive: [Bool]) {
    guard let predictions else { return ([], []) }
    let isPositive = zip(isUnseen, predictions.label).map { $0 && $1 > 0 }
    var lastUser = [Int](repeating: -1, count: items)
    var isOfOne: [Bool] = []
    for user in users.row.indices {
      let samples = predictions.rows(ofUser: user)
      for sample in samples where isPositive[sample] { lastUser[Int(item[sample])] = user }
      for sample in samples { isOfOne.append(lastUser[Int(item[sample])] == user) }
    }
    return (isOfOne, isPositive)
  }

  /// Each method's AUC of every user over the test samples that are not left out.
  private mutating func addAUCs(without isLeftOut: [Bool]) {
    guard let predictions else { return }
    var metric = AUC()
    for index in methods.indices {
      guard let logits = methods[index].predictions else { continue }
      methods[index].aucWithoutUnseen = users.row.indices.map { user in
        let kept = predictions.rows(ofUser: user).filter { !isLeftOut[$0] }
        return metric.evaluate(
          scores: kept.map { logits[$0] }, labels: kept.map { predictions.label[$0] }, count: kept.count
        ).value
      }
    }
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
