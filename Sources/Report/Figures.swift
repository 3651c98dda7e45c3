import IO
import LCFT
import Studies
import Support

/// The figures of a report, after the paper's.
enum Figures {
  /// Figure 1: how many users have which local CTR, and where the global CTR lies.
  static func histogram(_ run: ReportedRun, id: String) -> Figure {
    let rates = run.results.users.localCTR
    let intervals = LocalCTRGroups.equalWidths(rates, count: 25)
    let ends = intervals.ends(from: 0, rates)
    var counts = [Int](repeating: 0, count: intervals.count)
    for rate in rates { counts[intervals.index(of: rate)] += 1 }
    let title = "Figure 1. Local CTRs of the users of \(run.dataset)"
    var table = ReportTable(
      id: id, title: "Numbers of Figure 1, \(run.dataset)", note: "",
      columns: [
        .init(key: "low", title: "local CTR above"), .init(key: "high", title: "up to"),
        .init(key: "users", title: "users"), .init(key: "share", title: "share"),
      ])
    for (bin, count) in counts.enumerated() {
      table.rows.append([
        .init(ends[bin], 4), .init(ends[bin + 1], 4), .init(count),
        .init(percent: Double(count) / Double(max(1, rates.count))),
      ])
    }
    return Figure(
      kind: .histogram,
      caption: "Share of the \(rates.count) users with training and test samples by local CTR, the positives "
        + "among a user's training samples. The dashed line is the global CTR. The first bar holds the users "
        + "without a positive, too, and the last one all higher local CTRs.",
      table: table, title: title, mark: run.results.globalCTR,
      markLabel: "global CTR \(text(run.results.globalCTR, 4))")
  }

  /// Figure 2: what label correction gains over plain fine-tuning, by local CTR; nil where the run has no
  /// local or nothing to compare with it.
  static func gain(_ run: ReportedRun, _ groups: LocalCTRGroups, id: String) -> Figure? {
    let methods = run.results.methods
    guard let local = methods.firstIndex(where: { $0.name == Method.local.rawValue }) else { return nil }
    let others = methods.indices.filter { $0 != local && methods[$0].name != Method.cloud.rawValue }
    guard !others.isEmpty else { return nil }
    var table = ReportTable(
      id: id, title: "Numbers of Figure 2, \(run.name)", note: "",
      columns: [
        .init(key: "method", title: "method", isNumber: false), .init(key: "position"),
        .init(key: "interval", title: groups.axis), .init(key: "low"), .init(key: "high"),
        .init(key: "users", title: "users with AUC"), .init(title: "less local"), .init(key: "gain"),
        .init(key: "gain_low"), .init(key: "gain_high"),
      ])
    let compared = groups.groups.map { group in
      PairedBootstrap.compare(
        others.map { ($0, local) },
        of: methods.map { method in
          MethodAUCs(name: method.name, aucs: group.users.map { method.auc[$0] })
        },
        samples: group.users.map { Double(run.results.users.testCount[$0]) }, seed: run.significance.seed)
    }
    for (place, method) in others.enumerated() {
      for (group, comparisons) in zip(groups.groups, compared) {
        let found = comparisons[place]
        table.rows.append([
          .init(methods[method].name), .init(group.position, 0), .init(group.label), .init(group.low, 4),
          .init(group.high, 4), .init(found.users), .init(found), .init(found.difference, 4),
          .init(found.low, 4), .init(found.high, 4),
        ])
      }
    }
    return Figure(
      kind: .gain,
      caption:
        "User AUC of each method less that of local, over the users of each group by local CTR, with 95% "
        + "intervals (paired bootstrap over the group's users). The dashed line is where the global CTR lies.",
      table: table, title: "Figure 2. Gain over local by \(groups.axis): \(run.name)", mark: groups.mark,
      xLabel: groups.axis, ticks: groups.ticks, range: groups.range)
  }

  /// Figure 3: shares of users whose AUC rises, stays and falls against cloud; nil without cloud.
  static func changes(_ run: ReportedRun, id: String) -> Figure? {
    var table = ReportTable(
      id: id, title: "Numbers of Figure 3, \(run.name)", note: "",
      columns: [
        .init(key: "method", title: "method", isNumber: false), .init(key: "users", title: "users with AUC"),
        .init(key: "up", title: "higher"), .init(key: "same", title: "same"),
        .init(key: "down", title: "lower"),
      ])
    for method in run.results.methods {
      let cloud = Method.cloud.rawValue
      guard let found = run.significance.comparison(of: method.name, against: cloud), found.users > 0 else {
        continue
      }
      table.rows.append([
        .init(method.name), .init(found.users), .init(percent: found.up), .init(percent: found.same),
        .init(percent: found.down),
      ])
    }
    guard !table.rows.isEmpty else { return nil }
    return Figure(
      kind: .changes,
      caption: "Shares of the users whose AUC is higher, the same and lower than under the cloud model.",
      table: table, title: "Figure 3. Users against cloud: \(run.name)")
  }

  /// The mean training loss of the cloud models of one data set; nil where no run knows its own.
  static func loss(_ runs: [ReportedRun], id: String) -> Figure? {
    guard let first = runs.first else { return nil }
    var table = ReportTable(
      id: id, title: "Numbers of the training loss, \(first.dataset)", note: "",
      columns: [
        .init(key: "run", title: "run", isNumber: false), .init(key: "epoch", title: "epoch"),
        .init(key: "loss", title: "mean loss"),
      ])
    for run in runs {
      for (epoch, loss) in run.losses.enumerated() {
        table.rows.append([.init("\(run.name) (\(run.results.model))"), .init(epoch + 1), .init(loss, 5)])
      }
    }
    guard !table.rows.isEmpty else { return nil }
    return Figure(
      kind: .loss,
      caption: "Mean loss of the cloud model's training samples in each epoch, as it was trained.",
      table: table, title: "Training loss: \(first.dataset)")
  }

  /// Figure 5: an A/B test's buckets by day.
  static func days(_ test: ABTestDays, name: String, id: String) -> Figure {
    var table = ReportTable(
      id: id, title: "Numbers of Figure 5, \(name)", note: "",
      columns: [
        .init(key: "bucket", title: "bucket", isNumber: false), .init(key: "day", title: "day"),
        .init(key: "users", title: "users"), .init(key: "impressions", title: "impressions"),
        .init(key: "clicks", title: "clicks"), .init(key: "ctr", title: "CTR"), .init(title: "95% interval"),
        .init(key: "ctr_low"), .init(key: "ctr_high"),
        .init(key: "clicks_per_user", title: "clicks per user"),
        .init(title: "95% interval"), .init(key: "clicks_per_user_low"), .init(key: "clicks_per_user_high"),
      ])
    for day in test.days {
      func cells(_ estimate: Estimate, _ scale: Double, _ unit: String) -> [ReportTable.Cell] {
        func shown(_ value: Double) -> String { text(scale * value, 3) + (value.isNaN ? "" : unit) }
        return [
          .init(data: estimate.value.isNaN ? "" : "\(estimate.value)", text: shown(estimate.value)),
          .init(data: "", text: "\(shown(estimate.low)) to \(shown(estimate.high))"),
          .init(estimate.low, 4), .init(estimate.high, 4),
        ]
      }
      table.rows.append(
        [.init(day.bucket), .init(day.day), .init(day.users), .init(day.impressions), .init(day.clicks)]
          + cells(day.ctr, 100, "%") + cells(day.clicksPerUser, 1, ""))
    }
    return Figure(
      kind: .days,
      caption: "CTR and clicks per user of each bucket by day, with 95% intervals"
        + (test.hasIntervals
          ? " as the test's file states them (of lcft simulate-ab: normal over users)."
          : ": Wilson's for the CTR, the Poisson law's by normal approximation for clicks per user. Both take clicks "
            + "for independent; where users differ the intervals are too narrow."),
      table: table, title: "Figure 5. A/B test by day: \(name)")
  }
}
