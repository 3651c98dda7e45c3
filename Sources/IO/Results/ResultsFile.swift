import HDF5
import Support

/// `lcft-results` files: `Results` in HDF5, one row per evaluated user.
///
/// | path | type | |
/// |---|---|---|
/// | `/users/id` | string | |
/// | `/users/{row,train_count,train_positives,test_count,test_positives}` | int32 | |
/// | `/users/local_ctr` | float64 | |
/// | `/methods/<name>` | group | attribute `index`: the method's place |
/// | `/methods/<name>/{alpha,beta,auc,loss_before,loss_after}` | float64 | `auc` NaN where undefined |
/// | `/methods/<name>/{label_status,auc_status}` | enum uint8 | members as in `Results` |
/// | `/predictions/offsets`, `/predictions/label` | int64, uint8 | optional: each user's test samples |
/// | `/predictions/<method>` | float32 | logit z of each test sample; the click probability is 1 / (1 + exp(-z)) |
/// | `/shifts/{touched,unseen}` | int32 | optional: see `Results.TestItems` |
/// | `/shifts/<method>` | float64 | optional: see `Results.Method` |
/// | `/significance` | group | optional; attributes `draws`, `seed`; one row per pair of methods |
/// | `/significance/{method,against}` | string | |
/// | `/significance/users` | int32 | users with an AUC under both |
/// | `/significance/{difference,low,high,up,same,down}` | float64 | see `Results.Comparison` |
/// | `/summary/<method>` | group | attributes, see `Results.Summary` |
/// | `/untrained` | group | optional; users without training samples: `Results.Untrained` |
/// | `/findings` | group | what searches found and the run used: `SearchFindings` |
/// | `/job` | string | the job file's text |
///
/// The root's attributes hold `FileHeader`, `model`, `global_ctr`, `dataset_digest`, `checkpoint_digest`.
package enum ResultsFile {
  /// Writes `results` as the file `path`, whole or not at all. `created` as in `FileHeader`.
  ///
  /// Throws `FileError`; `.invalidName` for a method named `offsets`, `label`, `touched` or `unseen`, or with a slash in its name.
  package static func write(
    _ results: Results, to path: String, created: String = FileHeader.timestamp()
  ) throws {
    let header = FileHeader(.results, created: created, contentDigest: results.contentDigest())
    try StoredFile.write(to: path, header) { root in
      try root.setAttribute("model", results.model)
      try root.setAttribute("global_ctr", results.globalCTR)
      try root.setAttribute("dataset_digest", results.datasetDigest)
      try root.setAttribute("checkpoint_digest", results.checkpointDigest)
      try write(results.users, to: root.makeGroup("users"))
      try writeMethods(results.methods, to: root)
      if let predictions = results.predictions {
        try write(predictions, results.methods, to: root.makeGroup("predictions"))
      }
      if let items = results.items {
        try write(items, results.methods, to: root.makeGroup("shifts"))
      }
      if let significance = results.significance {
        try write(significance, to: root.makeGroup("significance"))
      }
      if let untrained = results.untrained { try untrained.write(to: root.makeGroup("untrained")) }
      try results.findings?.write(to: root)
      try root.write("job", text: results.job, description: "the job file, YAML")
    }
  }

  private static func write(_ users: Results.Users, to group: borrowing HDF5.Group) throws {
    try group.write("id", users.id, description: "the user's identifier in the source")
    try group.write("row", users.row, description: "the user's row in the data set")
    try group.write("train_count", users.trainCount, description: "training samples of the user")
    try group.write("train_positives", users.trainPositives, description: "training samples with label 1")
    try group.write("test_count", users.testCount, description: "test samples of the user")
    try group.write("test_positives", users.testPositives, description: "test samples with label 1")
    try group.write("local_ctr", users.localCTR, description: "train_positives / train_count")
  }

  private static func writeMethods(_ methods: [Results.Method], to root: borrowing HDF5.Group) throws {
    let group = try root.makeGroup("methods")
    let summaries = try root.makeGroup("summary")
    for (index, method) in methods.enumerated() {
      try checkName(of: method, at: group.location)
      let columns = try group.makeGroup(method.name)
      try columns.setAttribute("index", Int32(index))
      try columns.write("alpha", method.alpha, description: "label that positives are trained with")
      try columns.write("beta", method.beta, description: "label that negatives are trained with")
      try columns.write(
        "label_status", method.labelStatus, description: "whether the labels could be corrected")
      try columns.write(
        "auc", method.auc, description: "AUC over the user's test samples; NaN: see auc_status")
      try columns.write(
        "auc_status", method.aucStatus, description: "why the user has no AUC, or that it has one")
      try columns.write(
        "loss_before", method.lossBefore, description: "mean training loss before the fine-tuning")
      try columns.write(
        "loss_after", method.lossAfter, description: "mean training loss after the fine-tuning")
      try write(method.summary, to: summaries.makeGroup(method.name))
    }
  }

  static func write(_ summary: Results.Summary, to group: borrowing HDF5.Group) throws {
    try group.setAttribute("user_auc", summary.userAUC)
    try group.setAttribute("user_auc_unweighted", summary.userAUCUnweighted)
    try group.setAttribute("pooled_auc", summary.pooledAUC)
    try group.setAttribute("logloss", summary.logLoss)
    try group.setAttribute("undefined_auc", Int64(summary.undefinedAUC))
    try group.setAttribute("undefined_labels", Int64(summary.undefinedLabels))
    guard let common = summary.common else { return }
    try group.setAttribute("common_users", Int64(common.users))
    try group.setAttribute("common_auc_users", Int64(common.aucUsers))
    try group.setAttribute("common_user_auc", common.userAUC)
    try group.setAttribute("common_user_auc_unweighted", common.userAUCUnweighted)
    try group.setAttribute("common_pooled_auc", common.pooledAUC)
    try group.setAttribute("common_logloss", common.logLoss)
  }

  private static func write(
    _ predictions: Results.Predictions, _ methods: [Results.Method], to group: borrowing HDF5.Group
  ) throws {
    try group.write(
      "offsets", predictions.offsets,
      description: "row u of /users has rows offsets[u] up to offsets[u + 1] here")
    try group.write("label", predictions.label, description: "the test sample's label, 0 or 1")
    for method in methods {
      guard let values = method.predictions else { continue }
      try group.write(
        method.name, values,
        description: "logit z of each test sample; the click probability is 1 / (1 + exp(-z))")
    }
  }

  /// The columns of numbers of `/significance`, in the order of their digest.
  static let comparisonColumns:
    [(name: String, path: WritableKeyPath<Results.Comparison, Double> & Sendable, description: String)] = [
      ("difference", \.difference, "user AUC of method minus that of against, over the users with both AUCs"),
      (
        "low", \.low, "lower end of the 95% interval of difference (paired bootstrap over users, percentiles)"
      ),
      ("high", \.high, "upper end of the 95% interval of difference"),
      ("up", \.up, "share of the users whose AUC is higher under method"),
      ("same", \.same, "share of the users whose AUC is the same"),
      ("down", \.down, "share of the users whose AUC is lower under method"),
    ]

  private static func write(
    _ significance: Results.Significance, to group: borrowing HDF5.Group
  ) throws {
    let rows = significance.comparisons
    try group.setAttribute("draws", Int64(significance.draws))
    try group.setAttribute("seed", significance.seed)
    try group.write("method", StringColumn(rows.map(\.method)), description: "the method")
    try group.write(
      "against", StringColumn(rows.map(\.against)), description: "the method that it is compared with")
    try group.write(
      "users", rows.map { Int32($0.users) }, description: "users with an AUC under both methods")
    for column in comparisonColumns {
      try group.write(column.name, rows.map { $0[keyPath: column.path] }, description: column.description)
    }
  }

  private static func checkName(of method: Results.Method, at location: HDF5.Location) throws {
    let components = try HDF5.Group.components(of: method.name, at: location)
    if components.count != 1 || ["offsets", "label", "touched", "unseen"].contains(method.name) {
      throw HDF5Error.invalidName(location, name: method.name)
    }
  }
}

extension Results.AUCStatus: HDF5.Enumeration {}
extension Results.LabelStatus: HDF5.Enumeration {}
