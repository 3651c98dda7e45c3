import IO
import LCFT
import Studies
import Support

/// What the methods stand for that held-out training samples chose.
extension ReportTables {
  /// Every set of users of every run, with what was measured of each method; nil where no run has chosen.
  static func choices(_ configurations: [Configuration]) -> ReportTable? {
    var table = ReportTable(
      id: "choice", title: "Table 2, what lcft and lcft_by_ctr are",
      note:
        "on held-out training samples, all folds together; lcft has the choice for all users, lcft_by_ctr those for the groups "
        + "by local CTR; vs. cloud: user AUC minus that of cloud, with its 95% interval (paired bootstrap over users); "
        + "advantage: what the rule compares, the difference from the method of all users, of groups shrunken towards that "
        + "of all users; chosen: cloud is the fallback where no method is above it"
        + ruleNote(configurations),
      columns: columns(hidesDataset: true, configurations) + [
        .init(key: "seed", title: configurations.haveSeeds ? "seed" : nil),
        .init(key: "set", title: "users", isNumber: false), .init(key: "low"), .init(key: "high"),
        .init(key: "users", title: "number"), .init(key: "samples", title: "held-out samples"),
        .init(key: "method", title: "method", isNumber: false), .init(key: "user_auc", title: "user AUC"),
        .init(title: "vs. cloud"), .init(key: "vs_cloud"), .init(key: "vs_cloud_low"),
        .init(key: "vs_cloud_high"), .init(key: "advantage", title: "advantage"),
        .init(key: "chosen", title: "chosen", isNumber: false),
      ])
    for configuration in configurations {
      for run in configuration.runs {
        guard let choice = run.choice else { continue }
        for set in choice.sets.indices {
          for method in choice.methods.indices {
            table.rows.append(cells(configuration) + self.cells(run, choice, set, method))
          }
        }
      }
    }
    return table.rows.isEmpty ? nil : table
  }

  private static func cells(
    _ run: ReportedRun, _ choice: MethodChoice, _ set: Int, _ method: Int
  ) -> [ReportTable.Cell] {
    let own = choice.sets[set]
    let isChosen = method == own.chosen
    let group: [ReportTable.Cell] = [
      .init(data: "\(run.seed)", text: "\(run.seed)"), .init(MethodChoiceText.name(choice, set)),
      .init(set == 0 ? 0 : choice.edges[set - 1], 4), .init(set == 0 ? 1 : choice.edges[set], 4),
      .init(own.users), .init(own.samples), .init(choice.methods[method]),
    ]
    let scores: [ReportTable.Cell] = [
      .init(own.auc[method], 4),
      .init(data: "", text: method == 0 ? "-" : difference(own, method)),
      .init(own.difference[method], 4), .init(own.low[method], 4), .init(own.high[method], 4),
      .init(own.advantage[method], 4),
    ]
    let mark = isChosen ? (method == 0 ? "fallback" : "chosen") : ""
    return group + scores + [.init(data: isChosen ? "1" : "0", text: mark)]
  }

  private static func difference(_ own: MethodChoice.Scores, _ method: Int) -> String {
    differenceText(own.difference[method], own.low[method], own.high[method])
  }

  /// The rules of the runs, each once.
  private static func ruleNote(_ configurations: [Configuration]) -> String {
    var rules: [String] = []
    for run in configurations.flatMap(\.runs) {
      if let rule = run.choice?.ruleText, !rules.contains(rule) { rules.append(rule) }
    }
    return rules.map { "; rule: \($0)" }.joined()
  }

  /// The columns of Table 2 that say what `lcft` and `lcft_by_ctr` are, where some run has them.
  static func choiceColumns(_ configurations: [Configuration]) -> [ReportTable.Column] {
    chosenMethods(configurations).map { .init(key: "\($0)_is", title: "\($0) is", isNumber: false) }
  }

  static func choiceCells(_ own: Configuration, _ configurations: [Configuration]) -> [ReportTable.Cell] {
    chosenMethods(configurations).map { name in
      guard own.methods.contains(where: { $0.name == name }) else { return .init(data: "", text: "-") }
      let texts = own.runs.compactMap { run in
        run.choice.map { name == Method.lcft.rawValue ? choiceText($0, 0) : groupsText($0) }
      }
      return .init(texts.joined(separator: "; "))
    }
  }

  static func choiceNote(_ configurations: [Configuration]) -> String {
    chosenMethods(configurations).isEmpty
      ? ""
      : "; is: the method that held-out training samples chose, and its difference from cloud there, with its 95% interval"
        + (configurations.haveSeeds ? ", of each seed" : "") + ruleNote(configurations)
  }

  private static func groupsText(_ choice: MethodChoice) -> String {
    choice.sets.indices.dropFirst().map {
      "\(MethodChoiceText.name(choice, $0)) \(choiceText(choice, $0))"
    }.joined(separator: ", ")
  }

  /// `soft1 +0.0012 [+0.0003, +0.0021]`
  private static func choiceText(_ choice: MethodChoice, _ set: Int) -> String {
    let own = choice.sets[set]
    return own.chosen == 0
      ? "cloud (fallback)" : "\(choice.chosen(set)) \(difference(own, own.chosen))"
  }

  private static func chosenMethods(_ configurations: [Configuration]) -> [String] {
    Method.allCases.filter(\.isChoice).map(\.rawValue).filter { name in
      configurations.contains { $0.methods.contains { $0.name == name } }
    }
  }
}

extension ReportedRun {
  /// What the run chose.
  fileprivate var choice: MethodChoice? { results.findings?.choice?.choice }
}
