import IO
import LCFT
import Support

/// The tables of a report.
enum ReportTables {
  /// Table 1, Table 2, and what belongs to it.
  static func all(_ configurations: [Configuration]) -> [ReportTable] {
    guard !configurations.isEmpty else { return [] }
    return [
      datasets(configurations), userAUCs(configurations), scores(configurations), differences(configurations),
    ]
      + [
        choices(configurations), measures(configurations), shifts(configurations), validation(configurations),
      ].compactMap(\.self)
  }

  /// The paper's Table 1: one row per data set.
  private static func datasets(_ configurations: [Configuration]) -> ReportTable {
    var table = ReportTable(
      id: "table1", title: "Table 1. Data sets",
      note:
        "users: those with training and test samples, with their samples of both parts; training users: those with "
        + "training samples, on which the cloud model is trained; all samples: of all users and both parts; global CTR: "
        + "positives among all training samples",
      columns: [
        .init(key: "dataset", title: "data set", isNumber: false), .init(key: "users", title: "users"),
        .init(key: "samples", title: "samples"), .init(key: "train_users", title: "training users"),
        .init(key: "train_samples", title: "training samples"),
        .init(key: "all_samples", title: "all samples"),
        .init(key: "global_ctr", title: "global CTR"),
        .init(key: "digest", isNumber: false),
      ])
    for configuration in configurations.firstOfEachDataset {
      let run = configuration.first
      let users = run.results.users
      let own = zip(users.trainCount, users.testCount).reduce(0) { $0 + Int($1.0) + Int($1.1) }
      table.rows.append([
        .init(run.dataset), .init(users.row.count), .init(own),
        run.trainUsers.map { .init($0) } ?? .init(data: "", text: "-"), .init(run.trainSamples),
        .init(run.samples), .init(run.results.globalCTR, 4), .init(run.results.datasetDigest),
      ])
    }
    return table
  }

  /// The columns that name a configuration, and its cells.
  static func columns(hidesDataset: Bool, _ configurations: [Configuration]) -> [ReportTable.Column] {
    let hasSeeds = configurations.haveSeeds
    return [
      .init(key: "dataset", title: hidesDataset ? nil : "data set", isNumber: false),
      .init(key: "model", title: hidesDataset ? nil : "model", isNumber: false),
      .init(key: "run", title: "run", isNumber: false),
      .init(key: "seeds", title: hasSeeds ? "seeds" : nil),
    ]
  }

  static func cells(_ configuration: Configuration) -> [ReportTable.Cell] {
    [
      .init(configuration.dataset), .init(configuration.model), .init(configuration.name),
      .init(configuration.runs.count),
    ]
  }

  static let own = "each method's own"
  static let common = "common to all methods"

  /// The paper's Table 2: user AUC of every model under every method.
  private static func userAUCs(_ configurations: [Configuration]) -> ReportTable {
    var methods: [String] = []
    for name in configurations.flatMap({ $0.methods.map(\.name) }) where !methods.contains(name) {
      methods.append(name)
    }
    let differ = configurations.contains(where: \.coversDiffer)
    let hasSeeds = configurations.haveSeeds
    var table = ReportTable(
      id: "table2", title: "Table 2. User AUC",
      note:
        "user AUC: mean of the users' AUCs, weighted by their test samples (eq. 12); users: those with an AUC"
        + (differ
          ? "; where methods cover different users, they can only be compared over the common ones" : "")
        + (hasSeeds ? "; several seeds: mean ± standard deviation" : "") + choiceNote(configurations),
      columns: columns(hidesDataset: false, configurations)
        + [
          .init(key: "population", title: differ ? "of the users" : nil, isNumber: false),
          .init(key: "users", title: "users"),
        ] + methods.flatMap { [.init(key: $0, title: $0), .init(key: "\($0)_sd")] }
        + choiceColumns(configurations))
    table.bestNote = "the best of a row, and what rounds to the same"
    for configuration in configurations {
      func row(_ population: String, _ users: [Int], _ values: [Spread], isCompared: Bool) {
        var scores = values.map { ReportTable.Cell($0, 4) }
        if isCompared { scores.markBest(values) }
        let deviations = values.map { ReportTable.Cell($0.deviation, 4) }
        table.rows.append(
          cells(configuration) + [.init(population), .init(users: users)]
            + zip(scores, deviations).flatMap { [$0, $1] } + choiceCells(configuration, configurations))
      }
      row(
        own, methods.flatMap { configuration.counts($0, \.aucUsers) },
        methods.map { configuration.score($0, \.summary.userAUC) }, isCompared: !configuration.coversDiffer)
      guard configuration.coversDiffer else { continue }
      row(
        common, configuration.commonCounts(\.aucUsers),
        methods.map { configuration.commonScore($0, \.userAUC) }, isCompared: true)
    }
    return table
  }

  /// Every score of every method, and how many users it covers.
  private static func scores(_ configurations: [Configuration]) -> ReportTable {
    let differ = configurations.contains { $0.coversDiffer || !$0.untrained.isEmpty }
    var table = ReportTable(
      id: "scores", title: "All scores",
      note:
        "unweighted: every user counts alike; pooled AUC and log loss: over all test samples of the users after "
        + "them; no labels: users whose correction is undefined, who keep their own labels",
      columns: columns(hidesDataset: true, configurations) + [
        .init(key: "method", title: "method", isNumber: false),
        .init(key: "population", title: differ ? "of the users" : nil, isNumber: false),
      ] + .spread("user_auc", "user AUC") + .spread("user_auc_unweighted", "unweighted")
        + [.init(key: "auc_users", title: "users")] + .spread("pooled_auc", "pooled AUC")
        + .spread("logloss", "log loss") + [
          .init(key: "scored_users", title: "users"), .init(key: "undefined_labels", title: "no labels"),
        ])
    for configuration in configurations {
      let methods = configuration.methods.map(\.name)
      func add(_ rows: [ScoreRow]) { table.rows += rows.map { cells(configuration) + $0.cells } }
      add(methods.map { ScoreRow($0, of: configuration) })
      add(ScoreRow.ofAllTestUsers(configuration))
      if configuration.coversDiffer { add(methods.map { ScoreRow(common: $0, of: configuration) }) }
    }
    return table
  }
}
