import IO
import Support

extension SubsetRows {
  /// What became of the users, the events, the samples and the items of the data set.
  func accounts(_ options: DatasetSubset.Options) -> [RowAccount] {
    var accounts = [
      account("users", [(users, nil)], options), account("events", [(events, nil)], options),
      account("samples", [(train, input.train.drawn), (test, input.test.drawn)], options, drawn: 0),
    ]
    if input.train.drawn != nil || input.test.drawn != nil {
      accounts.append(
        account(
          "drawn negatives", [(train, input.train.drawn), (test, input.test.drawn)], options, drawn: 1))
    }
    accounts.append(account("items", [(items, nil)], options))
    return accounts
  }

  /// The drawn negatives of users that stay: how many of them went with their own item, though their positive stays, and
  /// how many there are with the positives that stay.
  var negatives: (lost: Int, all: Int) {
    var (lost, all) = (0, 0)
    forEachNegative { row, reasons, positiveStays in
      guard positiveStays else { return }
      all += 1
      if reasons[row] != 0 { lost += 1 }
    }
    return (lost, all)
  }

  /// - Parameter drawn: counts only rows of this mark; a part without marks has none that were drawn.
  private func account(
    _ what: String, _ columns: [(reasons: Column<UInt8>, drawn: Column<UInt8>?)],
    _ options: DatasetSubset.Options, drawn: UInt8? = nil
  ) -> RowAccount {
    var counts = [Int](repeating: 0, count: Reason.allCases.count)
    for (reasons, marks) in columns {
      for rows in Pieces(reasons.count, bytesPerRow: 2) {
        for row in rows where drawn == nil || (marks?[row] ?? 0) == drawn { counts[Int(reasons[row])] += 1 }
      }
    }
    var account = RowAccount(file: "\(options.input), \(what)")
    account.rows = counts.reduce(0, +)
    for reason in Reason.allCases where reason != .kept {
      account.leaveOut(
        text(reason, options), count: counts[Int(reason.rawValue)], line: 0, isExpected: true)
    }
    return account
  }

  private func text(_ reason: Reason, _ options: DatasetSubset.Options) -> String {
    switch reason {
    case .kept: "kept"
    case .outsideDays: "not in the days \(options.days)"
    case .earlySample: "samples before \(options.firstSampleDay.map { "\($0)" } ?? "the first day")"
    case .notListed: "the user is not listed"
    case .notSampled: "the user is not in the sample"
    case .fewEvents: "fewer than \(options.kCore ?? 0) events of the user or item"
    case .fewSamples: "the user has no more than \(options.minimumTrainingSamples ?? 0) training samples"
    case .nothingLeft: "no event or sample of the user is left"
    case .withoutPositive: "the positive that they were drawn for is left out"
    case .unused: "no event or sample refers to it"
    }
  }
}
