import Dist
import Foundation
import IO
import LCFT
import Models
import Studies
import Support

extension Experiment {
  /// Searches hard correction's labels at the settings that the job gives it, writes the table, and takes it for the fine-tuning. Collective; ranks other than 0 get it without scores.
  @discardableResult
  package func searchLabels(checkpoint: String? = nil) throws -> LabelTable {
    let plan = SearchPlan(job, methods: [.hard]) { [job.ownSettings($0)] }
    let entry = plan.entries[0]
    let (scores, origin, journal) = try search(plan, checkpoint, journal: folder.labelsJournal)
    let table: LabelTable? = try communicator.collectively {
      guard leads else { return nil }
      let table = try journal.keeping { try writeLabels(of: entry, plan, scores, origin) }
      try endSearch(journal)
      return table
    }
    let shared = try shareLabels(table, name: folder.labels)
    return table ?? shared
  }

  /// Searches the settings of `methods` (the job's where nil), for hard correction together with its labels,
  /// and writes the tables. Collective; returns the table on rank 0.
  package func searchSettings(checkpoint: String? = nil, methods: [Method]? = nil) throws -> SearchTable? {
    let plan = SearchPlan(job, methods: methods ?? job.fineTuning.methods) { _ in job.searchedSettings }
    let (scores, origin, journal) = try search(plan, checkpoint, journal: folder.searchJournal)
    return try communicator.collectively {
      guard leads else { return nil }
      let table = try journal.keeping {
        let table = try settingsTable(plan, scores, origin)
        try AtomicFile.write(table.yaml, to: folder.searchText)
        try SearchTableFile.write(table, to: folder.search)
        return table
      }
      try endSearch(journal)
      return table
    }
  }

  /// What a search's outcomes depend on.
  private func searchSettings(_ plan: SearchPlan, cloudModel: String) -> Journal.Settings {
    [("the data set's content", datasetDigest), ("the cloud model's content", cloudModel)]
      + job.searchSettings + [("what is searched", plan.points.map(\.description).joined(separator: "; "))]
  }

  /// The tables are there: removes what a search keeps while it runs, which also one may have left that ended
  /// between writing the tables and this.
  private func endSearch(_ journal: WorkJournal) throws {
    try journal.remove()
    try FileStatus.remove(folder.latestSearchStep)
  }

  /// The search starts from the cloud model of `checkpoint`, or else from one trained for it on the samples
  /// that are not held out: a cloud model that was trained on all training samples has seen the held-out labels,
  /// and what it scores there says little of samples to come. Outcomes are kept in the
  /// journal that is returned, the trained model in a checkpoint of its own, until the tables are written.
  private func search(
    _ plan: SearchPlan, _ checkpoint: String?, journal path: String
  ) throws -> (SearchScores, SearchOrigin, WorkJournal) {
    let cut = try sharing.once { try dataset.holdingOut(job.search.holdout, in: $0) }
    let weights = try checkpoint.map { try cloudModel($0) } ?? searchModel(on: cut)
    let run = SearchRun(
      job: job, dataset: cut, weights: weights, points: plan.points, communicator: communicator)
    guard run.users.count > 0 else { throw SearchError.noUsers(dataPath, holdout: job.search.holdout) }
    say("search: \(plan.points.count) points on \(run.users.count) users, the last samples held out")
    let cloudDigest = checkpoint == nil ? "none" : summary.digest.checkpoint ?? "none"
    let journal = WorkJournal(path, searchSettings(plan, cloudModel: cloudDigest))
    let scores = try run.run(name: "search", progress: .standardError, journal: leads ? journal : nil)
    var origin = SearchOrigin()
    origin.model = job.model.name
    origin.datasetDigest = datasetDigest
    origin.checkpointDigest = cloudDigest
    origin.holdout = job.search.holdout
    origin.users = run.users.count
    origin.oneClass = run.oneClass
    origin.tooFew = run.tooFew
    origin.job = job.text
    return (scores, origin, journal)
  }

  /// The cloud model of the training samples `cut`. Collective.
  private func searchModel(on cut: Dataset) throws -> Weights {
    let (weights, state) = try makeTrainingState()
    let trainer = try CloudTrainer(
      job: job, dataset: cut, weights: weights, state: state, communicator: communicator,
      node: sharing.node, clock: clock)
    let latest = folder.latestSearchStep
    var position = TrainingPosition()
    if try exists(latest) {
      position = try goOn(trainer, from: latest) { checkpoint in
        let earlier = try Job.parse(checkpoint.job, file: "\(latest):/job")
        try Journal.check(
          [("search.holdout", "\(earlier.search.holdout)")],
          are: [("search.holdout", "\(job.search.holdout)")],
          file: latest)
      }
    } else {
      try initialize(weights)
    }
    var run = TrainingRun(
      trainer, epochs: job.training.epochs, settings: job.training, communicator: communicator)
    let hint = "the search trains its own model, from the beginning"
    run.lastCheckpoint = { hint }
    run.stopHint = "\(folder.path) holds the search so far; the same command with --resume goes on"
    run.save = { [self] in try write(trainer, $0, to: latest, lastGood: hint) }
    run.afterEpoch = run.save ?? { _ in }
    _ = try follow(run, from: position, epochs: job.training.epochs, name: "search: cloud model, epoch")
    return weights
  }

  private func chooseLabels(_ entry: SearchPlan.Entry, _ scores: SearchScores) -> LabelChoice {
    scores.chooseLabels(
      entry.points, plain: entry.plain ?? 0,
      intervals: job.search.intervals(localCTRs: scores.localCTR))
  }

  private func writeLabels(
    of entry: SearchPlan.Entry, _ plan: SearchPlan, _ scores: SearchScores, _ origin: SearchOrigin
  ) throws -> LabelTable {
    let table = scores.table(
      chooseLabels(entry, scores), grid: entry.points, plain: entry.plain ?? 0, points: plan.points, job: job,
      origin: origin)
    // Where there is a labels.h5 the search is over: it comes last.
    try AtomicFile.write(table.yaml, to: folder.labelsText)
    try LabelTableFile.write(table, to: folder.labels)
    return table
  }

  /// The table of settings. Hard correction at a setting is what its best labels by group give; the labels of
  /// its best setting are written as well.
  private func settingsTable(
    _ plan: SearchPlan, _ scores: SearchScores, _ origin: SearchOrigin
  ) throws -> SearchTable {
    let users = Array(scores.weight.indices)
    var columns = [scores.aucs[plan.cloud]]
    for entry in plan.entries {
      columns.append(entry.method == .hard ? chooseLabels(entry, scores).aucs : scores.aucs[entry.points[0]])
    }
    let measured = SearchScores(localCTR: scores.localCTR, weight: scores.weight, aucs: columns)
    let names = ["cloud"] + plan.entries.map(\.method.rawValue)
    let comparisons = PairedBootstrap.compare(
      plan.entries.indices.map { ($0 + 1, 0) },
      of: columns.indices.map { MethodAUCs(name: names[$0], aucs: measured.ranked($0)) },
      samples: scores.weight, seed: job.seed)
    var methods: [SearchTable.Method] = []
    var bestEntry: [Int] = []
    for (index, entry) in plan.entries.enumerated() {
      let auc = measured.userAUC(index + 1, users)
      let diverged = columns[index + 1].count(where: \.isNaN)
      let own = entry.settings
      let row = SearchTable.Row(
        learningRate: own.learningRate ?? 0, epochs: own.epochs ?? 0, batchSize: own.batchSize ?? 0, auc: auc,
        diverged: diverged, difference: comparisons[index].difference, low: comparisons[index].low,
        high: comparisons[index].high)
      if methods.last?.name != entry.method.rawValue {
        methods.append(SearchTable.Method(name: entry.method.rawValue, rows: [], best: nil))
        bestEntry.append(index)
      }
      let last = methods.count - 1
      // Settings that some users' models do not survive are close to where others break on further samples.
      let better = methods[last].best.map { best in
        let highest = methods[last].rows[best]
        return (-diverged, auc) > (-highest.diverged, highest.auc)
      }
      if better ?? true {
        methods[last].best = methods[last].rows.count
        bestEntry[last] = index
      }
      methods[last].rows.append(row)
    }
    for (index, method) in methods.enumerated()
    where method.name == Method.hard.rawValue && method.best != nil {
      _ = try writeLabels(of: plan.entries[bestEntry[index]], plan, scores, origin)
    }
    return SearchTable(methods: methods, cloudAUC: measured.userAUC(0, users), origin: origin)
  }
}

extension Experiment {
  /// Takes the settings by method that `lcft search` wrote as `search.yaml`. Collective.
  package func useSettings(_ path: String?) throws {
    guard let path else { return }
    let text = try communicator.broadcast(
      try communicator.collectively { leads ? try Job.text(of: path, kind: "file of settings") : "" }, from: 0
    )
    try job.takeSettings(text, file: path)
  }

  /// Takes hard correction's table from `path`, from the job's, or from the output folder, if `methods`, the
  /// job's where nil, need one. Collective. Returns whether the methods have what they need; throws where a table that was
  /// named cannot be read.
  package func useLabels(_ path: String?, for methods: [Method]? = nil) throws -> Bool {
    guard (methods ?? job.fineTuning.methods).contains(.hard) else { return true }
    let found = leads && FileManager.default.fileExists(atPath: folder.labels)
    let inFolder = try communicator.broadcast(found ? 1 : 0, from: 0) == 1
    guard let path = path ?? job.fineTuning.labelTable ?? (inFolder ? folder.labels : nil) else {
      return false
    }
    let table: LabelTable? = try communicator.collectively {
      guard leads else { return nil }
      let table = try LabelTable.read(path)
      if path == folder.labels, FileManager.default.fileExists(atPath: folder.labelsJournal) {
        try endSearch(WorkJournal(folder.labelsJournal, []))
      }
      return table
    }
    try shareLabels(table, name: path)
    return true
  }

  /// Refuses a fine-tuning with hard correction that has no table.
  package func requireLabels(_ path: String?, for methods: [Method]? = nil) throws {
    guard try useLabels(path, for: methods) else { throw SearchError.noLabels(folder.path) }
  }

  /// Gives every rank rank 0's table and lets the fine-tuning use it.
  @discardableResult
  private func shareLabels(_ table: LabelTable?, name: String) throws -> LabelTable {
    let text = try communicator.broadcast(table?.yaml ?? "", from: 0)
    let shared = try LabelTable(yaml: text, file: name)
    job.findings.labels = SearchFindings.Labels(
      pairs: shared.pairs, tableDigest: try communicator.broadcast(table?.contentDigest() ?? "", from: 0),
      datasetDigest: shared.origin.datasetDigest)
    if shared.origin.datasetDigest != datasetDigest {
      say("warning: \(name): the labels were searched on another data set; they are used as they are")
    }
    return shared
  }
}

/// Why a search or a fine-tuning with hard correction is refused.
package enum SearchError: Error, CustomStringConvertible {
  case noUsers(String, holdout: Double)
  case noLabels(String)

  package var description: String {
    switch self {
    case .noUsers(let path, let holdout):
      "\(path): no user has both classes among the held-out training samples (search.holdout \(holdout)); "
        + "hold out more"
    case .noLabels(let path):
      "\(path): the method hard needs a table of labels and there is no labels.h5; run lcft search-labels "
        + "first, or give --labels FILE"
    }
  }
}
