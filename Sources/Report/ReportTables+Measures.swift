import IO
import LCFT
import Support

extension ReportTables {
  /// Calibration and rankings of every method; nil where no run has measured them.
  static func measures(_ configurations: [Configuration]) -> ReportTable? {
    typealias Row = (configuration: Configuration, method: String, population: String, runs: [RunMeasures])
    var rows: [Row] = []
    for configuration in configurations {
      func add(_ method: String, _ population: String, _ runs: [RunMeasures]) {
        if !runs.isEmpty { rows.append((configuration, method, population, runs)) }
      }
      for method in configuration.methods {
        add(method.name, own, configuration.measures(method.name) { $0.summary.measures })
      }
      add(Method.cloud.rawValue, ScoreRow.allTestUsers, configuration.measures(\.summaryOfAll))
      add(Method.cloud.rawValue, ScoreRow.untrainedUsers, configuration.measures(\.summary))
      guard configuration.coversDiffer else { continue }
      for method in configuration.methods {
        add(
          method.name, common,
          configuration.measures(method.name) { $0.summary.common?.measures ?? $0.summary.measures })
      }
    }
    guard !rows.isEmpty else { return nil }
    let shown = MeasureColumns(rows.map(\.runs))
    let differ = rows.contains { $0.population != own }
    var table = ReportTable(
      id: "measures", title: "Calibration and rankings", note: shown.note,
      columns: columns(hidesDataset: true, configurations) + [
        .init(key: "method", title: "method", isNumber: false),
        .init(key: "population", title: differ ? "of the users" : nil, isNumber: false),
      ] + shown.columns)
    table.rows = rows.map {
      cells($0.configuration) + [.init($0.method), .init($0.population)] + shown.cells($0.runs)
    }
    return table
  }

  /// The scores of every method over the users of each group by local CTR; nil where the runs have not measured them.
  static func groups(_ configuration: Configuration, _ groups: LocalCTRGroups, id: String) -> ReportTable? {
    let rows = groups.groups.filter { !$0.users.isEmpty }.flatMap { group in
      configuration.methods.map { method in
        (group, method.name, configuration.runs.compactMap { GroupScores($0, method.name, group.users) })
      }
    }
    guard !rows.isEmpty, rows.allSatisfy({ $0.2.count == configuration.runs.count }) else { return nil }
    let shown = MeasureColumns(rows.map { $0.2.map(\.measures) })
    var table = ReportTable(
      id: id, title: "Scores by \(groups.axis): \(configuration.name)",
      note: "log loss: over the samples of the group; " + shown.note,
      columns: [
        .init(key: "interval", title: groups.axis), .init(key: "low"), .init(key: "high"),
        .init(key: "users", title: "users"), .init(key: "method", title: "method", isNumber: false),
      ] + .spread("user_auc", "user AUC") + [.init(key: "auc_users", title: "with AUC")]
        + .spread("logloss", "log loss") + shown.columns)
    for (group, method, runs) in rows {
      let name: [ReportTable.Cell] = [
        .init(group.label), .init(group.low, 4), .init(group.high, 4), .init(group.users.count),
        .init(method),
      ]
      let scores: [ReportTable.Cell] =
        .spread(Spread(runs.map(\.userAUC)), 4) + [.init(users: runs.map(\.aucUsers))]
        + .spread(Spread(runs.map(\.logLoss)), 4)
      table.rows.append(name + scores + shown.cells(runs.map(\.measures)))
    }
    return table
  }
}

/// A method's scores in one run over the users of a group.
private struct GroupScores {
  let userAUC: Double
  let aucUsers: Int
  let logLoss: Double
  let measures: RunMeasures

  /// `users` are rows of the results. Nil where the run has not measured the method.
  init?(_ run: ReportedRun, _ name: String, _ users: [Int]) {
    let results = run.results
    guard let method = results.methods.first(where: { $0.name == name }), let own = method.measures,
      let settings = results.measureSettings
    else { return nil }
    let samples = { (user: Int) in Double(results.users.testCount[user]) }
    let defined = users.filter { method.aucStatus[$0] == .defined }
    userAUC = defined.reduce(into: UserAUC()) { $0.add(method.auc[$1], samples: samples($1)) }.value
    aucUsers = defined.count
    let scored = Column(users.filter { method.aucStatus[$0] != .notFinite })
    logLoss =
      scored.reduce(0) { $0 + samples($1) * own.logLoss[$1] } / scored.reduce(0) { $0 + samples($1) }
    var error = CalibrationError(bins: settings.bins)
    if let predictions = results.predictions, let logits = method.predictions {
      error.add(scored, logits: logits, predictions)
    }
    measures = RunMeasures(
      measures: Results.Measures(
        own, over: scored, samples: samples, positives: { Double(results.users.testPositives[$0]) },
        lists: results.lists, calibrationError: error.value),
      cutoffs: settings.cutoffs)
  }
}

extension Configuration {
  /// A method's measures in every run; none where a run lacks them.
  fileprivate func measures(
    _ name: String, _ measures: (Results.Method) -> Results.Measures?
  ) -> [RunMeasures] {
    all(
      runs.map { run in
        (run, run.results.methods.first { $0.name == name }.flatMap(measures))
      })
  }

  /// The cloud model's over users without training samples.
  fileprivate func measures(_ summary: (Results.Untrained) -> Results.Summary) -> [RunMeasures] {
    all(runs.map { run in (run, run.results.untrained.flatMap { summary($0).measures }) })
  }

  private func all(_ found: [(run: ReportedRun, measures: Results.Measures?)]) -> [RunMeasures] {
    let known = found.compactMap { run, measures in
      measures.map { RunMeasures(measures: $0, cutoffs: run.results.measureSettings?.cutoffs ?? []) }
    }
    return known.count == runs.count ? known : []
  }
}
