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
        + "has as a positive; unseen positives: share of their test positives whose item is such a one; cloud's training "
        + "loss and test loss: mean cross entropy by the cloud model, the former known before a user is fine-tuned, the "
        + "latter of the samples that gains are measured on, so that users for whom cloud had bad luck gain by chance; "
        + "vs. cloud: user AUC minus that of cloud, weighted by test samples; without unseen: the same without the test "
        + "samples of unseen positives' items; shift: how much further "
        + "than cloud's the logits of touched items moved, which a training sample of the same user has, than those of other "
        + "items, mean over the users with test samples of both kinds",
      columns: columns(hidesDataset: true, configurations) + [
        .init(key: "method", title: "method", isNumber: false),
        .init(key: "by", title: "users by", isNumber: false),
        .init(title: "group", isNumber: false), .init(key: "low"), .init(key: "high"),
        .init(key: "users", title: "users"),
        .init(key: "vs_cloud", title: "vs. cloud"),
        .init(key: "vs_cloud_without_unseen", title: "without unseen"),
        .init(key: "without_unseen_users", title: "users"), .init(key: "shift", title: "shift"),
        .init(key: "shift_users", title: "users"),
      ])
    // A table of nothing but dashes tells nothing.
    var tells = false
    for configuration in configurations {
      let cuts = cuts(of: configuration)
      guard !cuts.isEmpty,
        let cloud = configuration.methods.first(where: { $0.name == Method.cloud.rawValue })
      else { continue }
      let unseen = configuration.withoutUnseen
      for (index, method) in configuration.methods.enumerated() where acts(method.name) {
        for cut in cuts {
          for group in cut.groups {
            let users = group.users
            let own = gain(of: method, over: cloud, users, configuration.users.testCount)
            let reached = unseen?.gain(of: method.name, over: cloud.name, users)
            let shifts = configuration.runs.compactMap { $0.results.methods[index].shift }
              .flatMap { own in users.map { own[$0] }.filter(\.isFinite) }
            tells = tells || own.users > 0 || !shifts.isEmpty
            let name: [ReportTable.Cell] = [
              .init(method.name), .init(cut.name), .init(group.name), .init(group.low, 4),
              .init(group.high, 4),
            ]
            let gains: [ReportTable.Cell] = [
              .init(own.users), .init(own.gain, 4), .init(reached?.gain ?? .nan, 4),
              .init(reached?.users ?? 0),
            ]
            let moved: [ReportTable.Cell] = [
              .init(shifts.reduce(0, +) / Double(shifts.count), 4),
              .init(shifts.count / max(1, configuration.runs.count)),
            ]
            table.rows.append(cells(configuration) + name + gains + moved)
          }
        }
      }
    }
    return tells ? table : nil
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
    func cut(_ values: some Collection<Double>, digits: Int) -> [Group] {
      let cut = LocalCTRIntervals(quantiles: 3, values)
      var members = [[Int]](repeating: [], count: cut.intervals.count)
      for (user, value) in values.enumerated() { members[cut.intervals.index(of: value)].append(user) }
      let texts = distinctTexts(cut.ends, digits: digits) { text($0, $1) }
      return members.enumerated().map { group, users in
        Group(
          name: intervalText(texts[group], texts[group + 1]), users: users, low: cut.ends[group],
          high: cut.ends[group + 1])
      }
    }
    func shares(_ counts: Column<Int32>, of all: Column<Int32>) -> [Double] {
      zip(counts, all).map { Double($0) / Double(max(1, $1)) }
    }
    var cuts = [
      ("all", [Group(name: "all", users: Array(users.localCTR.indices))]),
      ("local CTR", cut(users.localCTR, digits: 3)),
      ("training samples", cut(users.trainCount.lazy.map(Double.init), digits: 0)),
      ("unseen", cut(shares(items.unseen, of: users.testCount), digits: 3)),
    ]
    if let unseen = items.unseenPositives {
      cuts.append(("unseen positives", cut(shares(unseen.positives, of: users.testPositives), digits: 3)))
    }
    let losses: [(String, [Double]?)] = [
      ("cloud's training loss", configuration.meanOfCloud { $0.lossBefore }),
      ("cloud's test loss", configuration.meanOfCloud { $0.measures?.logLoss }),
    ]
    for (name, values) in losses {
      if let values, values.allSatisfy(\.isFinite) { cuts.append((name, cut(values, digits: 3))) }
    }
    return cuts
  }

  /// How many of `users` have an AUC under both, and by how much that of `method` is higher.
  fileprivate static func gain(
    of method: MethodAUCs, over cloud: MethodAUCs, _ users: [Int], _ samples: Column<Int32>
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

/// Users' AUCs without the test samples of unseen positives, by method.
private struct AUCsWithoutUnseen {
  /// Test samples that are left of each user.
  let samples: Column<Int32>
  let methods: [MethodAUCs]

  /// As `ReportTables.gain`; nil where one of the methods is not known.
  func gain(of name: String, over base: String, _ users: [Int]) -> (users: Int, gain: Double)? {
    guard let own = methods.first(where: { $0.name == name }),
      let other = methods.first(where: { $0.name == base })
    else { return nil }
    return ReportTables.gain(of: own, over: other, users, samples)
  }
}

extension Configuration {
  /// Nil where some run does not tell.
  fileprivate var withoutUnseen: AUCsWithoutUnseen? {
    guard let samples = first.results.items?.unseenPositives?.others else { return nil }
    let methods = first.results.methods.indices.compactMap { index -> MethodAUCs? in
      let seeds = runs.compactMap { $0.results.methods[index].aucWithoutUnseen }
      guard seeds.count == runs.count else { return nil }
      return MethodAUCs(name: first.results.methods[index].name, seeds: seeds)
    }
    return AUCsWithoutUnseen(samples: samples, methods: methods)
  }

  /// The mean over the runs of what `values` has of each user for the cloud model; nil where some run has none.
  fileprivate func meanOfCloud(_ values: (Results.Method) -> Column<Double>?) -> [Double]? {
    let found = runs.compactMap { run in
      run.results.methods.first { $0.name == Method.cloud.rawValue }.flatMap(values)
    }
    guard found.count == runs.count else { return nil }
    return users.localCTR.indices.map { user in found.reduce(0) { $0 + $1[user] } / Double(found.count) }
  }
}
