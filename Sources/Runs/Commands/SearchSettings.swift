import Dist
import IO
import LCFT
import Studies
import Support

/// `lcft search`: searches the settings of methods, for hard correction together with its labels, and writes
/// the tables.
package struct SearchSettings: RunCommand {
  private let session: Session
  private let inputs: Inputs
  private var search: HeldOutSearch

  /// `methods` are those of the job where nil, with those that a choice among them may choose; `checkpoint` and
  /// `givesUpShorter` as in `SearchLabels`.
  package init(
    _ session: Session, _ inputs: Inputs, methods: [Method]? = nil, checkpoint: String? = nil,
    givesUpShorter: Bool = false
  ) {
    self.session = session
    self.inputs = inputs
    let plan = SearchPlan.ofSettings(inputs.job, methods ?? inputs.job.searchedMethods)
    search = HeldOutSearch(
      session: session, inputs: inputs, plan: plan,
      given: checkpoint.map { LoadCloudModel(session, inputs, path: $0) },
      journalPath: session.folder.searchJournal)
    search.givesUpShorter = givesUpShorter
  }

  package func check() throws {
    guard !search.plan.entries.isEmpty else { throw RunError.nothingSearched }
    try search.check()
    try checkFinished()
  }

  /// Throws where the table in the output folder is of another search.
  func checkFinished() throws {
    try search.checkFinished(session.folder.search) {
      let table = try SearchTableFile.read($0)
      let methods = table.methods.compactMap { Method(rawValue: $0.name) }
      return (table.origin, { SearchPlan.ofSettings($0, methods) }, { _ in search.plan })
    }
  }

  private var hasLabels: Bool { search.plan.entries.contains { $0.method == .hard } }

  package func preview() throws -> RunPreview {
    let labels = hasLabels ? ["labels.h5", "labels.yaml"] : []
    return try search.preview(writes: ["search.h5", "search.yaml"] + labels)
  }

  /// What it makes: on rank 0, and the labels where hard is among the methods.
  package struct Product {
    package let table: SearchTable?
    package let labels: LabelTable?
  }

  package func run() throws -> Product {
    if let product = try finished() { return product }
    let outcome = try search.run()
    return try session.communicator.collectively {
      guard session.leads else { return Product(table: nil, labels: nil) }
      let product = try outcome.journal.keeping {
        let (table, labels) = tables(outcome)
        if let labels { try session.folder.write(labels) }
        try AtomicFile.write(table.yaml, to: session.folder.searchText)
        // Last: where there is one, the search is finished.
        try SearchTableFile.write(table, to: session.folder.search)
        return Product(table: table, labels: labels)
      }
      try search.end(outcome.journal)
      return product
    }
  }

  /// What is there of this search, where it is finished.
  private func finished() throws -> Product? {
    let folder = session.folder
    let isWhole = try session.keeps(folder.search) && (!hasLabels || session.keeps(folder.labels))
    guard isWhole else { return nil }
    try search.endFinished(folder.search)
    return try session.communicator.collectively {
      guard session.leads else { return Product(table: nil, labels: nil) }
      return Product(
        table: try SearchTableFile.read(folder.search),
        labels: hasLabels ? try LabelTable.read(folder.labels) : nil)
    }
  }

  /// The table of settings, and the labels of hard correction's best setting where it was searched. Hard
  /// correction at a setting scores what its best labels by group give.
  private func tables(_ outcome: HeldOutSearch.Outcome) -> (SearchTable, LabelTable?) {
    let (plan, scores) = (search.plan, outcome.scores)
    let columns =
      [scores.aucs[plan.cloud]]
      + plan.entries.map { entry in
        entry.method == .hard ? outcome.choice(of: entry, search).aucs : scores.aucs[entry.points[0]]
      }
    let measured = SearchScores(localCTR: scores.localCTR, weight: scores.weight, aucs: columns)
    let users = Array(scores.weight.indices)
    let names = ["cloud"] + plan.entries.map(\.method.rawValue)
    let comparisons = PairedBootstrap.compare(
      plan.entries.indices.map { ($0 + 1, 0) },
      of: columns.indices.map { MethodAUCs(name: names[$0], aucs: measured.ranked($0)) },
      samples: scores.weight, seed: inputs.job.seed)
    var methods: [SearchTable.Method] = []
    var bestEntry: [Int] = []
    for (index, entry) in plan.entries.enumerated() {
      let row = SearchTable.Row(
        learningRate: entry.settings.learningRate ?? 0, epochs: entry.settings.epochs ?? 0,
        batchSize: entry.settings.batchSize ?? 0, auc: measured.userAUC(index + 1, users),
        diverged: columns[index + 1].count(where: \.isNaN), difference: comparisons[index].difference,
        low: comparisons[index].low, high: comparisons[index].high, mu: entry.settings.mu,
        share: entry.settings.share)
      if methods.last?.name != entry.method.rawValue {
        methods.append(SearchTable.Method(name: entry.method.rawValue, rows: [], best: nil))
        bestEntry.append(index)
      }
      let last = methods.count - 1
      methods[last].rows.append(row)
      // Settings under which some users' models diverge are close to where other users' diverge on further
      // samples.
      if row.diverged > 0 { continue }
      let place = methods[last].rows.count - 1
      if methods[last].best.map({ row.auc > methods[last].rows[$0].auc }) ?? true {
        methods[last].best = place
        bestEntry[last] = index
      }
    }
    for method in methods where method.best == nil {
      session.say(
        "warning: \(method.name): under all settings the fine-tuning of some users diverged: none is chosen, and the job's "
          + "own stand; search lower learning rates")
    }
    let hard = methods.firstIndex { $0.name == Method.hard.rawValue }
    return (
      SearchTable(methods: methods, cloudAUC: measured.userAUC(0, users), origin: outcome.origin),
      hard.map { outcome.labelTable(of: plan.entries[bestEntry[$0]], search) }
    )
  }
}
