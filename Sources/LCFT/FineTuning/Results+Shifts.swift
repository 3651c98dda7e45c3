import IO

extension Results {
  /// Adds where the methods moved the scores of test samples (`Results.TestItems`, `Results.Method.shift`). Needs the
  /// predictions; shifts need those of `cloud` as well.
  ///
  /// With z a method's logits and z_c the cloud model's, a user's shift is the mean of z - z_c over the test samples whose
  /// item is that of a training sample of the user, less the mean over the others: the paper's Example 1 as a measured
  /// quantity. A fine-tuning that lowers what it touches below the rest, as plain labels do for a user with a low local
  /// CTR, has a negative one.
  package mutating func addShifts(of dataset: Dataset) {
    guard let predictions else { return }
    let (isTouched, isUnseen) = testItems(of: dataset)
    func counts(_ flags: [Bool]) -> [Int32] {
      users.row.indices.map { user in
        Int32(flags[Int(predictions.offsets[user])..<Int(predictions.offsets[user + 1])].count(where: \.self))
      }
    }
    let (isLeftOut, isPositive) = unseenPositives(isUnseen, of: dataset)
    items = TestItems(
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
    _ isUnseen: [Bool], of dataset: Dataset
  ) -> (isOfOne: [Bool], isPositive: [Bool]) {
    var lastUser = [Int32](repeating: -1, count: dataset.items.count)
    var (isOfOne, isPositive): ([Bool], [Bool]) = ([], [])
    for user in users.row {
      let rows = dataset.test.rows(ofUser: Int(user))
      let first = isOfOne.count
      for row in rows {
        isPositive.append(isUnseen[first + row - rows.lowerBound] && dataset.test.label[row] > 0)
        if isPositive[first + row - rows.lowerBound] { lastUser[Int(dataset.test.item[row])] = user }
      }
      for row in rows { isOfOne.append(lastUser[Int(dataset.test.item[row])] == user) }
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
  private func testItems(of dataset: Dataset) -> (isTouched: [Bool], isUnseen: [Bool]) {
    var hasPositive = [Bool](repeating: false, count: dataset.items.count)
    for row in 0..<dataset.train.count where dataset.train.label[row] > 0 {
      hasPositive[Int(dataset.train.item[row])] = true
    }
    var lastUser = [Int32](repeating: -1, count: dataset.items.count)
    var (isTouched, isUnseen): ([Bool], [Bool]) = ([], [])
    for user in users.row {
      for row in dataset.train.rows(ofUser: Int(user)) { lastUser[Int(dataset.train.item[row])] = user }
      for row in dataset.test.rows(ofUser: Int(user)) {
        let item = Int(dataset.test.item[row])
        isTouched.append(lastUser[item] == user)
        isUnseen.append(!hasPositive[item])
      }
    }
    return (isTouched, isUnseen)
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
