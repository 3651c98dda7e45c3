import Dist
import IO
import Support

/// The outcomes of all evaluated users under all methods, at rank 0: filled in any order as ranks report,
/// turned into results at the end or, for the users done so far, at any time.
package final class OutcomeTable {
  private let dataset: Dataset
  private let methods: [Method]
  private let evaluated: [Int32]
  /// Where each evaluated user's test samples start among those of all evaluated users [users + 1].
  private let offsets: [Int]
  private var done: [Bool]
  package private(set) var doneCount = 0
  /// [methods]
  private let columns: [MethodColumns]
  /// What is in no column yet; nil where the columns lie in memory.
  private let waiting: WaitingOutcomes?

  /// `evaluated` are rows of the data set. The columns lie in files where there is a present `Spill`.
  package init(dataset: Dataset, evaluated: [Int32], methods: [Method]) {
    self.dataset = dataset
    self.methods = methods
    self.evaluated = evaluated
    var offsets = [0]
    offsets.reserveCapacity(evaluated.count + 1)
    for user in evaluated {
      offsets.append(offsets[offsets.count - 1] + dataset.test.rows(ofUser: Int(user)).count)
    }
    self.offsets = offsets
    done = Array(repeating: false, count: evaluated.count)
    columns = methods.map { _ in MethodColumns(users: evaluated.count, samples: offsets[evaluated.count]) }
    waiting = Spill.current.map { WaitingOutcomes(users: evaluated.count, $0) }
  }

  /// Whether the user at `position` of `evaluated` has an outcome.
  func isDone(_ position: Int) -> Bool { done[position] }

  /// What a user's outcome under one method travels as.
  private struct Packed: BitwiseCopyable {
    var alpha: Double
    var beta: Double
    var auc: Double
    var lossBefore: Double
    var lossAfter: Double
    var labelStatus: UInt8
    var aucStatus: UInt8
  }

  package static func pack(
    _ outcome: MethodOutcome, _ logits: UnsafeBufferPointer<Float>, into results: ResultBuffer
  ) {
    results.append(
      Packed(
        alpha: outcome.labels.alpha, beta: outcome.labels.beta, auc: outcome.auc,
        lossBefore: outcome.lossBefore, lossAfter: outcome.lossAfter,
        labelStatus: outcome.labels.status.rawValue, aucStatus: outcome.aucStatus.rawValue))
    results.append(contentsOf: logits)
  }

  /// Adds the next user's outcomes, as `pack` laid them after the user's position. Throws
  /// `DistError.resultTooShort` and `WorkError` for bytes that no run on this table packed, and `SpillError`.
  package func collect(_ reader: inout ResultReader) throws {
    let position = Int(try reader.read(Int32.self))
    guard evaluated.indices.contains(position) else { throw WorkError.foreign }
    if let waiting {
      let bytesOfMethod = MemoryLayout<Packed>.size + samples(position).count * MemoryLayout<Float>.stride
      try waiting.add(position, try reader.next(methods.count * bytesOfMethod))
    } else {
      try set(position, from: &reader)
    }
    if !done[position] { doneCount += 1 }
    done[position] = true
  }

  private func set(_ position: Int, from reader: inout ResultReader) throws {
    for method in methods.indices {
      let packed = try reader.read(Packed.self)
      guard let labelStatus = Results.LabelStatus(rawValue: packed.labelStatus),
        let aucStatus = Results.AUCStatus(rawValue: packed.aucStatus)
      else { throw WorkError.foreign }
      columns[method].set(
        position,
        MethodOutcome(
          labels: CorrectedLabels(alpha: packed.alpha, beta: packed.beta, status: labelStatus),
          auc: packed.auc, aucStatus: aucStatus, lossBefore: packed.lossBefore,
          lossAfter: packed.lossAfter))
      try reader.read(
        into: UnsafeMutableBufferPointer(rebasing: columns[method].logits.values[samples(position)]))
    }
  }

  /// Rows of `logits` of the user at `position`.
  private func samples(_ position: Int) -> Range<Int> { offsets[position]..<offsets[position + 1] }

  /// What `results` say of each of `methods`; nil where they lack the predictions of one: then their users have to be
  /// fine-tuned again.
  package static func adoptable(_ results: Results, _ methods: [Method]) -> [Results.Method]? {
    let sources = methods.compactMap { method in
      results.methods.first { $0.name == method.rawValue && $0.predictions != nil }
    }
    return results.predictions != nil && sources.count == methods.count ? sources : nil
  }

  /// Takes over the users that earlier results hold, which were made by the same job, data and checkpoint.
  /// Users and methods that the table does not have are passed over.
  package func adopt(_ results: Results) {
    guard let predictions = results.predictions, let sources = OutcomeTable.adoptable(results, methods) else {
      return
    }
    var positionOfRow: [Int32: Int] = [:]
    for (position, row) in evaluated.enumerated() { positionOfRow[row] = position }
    for (source, row) in results.users.row.enumerated() {
      Spill.checkpoint(atRow: source)
      guard let position = positionOfRow[row], !done[position] else { continue }
      let range = predictions.rows(ofUser: source)
      guard range.count == samples(position).count else { continue }
      for (index, method) in sources.enumerated() {
        guard let values = method.predictions else { continue }
        columns[index].set(
          position,
          MethodOutcome(
            labels: CorrectedLabels(
              alpha: method.alpha[source], beta: method.beta[source], status: method.labelStatus[source]),
            auc: method.auc[source], aucStatus: method.aucStatus[source],
            lossBefore: method.lossBefore[source], lossAfter: method.lossAfter[source]))
        for (row, own) in zip(range, samples(position)) { columns[index].logits.values[own] = values[row] }
      }
      done[position] = true
      doneCount += 1
    }
  }

  /// How many pieces of work `results` tells of.
  package var pieces: Int { 2 + 2 * methods.count }

  /// The results of the users done so far, by row of the data set, whose samples are those of `parts`. `begin` is called
  /// before each of the `pieces` of the work, and may end it. Throws a file error.
  package func results(
    model: String, job: Job, datasetDigest: String, checkpointDigest: String, in parts: DatasetParts,
    begin: (_ piece: String) throws -> Void = { _ in }
  ) throws -> Results {
    try begin("test samples")
    try waiting?.drain(set)
    let positions = evaluated.indices.filter { done[$0] }
    let rows = positions.map { evaluated[$0] }
    let tested = try TestedUsers(rows, in: parts)
    let predictions = tested.predictions
    var results = try Results(
      users: users(rows, tested),
      methods: methods.indices.map { index in
        try begin("AUCs of \(methods[index].rawValue)")
        return self.method(index, positions, predictions)
      },
      predictions: predictions, model: model, globalCTR: dataset.globalCTR,
      job: job.text, datasetDigest: datasetDigest, checkpointDigest: checkpointDigest,
      findings: job.findings(usedBy: methods)
    ).measured(job.metrics, begin: begin).withCommonScores()
    try begin("shifts")
    results.addShifts(of: tested)
    return results
  }

  private func users(_ rows: [Int32], _ tested: TestedUsers) -> Results.Users {
    let trainCount = Column(count: rows.count) { Int32(dataset.train.rows(ofUser: Int(rows[$0])).count) }
    return Results.Users(
      id: tested.id, row: Column(rows), trainCount: trainCount, trainPositives: tested.trainPositives,
      testCount: tested.testCount, testPositives: tested.testPositives,
      localCTR: Column(count: rows.count) { Double(tested.trainPositives[$0]) / Double(trainCount[$0]) })
  }

  private func method(
    _ index: Int, _ positions: [Int], _ predictions: Results.Predictions
  ) -> Results.Method {
    let own = doneCount == evaluated.count ? columns[index] : columns[index].of(positions, offsets)
    return Results.Method(
      name: methods[index].rawValue, alpha: own.alpha, beta: own.beta, labelStatus: own.labelStatus,
      auc: own.auc, aucStatus: own.aucStatus, lossBefore: own.lossBefore, lossAfter: own.lossAfter,
      summary: Results.Summary(
        aucs: own.auc, aucStatus: own.aucStatus, labelStatus: own.labelStatus, logits: own.logits,
        labels: predictions.label, offsets: predictions.offsets),
      predictions: own.logits)
  }
}

/// The outcomes of one method, in the columns that results have: where all users are done, results share them.
private struct MethodColumns {
  /// [users]
  let alpha: Column<Double>
  let beta: Column<Double>
  let labelStatus: Column<Results.LabelStatus>
  let auc: Column<Double>
  let aucStatus: Column<Results.AUCStatus>
  let lossBefore: Column<Double>
  let lossAfter: Column<Double>
  /// [test samples]
  let logits: Column<Float>

  /// Of so many users and samples, all of which are set before they are looked at.
  init(users: Int, samples: Int) {
    func column() -> Column<Double> { Column(uninitialized: users) }
    (alpha, beta, auc, lossBefore, lossAfter) = (column(), column(), column(), column(), column())
    labelStatus = Column(uninitialized: users)
    aucStatus = Column(uninitialized: users)
    logits = Column(uninitialized: samples)
  }

  func set(_ position: Int, _ outcome: MethodOutcome) {
    (alpha.values[position], beta.values[position]) = (outcome.labels.alpha, outcome.labels.beta)
    labelStatus.values[position] = outcome.labels.status
    (auc.values[position], aucStatus.values[position]) = (outcome.auc, outcome.aucStatus)
    (lossBefore.values[position], lossAfter.values[position]) = (outcome.lossBefore, outcome.lossAfter)
  }

  /// Of some of the users, whose test samples begin at `offsets`.
  func of(_ positions: [Int], _ offsets: [Int]) -> MethodColumns {
    let count = positions.reduce(0) { $0 + offsets[$1 + 1] - offsets[$1] }
    let some = MethodColumns(users: positions.count, samples: count)
    var sample = 0
    for (place, position) in positions.enumerated() {
      Spill.checkpoint(atRow: place)
      (some.alpha.values[place], some.beta.values[place]) = (alpha[position], beta[position])
      some.labelStatus.values[place] = labelStatus[position]
      (some.auc.values[place], some.aucStatus.values[place]) = (auc[position], aucStatus[position])
      (some.lossBefore.values[place], some.lossAfter.values[place]) = (
        lossBefore[position], lossAfter[position]
      )
      for row in offsets[position]..<offsets[position + 1] {
        some.logits.values[sample] = logits[row]
        sample += 1
      }
    }
    return some
  }
}
