import HDF5
import Support

/// `/progress/evaluations`: a row per evaluation.
extension CheckpointFile {
  static func write(_ evaluations: [Checkpoint.Evaluation], to group: borrowing HDF5.Group) throws {
    try group.write("epoch", evaluations.map { Int64($0.epoch) }, description: "epochs completed")
    try group.write(
      "step", evaluations.map { Int64($0.step) }, description: "steps completed, over all epochs")
    try group.write(
      "user_auc", evaluations.map { $0.userAUC ?? .nan },
      description: "user AUC on the held-out samples; NaN where no user has both classes")
    try group.write(
      "log_loss", evaluations.map(\.logLoss), description: "mean cross entropy of the held-out samples")
    try group.write(
      "calibration", evaluations.map { $0.calibration ?? .nan },
      description: "sum of the predicted click probabilities over the number of clicks; NaN without clicks")
  }

  static func readEvaluations(_ group: borrowing HDF5.Group) throws -> [Checkpoint.Evaluation] {
    let steps = try group.dataset("step").array(of: Int64.self)
    func column<Value: HDF5.Scalar>(_ name: String, of type: Value.Type) throws -> [Value] {
      let values = try group.dataset(name).array(of: type)
      guard values.count == steps.count else {
        throw HDF5Error.wrongShape(
          group.location.appending(name), expected: "\(steps.count) values", found: ["\(values.count)"])
      }
      return values
    }
    let epochs = try column("epoch", of: Int64.self)
    let userAUC = try column("user_auc", of: Double.self)
    let logLoss = try column("log_loss", of: Double.self)
    let calibration = try column("calibration", of: Double.self)
    return steps.indices.map { row in
      Checkpoint.Evaluation(
        epoch: Int(epochs[row]), step: Int(steps[row]), userAUC: userAUC[row].known, logLoss: logLoss[row],
        calibration: calibration[row].known)
    }
  }
}

extension Double {
  fileprivate var known: Double? { isNaN ? nil : self }
}
