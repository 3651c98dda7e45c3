import IO

extension Results {
  /// Adds where the methods moved the scores of test samples (`Results.TestItems`, `Results.Method.shift`). Needs the
  /// predictions; shifts need those of `cloud` as well.
  ///
  /// With z a method's logits and z_c the cloud model's, a user's shift is the mean of z - z_c over the test samples whose
  /// item is that of a training sample of the user, less the mean over the others: the paper's Example 1 as a measured
  /// quantity. A fine-tuning that lowers what it touches below the rest, as plain labels do for a user with a low local
  /// CTR, has a negative one.
  ///
  /// The samples are those of `parts`, whose data set has so many `items`. Throws a file error.
  mutating func addShifts(of parts: DatasetParts, items: Int) throws {
    guard let predictions else { return }
    let (item, isTouched, isUnseen) = try testItems(of: parts, items: items)
    func counts(_ flags: [Bool]) -> [Int32] {
      users.row.indices.map { user in
        Int32(flags[Int(predictions.offsets[user])..<Int(predictions.offsets[user + 1])].count(where: \.self))
      }
    }
    let (isLeftOut, isPositive) = unseenPositives(item, isUnseen, items: items)
    self.items = TestItems(
      touched: counts(isTouched), unseen: counts(isUnseen),
      unseenPositives: UnseenPositives(positives: counts(isPositive), others: counts(isLeftOut.map(!))))
    addAUCs(without: isLeftOut)
    guard let cloud = methods.first(where: { $0.name == LCFT.Method.cloud.rawValue })?.predictions else {
      return
    }
    for index in methods.indices {
      guard let logits = methods[index].predictions else { continue }
      methods[index].shift = users.row.indices.map { user in
        var (touched, others) = (Mean(), Mean())
        for sample in Int(predictions.offsets[user])..<Int(predictions.offsets[user + 1]) {
          let moved = Double(logits[sample]) - Double(cloud[sample])
          if isTouched[sample] { touched.add(moved) } else { others.add(moved) }
        }
        return touched.value - others.value
      }
    }
  }

  /// Of each test sample whether its item is an unseen one that is a positive of the user's test samples, and whether it is
  /// such a positive.
  private func unseenPositives(
    _ item: [Int32], _ isUnseen: [Bool], items: Int
  ) -> (isOfOne: [Bool], isPositive: [Bool]) {
    guard let predictions else { return ([], []) }
    let isPositive = zip(isUnseen, predictions.label).map { $0 && $1 > 0 }
    var lastUser = [Int](repeating: -1, count: items)
    var isOfOne: [Bool] = []
    for user in users.row.indices {
      let samples = Int(predictions.offsets[user])..<Int(predictions.offsets[user + 1])
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
        let kept = (Int(predictions.offsets[user])..<Int(predictions.offsets[user + 1])).filter {
          !isLeftOut[$0]
        }
        return metric.evaluate(
          scores: kept.map { logits[$0] }, labels: kept.map { predictions.label[$0] }, count: kept.count
        ).value
      }
    }
  }

  /// Of each test sample of the evaluated users, in the order of the predictions.
  private func testItems(
    of parts: DatasetParts, items: Int
  ) throws -> (item: [Int32], isTouched: [Bool], isUnseen: [Bool]) {
    var hasPositive = [Bool](repeating: false, count: items)
    try parts.visit { part in
      let train = part.train
      for row in DatasetRows(of: part.heldUsers, in: part).train where train.label[row] > 0 {
        hasPositive[Int(train.item[row])] = true
      }
    }
    var lastUser = [Int](repeating: -1, count: items)
    var item: [Int32] = []
    var (isTouched, isUnseen): ([Bool], [Bool]) = ([], [])
    _ = try parts.values(of: users.row) { part, user in
      for row in part.train.rows(ofUser: user) { lastUser[Int(part.train.item[row])] = user }
      for row in part.test.rows(ofUser: user) {
        let own = part.test.item[row]
        item.append(own)
        isTouched.append(lastUser[Int(own)] == user)
        isUnseen.append(!hasPositive[Int(own)])
      }
    }
    return (item, isTouched, isUnseen)
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
