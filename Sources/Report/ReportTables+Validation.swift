import Runs
import Support

extension ReportTables {
  /// How the cloud models did on the samples that were held out of their training, an evaluation per row; nil where no run
  /// was validated.
  static func validation(_ configurations: [Configuration]) -> ReportTable? {
    var table = ReportTable(
      id: "validation", title: "The cloud model on held-out training samples",
      note:
        "each user's last training samples, which the cloud model has not seen; calibration: predicted over true CTR; kept: "
        + "the model that was fine-tuned",
      columns: [
        .init(key: "run", title: "run", isNumber: false), .init(key: "seed", title: "seed"),
        .init(key: "epoch", title: "after epoch"), .init(key: "step", title: "step"),
        .init(key: "user_auc", title: "user AUC"), .init(key: "logloss", title: "log loss"),
        .init(key: "calibration", title: "calibration"),
        .init(key: "kept", title: "kept", isNumber: false),
      ])
    for run in configurations.flatMap(\.runs) {
      for evaluation in run.evaluations {
        let isKept = evaluation.step == run.best?.step
        table.rows.append([
          .init(run.name), .init(data: "\(run.seed)", text: "\(run.seed)"), .init(evaluation.epoch),
          .init(evaluation.step), .init(evaluation.userAUC ?? .nan, 4), .init(evaluation.logloss ?? .nan, 4),
          .init(evaluation.calibration ?? .nan, 3),
          .init(data: isKept ? "1" : "0", text: isKept ? "kept" : ""),
        ])
      }
    }
    return table.rows.isEmpty ? nil : table
  }
}
