import IO
import LCFT
import Support

/// The figures of a report, after the paper's.
enum Figures {
  /// Figure 1: how many users have which local CTR, and where the global CTR lies.
  static func histogram(_ run: ReportedRun, id: String) -> Figure {
    let rates = run.results.users.localCTR
    let bounded = LocalCTRIntervals(equalWidths: 25, rates)
    let ends = bounded.ends
    var counts = [Int](repeating: 0, count: bounded.intervals.count)
    for rate in rates { counts[bounded.intervals.index(of: rate)] += 1 }
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
    table.hideEmptyEnds(of: counts.indices) { counts[$0] == 0 }
    return Figure(
      kind: .histogram,
      caption:
        "Share of the \(counted(rates.count, "user")) with training and test samples by local CTR, the positives "
        + "among a user's training samples. The dashed line is the global CTR. The first bar also holds the "
        + "users without a positive, and the last one all higher local CTRs.",
      table: table, title: title, mark: run.results.globalCTR,
      markLabel: "global CTR \(text(run.results.globalCTR, 4))")
  }

  /// Figure 2: what label correction gains over plain fine-tuning, by local CTR; nil where the run has no
  /// local or nothing to compare with it.
  static func gain(_ configuration: Configuration, _ groups: LocalCTRGroups, id: String) -> Figure? {
    let methods = configuration.methods
    guard let local = methods.firstIndex(where: { $0.name == Method.local.rawValue }) else { return nil }
    let others = methods.indices.filter { $0 != local && methods[$0].name != Method.cloud.rawValue }
    guard !others.isEmpty else { return nil }
    var table = ReportTable(
      id: id, title: "Numbers of Figure 2, \(configuration.name)", note: "",
      columns: [
        .init(key: "method", title: "method", isNumber: false), .init(key: "position"),
        .init(key: "interval", title: groups.axis), .init(key: "low"), .init(key: "high"),
        .init(key: "users", title: "users with AUC"), .init(title: "vs. local"), .init(key: "gain"),
        .init(key: "gain_low"), .init(key: "gain_high"),
      ])
    let compared = groups.groups.map { group in
      PairedBootstrap.compare(
        others.map { ($0, local) },
        of: methods.map { $0.of(group.users) },
        samples: group.users.map { Double(configuration.users.testCount[$0]) },
        seed: configuration.significance.seed)
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
      let start = place * groups.groups.count
      table.hideEmptyEnds(of: start..<table.rows.count) { compared[$0 - start][place].users == 0 }
    }
    return Figure(
      kind: .gain,
      caption:
        "User AUC of each method minus that of local, over the users of each group by local CTR, with 95% "
        + "intervals (paired bootstrap over the group's users\(configuration.runs.count > 1 ? " and the seeds" : "")). The "
        + "dashed line is where the global CTR lies."
        + meanNote(configuration),
      table: table, title: "Figure 2. Gain over local by \(groups.axis): \(configuration.name)",
      mark: groups.mark,
      xLabel: groups.axis, ticks: groups.ticks, range: groups.range)
  }

  /// Figure 3: shares of users whose AUC rises, stays and falls against cloud; nil without cloud.
  static func changes(_ configuration: Configuration, id: String) -> Figure? {
    var table = ReportTable(
      id: id, title: "Numbers of Figure 3, \(configuration.name)", note: "",
      columns: [
        .init(key: "method", title: "method", isNumber: false), .init(key: "users", title: "users with AUC"),
        .init(key: "up", title: "higher"), .init(key: "same", title: "same"),
        .init(key: "down", title: "lower"),
      ])
    for method in configuration.methods {
      let cloud = Method.cloud.rawValue
      guard let found = configuration.significance.comparison(of: method.name, against: cloud),
        found.users > 0
      else {
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
      caption: "Shares of the users whose AUC is higher, the same and lower than under the cloud model."
        + meanNote(configuration),
      table: table, title: "Figure 3. Users against cloud: \(configuration.name)")
  }

  private static func meanNote(_ configuration: Configuration) -> String {
    let seeds = configuration.runs.count
    return seeds > 1 ? " A user's AUC is the mean over \(seeds) seeds." : ""
  }

  /// The mean training loss of the cloud models of one data set; nil where no run has one.
  static func loss(_ configurations: [Configuration], id: String) -> Figure? {
    guard let first = configurations.first else { return nil }
    var table = ReportTable(
      id: id, title: "Numbers of the training loss, \(first.dataset)", note: "",
      columns: [
        .init(key: "run", title: "run", isNumber: false), .init(key: "epoch", title: "epoch"),
        .init(key: "loss", title: "mean loss"),
      ])
    for configuration in configurations {
      let epochs = configuration.runs.map(\.losses.count).min() ?? 0
      for epoch in 0..<epochs {
        table.rows.append([
          .init("\(configuration.name) (\(configuration.model))"), .init(epoch + 1),
          .init(Spread(configuration.runs.map { $0.losses[epoch] }), 5),
        ])
      }
    }
    guard !table.rows.isEmpty else { return nil }
    return Figure(
      kind: .loss,
      caption:
        "Mean loss of the cloud model's training samples in each epoch, as it was trained; of several seeds the "
        + "mean.",
      table: table, title: "Training loss: \(first.dataset)")
  }
}
