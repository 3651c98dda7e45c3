import IO
import Support

/// What results say of users and their samples besides outcomes, read in one pass over a data set's parts.
struct TestedUsers {
  let id: StringColumn
  /// [users] training samples with label 1.
  let trainPositives: Column<Int32>
  /// [users] test samples, and those with label 1.
  let testCount: Column<Int32>
  let testPositives: Column<Int32>
  /// The test samples, one user after the other.
  let predictions: Results.Predictions
  /// [test samples] the item, and whether it is that of a training sample of the user.
  let item: Column<Int32>
  let isTouched: Column<Bool>
  /// [items] whether a training sample with label 1 of any user, among these or not, has the item.
  let hasPositive: [Bool]

  /// Of `users`, ascending rows of the data set. Throws a file error.
  init(_ users: [Int32], in parts: DatasetParts) throws {
    let offsets = Column<Int64>(uninitialized: users.count + 1)
    offsets.values[0] = 0
    for (place, user) in users.enumerated() {
      offsets.values[place + 1] = offsets[place] + Int64(parts.testSamples(ofUser: user))
    }
    let samples = Int(offsets[users.count])
    let label = Column<UInt8>(uninitialized: samples)
    let timestamp = parts.hasTestTimes ? Column<Int64>(uninitialized: samples) : nil
    func column() -> Column<Int32> { Column(uninitialized: users.count) }
    let (trainPositives, testCount, testPositives) = (column(), column(), column())
    let item = Column<Int32>(uninitialized: samples)
    let isTouched = Column<Bool>(uninitialized: samples)
    let predictions = Results.Predictions(offsets: offsets, label: label, timestamp: timestamp)
    var hasPositive = [Bool](repeating: false, count: parts.items)
    // The user of those so far who had the item in a training sample last [items].
    var lastUser = [Int32](repeating: -1, count: parts.items)
    var names = UserNames()
    var place = 0
    try parts.visit { part in
      for row in DatasetRows(of: part.heldUsers, in: part).train where part.train.label[row] > 0 {
        hasPositive[Int(part.train.item[row])] = true
      }
      for user in part.held(of: users) {
        names.append(part.users.id.bytes(ofRow: Int(user)))
        for row in part.train.rows(ofUser: Int(user)) { lastUser[Int(part.train.item[row])] = user }
        let rows = part.test.rows(ofUser: Int(user))
        var positives: Int32 = 0
        for (row, sample) in zip(rows, predictions.rows(ofUser: place)) {
          item.values[sample] = part.test.item[row]
          isTouched.values[sample] = lastUser[Int(part.test.item[row])] == user
          label.values[sample] = part.test.label[row]
          positives += Int32(part.test.label[row])
          if let times = part.test.timestamp { timestamp?.values[sample] = times[row] }
        }
        trainPositives.values[place] = Int32(part.train.positives(ofUser: Int(user)))
        (testCount.values[place], testPositives.values[place]) = (Int32(rows.count), positives)
        place += 1
        Spill.checkpoint(atRow: place)
      }
    }
    id = names.column()
    (self.trainPositives, self.testCount, self.testPositives) = (trainPositives, testCount, testPositives)
    (self.predictions, self.item, self.isTouched) = (predictions, item, isTouched)
    self.hasPositive = hasPositive
  }
}

/// Names of users, one behind the other.
private struct UserNames: ~Copyable {
  private var bytes = GrowableBuffer<UInt8>()
  private var ends = GrowableBuffer<Int>()
  private var width = 1

  init() {}

  mutating func append(_ name: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: name)
    ends.append(bytes.count)
    width = max(width, name.count)
  }

  consuming func column() -> StringColumn {
    StringColumn(count: ends.count, width: width) { row, target in
      let start = row == 0 ? 0 : ends.pointer[row - 1]
      target.update(from: bytes.pointer + start, count: ends.pointer[row] - start)
      return ends.pointer[row] - start
    }
  }
}

extension Dataset {
  /// Of `users`, ascending rows, those whose rows there are.
  fileprivate func held(of users: [Int32]) -> ArraySlice<Int32> {
    let held = heldUsers
    let first = bisect(users.count) { Int(users[$0]) >= held.lowerBound }
    return users[first...].prefix { Int($0) < held.upperBound }
  }
}
