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
  /// [methods x users]
  private var outcomes: [MethodOutcome]
  /// [methods x test samples]
  private let logits: Column<Float>

  /// `evaluated` are rows of the data set.
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
    let none = MethodOutcome(
      labels: .plain, auc: .nan, aucStatus: .notFinite, lossBefore: .nan, lossAfter: .nan)
    outcomes = Array(repeating: none, count: methods.count * evaluated.count)
    logits = Column(uninitialized: methods.count * offsets[evaluated.count])
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
  /// `DistError.resultTooShort` and `WorkError` for bytes that no run on this table packed.
  package func collect(_ reader: inout ResultReader) throws {
    let position = Int(try reader.read(Int32.self))
    guard evaluated.indices.contains(position) else { throw WorkError.foreign }
    for method in methods.indices {
      let packed = try reader.read(Packed.self)
      guard let labelStatus = Results.LabelStatus(rawValue: packed.labelStatus),
        let aucStatus = Results.AUCStatus(rawValue: packed.aucStatus)
      else { throw WorkError.foreign }
      outcomes[method * evaluated.count + position] = MethodOutcome(
        labels: CorrectedLabels(alpha: packed.alpha, beta: packed.beta, status: labelStatus),
        auc: packed.auc, aucStatus: aucStatus, lossBefore: packed.lossBefore,
        lossAfter: packed.lossAfter)
      try reader.read(into: logits(method, position))
    }
    if !done[position] { doneCount += 1 }
    done[position] = true
  }

  private func logits(_ method: Int, _ position: Int) -> UnsafeMutableBufferPointer<Float> {
    let start = method * offsets[evaluated.count]
    return UnsafeMutableBufferPointer(
      rebasing: logits.values[start + offsets[position]..<start + offsets[position + 1]])
  }

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
      guard let position = positionOfRow[row], !done[position] else { continue }
      let range = predictions.rows(ofUser: source)
      guard range.count == offsets[position + 1] - offsets[position] else { continue }
      for (index, method) in sources.enumerated() {
        guard let values = method.predictions else { continue }
        outcomes[index * evaluated.count + position] = MethodOutcome(
          labels: CorrectedLabels(
            alpha: method.alpha[source], beta: method.beta[source], status: method.labelStatus[source]),
          auc: method.auc[source], aucStatus: method.aucStatus[source],
          lossBefore: method.lossBefore[source], lossAfter: method.lossAfter[source])
        _ = logits(index, position).update(fromContentsOf: values[range])
      }
      done[position] = true
      doneCount += 1
    }
  }

  /// The results of the users done so far, by row of the data set, whose samples are those of `parts`. Throws a file
  /// error.
  package func results(
    model: String, job: Job, datasetDigest: String, checkpointDigest: String, in parts: DatasetParts
  ) throws -> Results {
    let positions = evaluated.indices.filter { done[$0] }
    let rows = positions.map { evaluated[$0] }
    let tested = try TestedUsers(rows, in: parts)
    let predictions = tested.predictions
    var results = Results(
      users: users(rows, tested),
      methods: methods.indices.map { index in
        self.method(index, positions, predictions.label, predictions.offsets)
      },
      predictions: predictions, model: model, globalCTR: dataset.globalCTR,
      job: job.text, datasetDigest: datasetDigest, checkpointDigest: checkpointDigest,
      findings: job.findings(usedBy: methods)
    ).measured(job.metrics).withCommonScores()
    results.addShifts(of: tested)
    return results
  }

  private func users(_ rows: [Int32], _ tested: TestedUsers) -> Results.Users {
    let trainCount = rows.map { Int32(dataset.train.rows(ofUser: Int($0)).count) }
    return Results.Users(
      id: StringColumn(tested.id), row: rows, trainCount: trainCount, trainPositives: tested.trainPositives,
      testCount: tested.testCount, testPositives: tested.testPositives,
      localCTR: zip(tested.trainPositives, trainCount).map { Double($0) / Double($1) })
  }

  private func method(
    _ index: Int, _ positions: [Int], _ labels: [UInt8], _ predictionOffsets: [Int64]
  ) -> Results.Method {
    let own = positions.map { outcomes[index * evaluated.count + $0] }
    var predictions: [Float] = []
    predictions.reserveCapacity(labels.count)
    for position in positions { predictions.append(contentsOf: logits(index, position)) }
    return Results.Method(
      name: methods[index].rawValue, alpha: own.map(\.labels.alpha), beta: own.map(\.labels.beta),
      labelStatus: own.map(\.labels.status), auc: own.map(\.auc), aucStatus: own.map(\.aucStatus),
      lossBefore: own.map(\.lossBefore), lossAfter: own.map(\.lossAfter),
      summary: Results.Summary(
        aucs: own.map(\.auc), aucStatus: own.map(\.aucStatus), labelStatus: own.map(\.labels.status),
        logits: predictions, labels: labels, offsets: predictionOffsets),
      predictions: predictions)
  }
}
