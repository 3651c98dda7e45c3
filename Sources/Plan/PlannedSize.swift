/// How much larger than the data set at hand the one is that a plan is for: the same kinds of users and items, more of them.
package struct PlannedSize: Sendable {
  /// Factors on the numbers of users and items.
  let users: Double
  let items: Double

  /// For a data set of `sizes` that stands for one with so many users and items; nil: as many as it has.
  init(users: Int?, items: Int?, of sizes: DatasetSizes) {
    func factor(_ wanted: Int?, _ found: Int) -> Double { Double(wanted ?? found) / Double(max(found, 1)) }
    self.users = factor(users, sizes.users)
    self.items = factor(items, sizes.items)
  }

  var isLarger: Bool { users != 1 || items != 1 }
}

extension DatasetSizes {
  /// Those of a data set with more users, each with as many events and samples as here, and more items. Vocabularies and the
  /// largest user stay as they are.
  func scaled(_ size: PlannedSize) -> DatasetSizes {
    func times(_ number: Int, _ factor: Double) -> Int { Int((Double(number) * factor).rounded()) }
    var sizes = self
    // Three offsets of 8 bytes for every user; what is left is of items and vocabularies.
    let ofUsers = rowBytes + nameBytes + 24 * users
    sizes.columnBytes = times(ofUsers, size.users) + times(max(columnBytes - ofUsers, 0), size.items)
    sizes.users = times(users, size.users)
    sizes.events = times(events, size.users)
    sizes.trainSamples = times(trainSamples, size.users)
    sizes.testSamples = times(testSamples, size.users)
    sizes.rowBytes = times(rowBytes, size.users)
    sizes.nameBytes = times(nameBytes, size.users)
    sizes.loadedBytes = times(loadedBytes, size.users)
    sizes.items = times(items, size.items)
    return sizes
  }
}

extension Calibration {
  /// What was measured, for a data set that is so much larger: time by user, steps by samples, and a checkpoint by the
  /// weights, `weights` times as many. A step touches as many rows as here.
  mutating func scale(_ size: PlannedSize, weights: Double) {
    load *= size.users
    users *= size.users
    results *= size.users
    resultsInParts *= size.users
    checkpoint *= weights
    stepsPerEpoch = Int((Double(stepsPerEpoch) * size.users).rounded(.up))
    evaluatedUsers = Int((Double(evaluatedUsers) * size.users).rounded())
    userTableBytes = Int(Double(userTableBytes) * size.users)
    outcomeBytes = Int(Double(outcomeBytes) * size.users)
  }
}
