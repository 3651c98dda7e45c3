import IO
import Support

/// The tables of a report.
enum ReportTables {
  /// The paper's Table 1: one row per data set.
  static func datasets(_ runs: [ReportedRun]) -> ReportTable {
    var table = ReportTable(
      id: "table1", title: "Table 1. Data sets",
      note: "users: those with training and test samples; samples: training and test; "
        + "global CTR: positives among all training samples",
      columns: [
        .init(key: "dataset", title: "data set", isNumber: false), .init(key: "users", title: "users"),
        .init(key: "samples", title: "samples"), .init(key: "global_ctr", title: "global CTR"),
        .init(key: "digest", isNumber: false),
      ])
    for run in runs.firstOfEachDataset {
      table.rows.append([
        .init(run.dataset), .init(run.results.users.row.count), .init(run.samples),
        .init(run.results.globalCTR, 4), .init(run.results.datasetDigest),
      ])
    }
    return table
  }

  /// The paper's Table 2: user AUC of every model under every method.
  static func userAUCs(_ runs: [ReportedRun]) -> ReportTable {
    var methods: [String] = []
    for name in runs.flatMap({ $0.results.methods.map(\.name) }) where !methods.contains(name) {
      methods.append(name)
    }
    var table = ReportTable(
      id: "table2", title: "Table 2. User AUC",
      note:
        "user AUC: mean of the users' AUCs, weighted by their test samples (eq. 12); the best of a row in bold",
      columns: [
        .init(key: "dataset", title: "data set", isNumber: false),
        .init(key: "model", title: "model", isNumber: false),
        .init(key: "run", title: "run", isNumber: false),
      ] + methods.map { .init(key: $0, title: $0) })
    for run in runs {
      let values = methods.map { run.method($0)?.summary.userAUC ?? .nan }
      let best = values.filter { !$0.isNaN }.max()
      var cells = values.map { ReportTable.Cell($0, 4) }
      for place in cells.indices { cells[place].isBest = values[place] == best }
      table.rows.append([.init(run.dataset), .init(run.results.model), .init(run.name)] + cells)
    }
    return table
  }

  /// Every method of every run against cloud and against local.
  static func differences(_ runs: [ReportedRun]) -> ReportTable {
    var table = ReportTable(
      id: "differences", title: "Table 2, differences in user AUC with 95% intervals",
      note:
        "intervals: paired bootstrap over the users with an AUC under both methods, 1000 draws, weighted like "
        + "user AUC; higher, same, lower: shares of users by their AUC against cloud; no AUC: users without one",
      columns: [
        .init(key: "dataset"), .init(key: "model"), .init(key: "run", title: "run", isNumber: false),
        .init(key: "method", title: "method", isNumber: false),
        .init(key: "user_auc", title: "user AUC"),
      ]
        + ["cloud", "local"].flatMap { base -> [ReportTable.Column] in
          [
            .init(title: "vs. \(base)"), .init(key: "vs_\(base)"), .init(key: "vs_\(base)_low"),
            .init(key: "vs_\(base)_high"),
          ]
        } + [
          .init(key: "higher", title: "higher"), .init(key: "same", title: "same"),
          .init(key: "lower", title: "lower"), .init(key: "no_auc", title: "no AUC"),
        ])
    for run in runs {
      for method in run.results.methods {
        var cells: [ReportTable.Cell] = [
          .init(run.dataset), .init(run.results.model), .init(run.name), .init(method.name),
          .init(method.summary.userAUC, 4),
        ]
        for base in ["cloud", "local"] {
          let found = run.significance.comparison(of: method.name, against: base)
          cells += [
            .init(found), .init(found?.difference ?? .nan, 4), .init(found?.low ?? .nan, 4),
            .init(found?.high ?? .nan, 4),
          ]
        }
        let changes = run.significance.comparison(of: method.name, against: "cloud")
        cells += [
          .init(percent: changes?.up ?? .nan), .init(percent: changes?.same ?? .nan),
          .init(percent: changes?.down ?? .nan), .init(method.summary.undefinedAUC),
        ]
        table.rows.append(cells)
      }
    }
    return table
  }

  /// Every pair of methods of every run, for programs.
  static func pairs(_ runs: [ReportedRun]) -> ReportTable {
    var table = ReportTable(
      id: "significance", title: "Every pair of methods", note: "",
      columns: [
        "dataset", "model", "run", "method", "against", "users", "difference", "low", "high", "up", "same",
        "down",
      ].map { .init(key: $0) })
    for run in runs {
      for row in run.significance.comparisons {
        let numbers = [row.difference, row.low, row.high, row.up, row.same, row.down]
        table.rows.append(
          [
            .init(run.dataset), .init(run.results.model), .init(run.name), .init(row.method),
            .init(row.against), .init(row.users),
          ] + numbers.map { .init($0, 4) })
      }
    }
    return table
  }
}

extension [ReportedRun] {
  /// The first run on each data set.
  var firstOfEachDataset: [ReportedRun] {
    var seen: Set<String> = []
    return filter { seen.insert($0.results.datasetDigest).inserted }
  }
}
