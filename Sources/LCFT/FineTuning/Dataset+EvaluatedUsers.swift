import IO
import Support

extension Dataset {
  /// Users with both training and test samples, by row: the ones that fine-tuning is evaluated on.
  package var evaluatedUsers: [Int32] {
    usersWithTestSamples { !train.rows(ofUser: $0).isEmpty }
  }

  /// How many they are.
  package var evaluatedUserCount: Int {
    var count = 0
    for rows in Pieces(users.count, bytesPerRow: 16) {
      for user in rows where !train.rows(ofUser: user).isEmpty && !test.rows(ofUser: user).isEmpty {
        count += 1
      }
    }
    return count
  }

  /// Users with test samples and no training samples, by row: only the cloud model can score them.
  package var untrainedUsers: [Int32] {
    usersWithTestSamples { train.rows(ofUser: $0).isEmpty }
  }

  /// How many users have training samples.
  package var trainedUsers: Int { (0..<users.count).count { !train.rows(ofUser: $0).isEmpty } }

  private func usersWithTestSamples(_ belongs: (Int) -> Bool) -> [Int32] {
    (0..<users.count).filter { belongs($0) && !test.rows(ofUser: $0).isEmpty }.map(Int32.init)
  }
}
