import Dist
import IO
import LCFT
import Studies
import Support

/// `lcft search-labels`: searches hard correction's labels at the settings that the job gives it and writes
/// the table.
package struct SearchLabels: RunCommand {
  private let session: Session
  private var search: HeldOutSearch

  /// `checkpoint` is the cloud model to start from; nil: one trained without the held-out samples. `givesUpShorter` as in
  /// `HeldOutSearch`.
  package init(
    _ session: Session, _ inputs: Inputs, checkpoint: String? = nil, givesUpShorter: Bool = false
  ) {
    self.session = session
    search = HeldOutSearch(
      session: session, inputs: inputs, plan: .ofLabels(inputs.job),
      given: checkpoint.map { LoadCloudModel(session, inputs, path: $0) },
      journalPath: session.folder.labelsJournal)
    search.givesUpShorter = givesUpShorter
  }

  package func check() throws {
    try search.check()
    try checkFinished()
  }

  /// Throws where the table in the output folder is of another search.
  func checkFinished() throws {
    try search.checkFinished(session.folder.labels) {
      (try LabelTable.read($0).origin, SearchPlan.ofLabels, SearchPlan.ofLabels)
    }
  }

  package func preview() throws -> RunPreview { try search.preview(writes: ["labels.h5", "labels.yaml"]) }

  /// The table on rank 0.
  package func run() throws -> LabelTable? {
    let path = session.folder.labels
    if try session.keeps(path) {
      try search.endFinished(path)
      return try session.communicator.collectively { session.leads ? try LabelTable.read(path) : nil }
    }
    let outcome = try search.run()
    return try session.communicator.collectively {
      guard session.leads else { return nil }
      let table = try outcome.journal.keeping {
        let table = outcome.labelTable(of: search.plan.entries[0], search)
        try session.folder.write(table)
        return table
      }
      try search.end(outcome.journal)
      return table
    }
  }
}

extension HeldOutSearch.Outcome {
  /// The labels that are best for each group of users at one setting of hard correction.
  func choice(of entry: SearchPlan.Entry, _ search: HeldOutSearch) -> LabelChoice {
    scores.chooseLabels(
      entry.points, plain: entry.plain ?? 0,
      intervals: search.inputs.job.search.intervals(localCTRs: scores.localCTR))
  }

  /// The table of these labels.
  func labelTable(of entry: SearchPlan.Entry, _ search: HeldOutSearch) -> LabelTable {
    scores.table(
      choice(of: entry, search), grid: entry.points, plain: entry.plain ?? 0, points: search.plan.points,
      job: search.inputs.job, origin: origin)
  }
}

extension RunFolder {
  /// Writes hard correction's table, for people and for programs. labels.h5 is written last: where there is
  /// one, the search is finished.
  func write(_ table: LabelTable) throws {
    try AtomicFile.write(table.yaml, to: labelsText)
    try LabelTableFile.write(table, to: labels)
  }
}
