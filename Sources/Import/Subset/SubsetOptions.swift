import IO
import Support

extension DatasetSubset {
  /// What to keep of a data set, and how to split it. The steps are taken in the order of the properties.
  package struct Options: Sendable {
    package var input: String
    /// Events and samples before this day (UTC) are left out.
    package var firstDay: CalendarDay?
    /// Events and samples after this day (UTC) are left out.
    package var lastDay: CalendarDay?
    /// Samples before this day (UTC) are left out, and their events stay as history.
    package var firstSampleDay: CalendarDay?
    package var users: UserList?
    package var sample: UserSample?
    /// For the sample of users.
    package var seed: UInt64
    /// Users and items with fewer events are left out, until all that stay have as many.
    package var kCore: Int?
    /// Nil where samples stay in their part.
    package var split: Split?
    /// Only users with more training samples than this have samples; nil for all users.
    package var minimumTrainingSamples: Int?
    /// The command, as the new file keeps it.
    package var command: String

    package init(input: String, seed: UInt64 = 1, command: String = "") {
      self.input = input
      self.seed = seed
      self.command = command
    }

    /// Whether nothing is asked for.
    package var isEmpty: Bool {
      firstDay == nil && lastDay == nil && firstSampleDay == nil && users == nil && sample == nil
        && kCore == nil && split == nil
        && minimumTrainingSamples == nil
    }
  }

  package enum Split: Equatable, Sendable {
    case rule(SplitRule)
    /// The last days (UTC) of the events that stay test.
    case lastDays(Int)
  }

  package enum UserList: Equatable, Sendable {
    case ids([String])
    /// One identifier per line, plain or gzip.
    case file(String)
  }

  package enum UserSample: Equatable, Sendable {
    /// Every user with this probability.
    case share(Double)
    case count(Int)
  }
}

extension DatasetSubset.Options {
  package func check() throws {
    if let firstDay, let lastDay, lastDay < firstDay {
      throw SubsetError.option(
        name: "last day", value: "\(lastDay)", allowed: "the first day, \(firstDay), or a later one")
    }
    if let firstSampleDay, let lastDay, lastDay < firstSampleDay {
      throw SubsetError.option(
        name: "last day", value: "\(lastDay)",
        allowed: "the first day of samples, \(firstSampleDay), or later")
    }
    if let kCore, kCore < 1 {
      throw SubsetError.option(name: "k-core", value: "\(kCore)", allowed: "1 or more events")
    }
    switch sample {
    case .share(let share) where !(share > 0 && share <= 1):
      throw SubsetError.option(
        name: "--sample-users", value: "\(share)",
        allowed: "a share above 0 and up to 1, such as 0.1, or a count of 1 or more, such as 500"
      )
    case .count(let count) where count < 1:
      throw SubsetError.option(
        name: "--sample-users", value: "\(count)",
        allowed: "a share above 0 and up to 1, such as 0.1, or a count of 1 or more, such as 500")
    default: break
    }
    switch split {
    case .rule(let rule): try rule.check()
    // As many as schemas have, which calendars can count.
    case .lastDays(let days) where !(1...36_500).contains(days):
      throw SubsetError.option(name: "last days", value: "\(days)", allowed: "from 1 to 36500")
    default: break
    }
    try DatasetBuilder.check(minimumTrainingSamples: minimumTrainingSamples)
  }

  /// The first option that needs the times of samples.
  var optionThatNeedsTimes: String? {
    switch split {
    case .rule(.timestamp): "--split-time"
    case .rule(.fraction): "--split-fraction"
    case .lastDays: "--last-days"
    case nil:
      firstDay != nil || lastDay != nil
        ? "a period of days" : firstSampleDay.map { _ in "--samples-from" }
    }
  }

  /// The times that lie in the period.
  var period: ClosedRange<Int64>? {
    guard firstDay != nil || lastDay != nil else { return nil }
    let first = firstDay?.start(offset: 0) ?? .min
    let last = lastDay.map { $0.advanced(by: 1).start(offset: 0) - 1 } ?? .max
    return first...last
  }

  /// The period in words.
  var days: String {
    switch (firstDay, lastDay) {
    case (let first?, let last?): "\(first) to \(last)"
    case (let first?, nil): "\(first) and later"
    case (nil, let last?): "up to \(last)"
    case (nil, nil): "all days"
    }
  }
}

extension DatasetSubset.UserSample {
  /// Marks the users of the sample among those that `isCandidate`. A user's draw depends on the seed and the identifier
  /// alone, so that the same users are drawn from any data set that has them.
  func chosen(_ ids: StringColumn, seed: UInt64, isCandidate: (Int) -> Bool) -> [Bool] {
    var draws = [Double](repeating: 1, count: ids.count)
    var candidates: [Int] = []
    for user in 0..<ids.count where isCandidate(user) {
      var random = KeyedRandom(
        seed: seed, KeyedRandom.key(ids[user]), KeyedRandom.key(DatasetSubset.samplePurpose))
      draws[user] = random.uniform()
      candidates.append(user)
    }
    var chosen = [Bool](repeating: false, count: ids.count)
    switch self {
    case .share(let share):
      for user in candidates { chosen[user] = draws[user] < share }
    case .count(let count):
      candidates.sort { (draws[$0], $0) < (draws[$1], $1) }
      for user in candidates.prefix(count) { chosen[user] = true }
    }
    return chosen
  }
}
