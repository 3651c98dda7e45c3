import IO
import Support

/// What results say of users and their samples besides outcomes, read in one pass over a data set's parts.
struct TestedUsers {
  /// [users]
  private(set) var id: [String] = []
  /// [users] training samples with label 1.
  private(set) var trainPositives: [Int32] = []
  /// The test samples, one user after the other.
  private(set) var predictions = Results.Predictions(offsets: [0], label: [], timestamp: [])
  /// [test samples] the item, and whether it is that of a training sample of the user.
  private(set) var item: [Int32] = []
  private(set) var isTouched: [Bool] = []
  /// [items] whether a training sample with label 1 of any user, among these or not, has the item.
  private(set) var hasPositive: [Bool]

  /// Of `users`, ascending rows of the data set. Throws a file error.
  init(_ users: [Int32], in parts: DatasetParts) throws {
    hasPositive = [Bool](repeating: false, count: parts.items)
    var lastUser = [Int](repeating: -1, count: parts.items)
    try parts.visit { part in
      for row in DatasetRows(of: part.heldUsers, in: part).train where part.train.label[row] > 0 {
        hasPositive[Int(part.train.item[row])] = true
      }
      for user in part.held(of: users) { add(Int(user), of: part, &lastUser) }
    }
  }

  /// `lastUser` is [items]: the user of those so far who had the item in a training sample last.
  private mutating func add(_ user: Int, of part: Dataset, _ lastUser: inout [Int]) {
    id.append(part.users.id[user])
    trainPositives.append(Int32(part.train.positives(ofUser: user)))
    for row in part.train.rows(ofUser: user) { lastUser[Int(part.train.item[row])] = user }
    let rows = part.test.rows(ofUser: user)
    for row in rows {
      item.append(part.test.item[row])
      isTouched.append(lastUser[Int(part.test.item[row])] == user)
    }
    predictions.label.append(contentsOf: part.test.label.values[rows])
    if let timestamp = part.test.timestamp {
      predictions.timestamp?.append(contentsOf: timestamp.values[rows])
    } else {
      predictions.timestamp = nil
    }
    predictions.offsets.append(Int64(item.count))
  }

  /// [users] test samples, and those with label 1.
  var testCount: [Int32] { id.indices.map { Int32(predictions.rows(ofUser: $0).count) } }
  var testPositives: [Int32] {
    id.indices.map { user in predictions.label[predictions.rows(ofUser: user)].reduce(0) { $0 + Int32($1) } }
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
