import IO
import LCFT
import Support

extension ReportTables {
  /// Where each method acts, by groups of users: what it gains there, and how far the scores of items that the user's
  /// training touched moved beside those of others; nil where no run tells.
  static func shifts(_ configurations: [Configuration]) -> ReportTable? {
    var table = ReportTable(
      id: "shifts", title: "Where fine-tuning acts",
      note:
        "of the users by: groups of about equally many; unseen: share of their test samples whose item no training sample "
        + "has as a positive; vs. cloud: user AUC minus that of cloud, weighted by test samples; shift: how much further "
        + "than cloud's the logits of touched items moved, which a training sample of the same user has, than those of other "
        + "items, mean over the users with test samples of both kinds",
      columns: columns(hidesDataset: true, configurations) + [
        .init(key: "method", title: "method", isNumber: false),
        .init(key: "by", title: "users by", isNumber: false),
        .init(title: "group", isNumber: false), .init(key: "low"), .init(key: "high"),
        .init(key: "users", title: "users"),
        .init(key: "vs_cloud", title: "vs. cloud"), .init(key: "shift", title: "shift"),
        .init(key: "shift_users", title: "users"),
      ])
    for configuration in configurations {
      let cuts = cuts(of: configuration)
      guard !cuts.isEmpty,
        let cloud = configuration.methods.first(where: { $0.name == Method.cloud.rawValue })
      else { continue }
      for (index, method) in configuration.methods.enumerated() where acts(method.name) {
        for cut in cuts {
          for group in cut.groups {
            let users = group.users
            let (aucUsers, gain) = gain(of: method, over: cloud, users, configuration.users.testCount)
            let shifts = configuration.runs.compactMap { $0.results.methods[index].shift }
              .flatMap { own in users.map { own[$0] }.filter(\.isFinite) }
            table.rows.append(
              cells(configuration) + [
                .init(method.name), .init(cut.name), .init(group.name), .init(group.low, 4),
                .init(group.high, 4),
                .init(aucUsers), .init(gain, 4),
                .init(shifts.reduce(0, +) / Double(shifts.count), 4),
                .init(shifts.count / max(1, configuration.runs.count)),
              ])
          }
        }
      }
    }
    return table.rows.isEmpty ? nil : table
  }

  /// Whether the method changes a user's model; those of versions that are not known may.
  private static func acts(_ name: String) -> Bool {
    Method(rawValue: name).map { $0.fineTunes || $0 == .grouped } ?? true
  }

  /// Users, and the ends of the values that they have in common.
  private struct Group {
    var name: String
    var users: [Int]
    var low = Double.nan
    var high = Double.nan
  }

  /// Ways to put users into groups; none where the runs do not tell of their items.
  private static func cuts(of configuration: Configuration) -> [(name: String, groups: [Group])] {
    guard let items = configuration.first.results.items else { return [] }
    let users = configuration.users
    func cut(_ values: [Double], digits: Int) -> [Group] {
      let cut = LocalCTRIntervals(quantiles: 3, values)
      var members = [[Int]](repeating: [], count: cut.intervals.count)
      for (user, value) in values.enumerated() { members[cut.intervals.index(of: value)].append(user) }
      return members.enumerated().map { group, users in
        let (low, high) = (cut.ends[group], cut.ends[group + 1])
        return Group(
          name: "\(text(low, digits)) to \(text(high, digits))", users: users, low: low, high: high)
      }
    }
    let shares = zip(items.unseen, users.testCount).map { Double($0) / Double(max(1, $1)) }
    return [
      ("all", [Group(name: "all", users: Array(users.localCTR.indices))]),
      ("local CTR", cut(users.localCTR, digits: 3)),
      ("training samples", cut(users.trainCount.map(Double.init), digits: 0)),
      ("unseen", cut(shares, digits: 3)),
    ]
  }

  /// How many of `users` have an AUC under both, and by how much that of `method` is higher.
  private static func gain(
    of method: MethodAUCs, over cloud: MethodAUCs, _ users: [Int], _ samples: [Int32]
  ) -> (users: Int, gain: Double) {
    var (both, sum, weight) = (0, 0.0, 0.0)
    for user in users {
      let difference = method.aucs[user] - cloud.aucs[user]
      guard difference.isFinite else { continue }
      both += 1
      sum += difference * Double(samples[user])
      weight += Double(samples[user])
    }
    return (both, sum / weight)
  }
}
