import IO
import LCFT
import Support

extension ReportTables {
  /// Every method of every configuration against cloud and against local.
  static func differences(_ configurations: [Configuration]) -> ReportTable {
    let hasSeeds = configurations.haveSeeds
    var table = ReportTable(
      id: "differences", title: "Table 2, differences in user AUC with 95% intervals",
      note:
        "intervals: paired bootstrap over the users with an AUC under both methods, 1000 draws, weighted like "
        + "user AUC; higher, same, lower: shares of these users by their AUC against cloud; no AUC: users without one, whose "
        + "test samples are of one class or whose fine-tuning diverged; of fewer than \(Results.Comparison.fewestUsers) users "
        + "no interval is given"
        + (hasSeeds
          ? "; several seeds: the mean of the differences, each draw takes seeds as well as users; ±: standard deviation "
            + "of the difference over the seeds" : ""),
      columns: columns(hidesDataset: true, configurations) + [
        .init(key: "method", title: "method", isNumber: false),
        .init(key: "user_auc", title: "user AUC"),
      ]
        + ["cloud", "local"].flatMap { base -> [ReportTable.Column] in
          [
            .init(title: "vs. \(base)"), .init(key: "vs_\(base)"), .init(key: "vs_\(base)_low"),
            .init(key: "vs_\(base)_high"), .init(key: "vs_\(base)_sd", title: hasSeeds ? "±" : nil),
            .init(key: "vs_\(base)_users", title: "users"),
          ]
        } + [
          .init(key: "higher", title: "higher"), .init(key: "same", title: "same"),
          .init(key: "lower", title: "lower"), .init(key: "no_auc", title: "no AUC"),
        ])
    for configuration in configurations {
      for method in configuration.methods {
        var cells =
          self.cells(configuration) + [
            .init(method.name), .init(configuration.score(method.name, \.summary.userAUC), 4),
          ]
        for base in ["cloud", "local"] {
          let found = configuration.significance.comparison(of: method.name, against: base)
          cells += [
            .init(found), .init(found?.difference ?? .nan, 4), .init(found?.low ?? .nan, 4),
            .init(found?.high ?? .nan, 4),
            .init(configuration.differences(method.name, against: base).deviation, 4),
            found.map { .init($0.users) } ?? .init(data: "", text: "-"),
          ]
        }
        let changes = configuration.significance.comparison(of: method.name, against: "cloud")
        cells += [
          .init(percent: changes?.up ?? .nan), .init(percent: changes?.same ?? .nan),
          .init(percent: changes?.down ?? .nan),
          .init(users: configuration.counts(method.name, \.summary.undefinedAUC)),
        ]
        table.rows.append(cells)
      }
    }
    return table
  }

  /// Every pair of methods of every configuration, for programs.
  static func pairs(_ configurations: [Configuration]) -> ReportTable {
    var table = ReportTable(
      id: "significance", title: "Every pair of methods", note: "",
      columns: [
        "dataset", "model", "run", "seeds", "method", "against", "users", "difference", "low", "high", "up",
        "same", "down",
      ].map { .init(key: $0) })
    for configuration in configurations {
      for row in configuration.significance.comparisons {
        let numbers = [row.difference, row.low, row.high, row.up, row.same, row.down]
        table.rows.append(
          cells(configuration) + [.init(row.method), .init(row.against), .init(row.users)]
            + numbers.map { .init($0, 4) })
      }
    }
    return table
  }
}
