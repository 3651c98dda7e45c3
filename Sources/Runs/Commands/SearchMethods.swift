import Dist
import Foundation
import IO
import LCFT
import Studies
import Support

/// `lcft search-methods`: finds which method is best on held-out training samples, for all users and for each group by
/// local CTR, and writes the choice, `choice.h5`.
///
/// Each fold holds out a part, trains a cloud model on what is before it and fine-tunes every user once under all
/// methods. Hard correction's labels come from the latest part, as in `SearchLabels`; a user's score under it is that
/// of labels that other users chose. A fold's model and outcomes stay until the choice is made, so that an interrupted
/// search goes on.
package struct SearchMethods: RunCommand {
  private let session: Session
  private let inputs: Inputs
  /// Whether the table of hard correction's labels is written as well.
  private let writesLabels: Bool
  private let givesUpShorter: Bool

  private var job: Job { inputs.job }
  private var tried: [Method] { job.search.choice.methods }

  /// `givesUpShorter` as in `HeldOutSearch`.
  package init(
    _ session: Session, _ inputs: Inputs, writesLabels: Bool = false, givesUpShorter: Bool = false
  ) {
    self.session = session
    self.inputs = inputs
    self.givesUpShorter = givesUpShorter
    self.writesLabels = writesLabels && inputs.job.search.choice.methods.contains(.hard)
  }

  /// What it makes: on rank 0, and the labels where hard is tried.
  package struct Product {
    package let choice: MethodChoiceTable?
    package let labels: LabelTable?
  }

  package func check() throws {
    for fold in 1...job.search.choice.folds { try search(fold: fold, tables: nil).check() }
    try checkFinished()
  }

  /// Throws where the choice in the output folder is of another search.
  func checkFinished() throws {
    guard try session.keeps(session.folder.choice) else { return }
    try session.communicator.collectively {
      guard session.leads else { return }
      let table = try MethodChoiceFile.read(session.folder.choice)
      if givesUpShorter, EarlierTables.epochs(table.origin, shorterThan: job) != nil { return }
      try inputs.checkDataset(table.origin.datasetDigest, of: session.folder.choice)
      let earlier = try Job.parse(table.origin.job, file: "\(session.folder.choice):/job")
      try Journal.check(
        earlier.choiceSettings, are: job.compared(with: earlier).choiceSettings, file: session.folder.choice)
    }
  }

  package func preview() throws -> RunPreview {
    let folds = try (1...job.search.choice.folds).map { fold in
      // Later folds have one point for hard.
      try search(fold: fold, tables: fold == 1 ? nil : []).preview(writes: [])
    }
    let files = (writesLabels ? ["labels.h5", "labels.yaml"] : []) + ["choice.h5"]
    return folds.reduce(RunPreview(work: []), +)
      + RunPreview(
        work: ["choose among \(tried.map(\.rawValue).joined(separator: ", ")), or cloud"], writes: files)
  }

  /// `tables` are hard correction's labels by parts of users; nil: the grid of labels is tried.
  private func search(fold: Int, tables: [LabelTable.Pairs]?) -> HeldOutSearch {
    var search = HeldOutSearch(
      session: session, inputs: inputs,
      plan: SearchPlan(job, methods: tried, tables: tables) { [job.ownSettings($0)] }, given: nil,
      journalPath: session.folder.journal(ofFold: fold))
    search.fold = fold
    search.givesUpShorter = givesUpShorter
    return search
  }

  package func run() throws -> Product {
    if let product = try finished() { return product }
    let first = search(fold: 1, tables: nil)
    let latest = try first.run()
    let intervals = job.search.intervals(localCTRs: latest.scores.localCTR)
    let hard = first.plan.entries.first { $0.method == .hard }
    // Rank 0 has the scores.
    let fitted = (session.leads ? hard : nil).map {
      latest.scores.crossFit($0, points: first.plan.points, users: latest.users, intervals: intervals)
    }
    let labels = (session.leads ? hard : nil).map { latest.labelTable(of: $0, first) }
    let tables = hard == nil ? nil : try session.communicator.broadcast(json: fitted?.tables, from: 0)

    var measured = MethodChoiceTable.Measured(methods: tried.count + 1)
    measured.add(latest, first.plan, fold: 1, hard: fitted?.aucs)
    var journals = [latest.journal]
    for fold in stride(from: 2, through: job.search.choice.folds, by: 1) {
      let search = search(fold: fold, tables: tables)
      let outcome = try search.run()
      measured.add(outcome, search.plan, fold: fold)
      journals.append(outcome.journal)
    }
    return try session.communicator.collectively {
      guard session.leads else { return Product(choice: nil, labels: nil) }
      let table = MethodChoiceTable(
        choice: MethodChoice(
          measured, methods: [.cloud] + tried, job: job, intervals: intervals, labels: labels?.pairs),
        measured: measured, origin: latest.origin)
      try latest.journal.keeping {
        if writesLabels, let labels { try session.folder.write(labels) }
        // Last: where there is one, the search is finished.
        try MethodChoiceFile.write(table, to: session.folder.choice)
      }
      for fold in journals.indices { try search(fold: fold + 1, tables: nil).end(journals[fold]) }
      return Product(choice: table, labels: labels)
    }
  }
}

extension SearchMethods {
  /// What is there of this search, where it is finished.
  private func finished() throws -> Product? {
    let folder = session.folder
    guard try session.keeps(folder.choice) && (!writesLabels || session.keeps(folder.labels)) else {
      return nil
    }
    return try session.communicator.collectively {
      guard session.leads else { return Product(choice: nil, labels: nil) }
      try folder.endFinishedChoice(folds: job.search.choice.folds)
      session.sayFinished("search", folder.choice)
      return Product(
        choice: try MethodChoiceFile.read(folder.choice),
        labels: writesLabels ? try LabelTable.read(folder.labels) : nil)
    }
  }
}

extension Job {
  /// What a choice depends on besides the data set.
  fileprivate var choiceSettings: Journal.Settings {
    searchSettings + methodChoiceSettings
      + search.choice.methods.map { ("the settings of \($0.rawValue)", "\(ownSettings($0))") }
      + [
        ("search.choice.methods", search.choice.methods.map(\.rawValue).joined(separator: ", ")),
        ("search.choice.folds", "\(search.choice.folds)"),
      ]
  }
}

extension MethodChoiceTable.Measured {
  /// Adds what a fold has measured at the points of `plan`, the cloud model's first; `hard` in place of what it has of
  /// hard correction.
  fileprivate mutating func add(
    _ outcome: HeldOutSearch.Outcome, _ plan: SearchPlan, fold: Int, hard: [Double]? = nil
  ) {
    let scores = outcome.scores
    user += outcome.users.map(Int32.init)
    self.fold += [Int32](repeating: Int32(fold), count: outcome.users.count)
    localCTR += scores.localCTR
    samples += scores.weight.map { Int32($0) }
    aucs[0] += scores.aucs[plan.cloud]
    for (place, entry) in plan.entries.enumerated() {
      let isHard = entry.method == .hard
      aucs[place + 1] += isHard ? hard ?? scores.aucs[entry.points[0]] : scores.aucs[entry.points[0]]
    }
  }
}

extension RunFolder {
  /// Removes what a search keeps while it runs, where it was stopped between writing its choice and this.
  func endFinishedChoice(folds: Int) throws {
    guard holds(choice) else { return }
    for fold in stride(from: 1, through: folds, by: 1) {
      for path in [latestStep(ofFold: fold), best(ofFold: fold), journal(ofFold: fold)] {
        try FileStatus.remove(path)
      }
    }
  }
}
