import HDF5
import Support

/// `lcft-results` files: `Results` in HDF5, one row per evaluated user.
///
/// | path | type | |
/// |---|---|---|
/// | `/users/id` | string | |
/// | `/users/{row,train_count,train_positives,test_count,test_positives}` | int32 | |
/// | `/users/local_ctr` | float64 | |
/// | `/users/{lists,list_candidates}` | int32 | optional: `Results.UserLists` |
/// | `/methods/<name>` | group | attribute `index`: the method's place |
/// | `/methods/<name>/{alpha,beta,auc,loss_before,loss_after}` | float64 | `auc` NaN where undefined |
/// | `/methods/<name>/{label_status,auc_status}` | enum uint8 | members as in `Results` |
/// | `/methods/<name>/{logloss,predicted_ctr}` | float64 | `Results.UserMeasures` |
/// | `/methods/<name>/{mrr,ndcg_at_K,hit_rate_at_K}` | float64 | optional: `Results.UserRanking` |
/// | `/predictions/{offsets,label,timestamp}` | int64, uint8, int64 | optional: each user's test samples |
/// | `/predictions/<method>` | float32 | logit z of each test sample; the click probability is 1 / (1 + exp(-z)) |
/// | `/shifts/{touched,unseen}` | int32 | optional: see `Results.TestItems` |
/// | `/shifts/<method>` | float64 | optional: see `Results.Method` |
/// | `/without_unseen/{positives,others}` | int32 | optional: see `Results.UnseenPositives` |
/// | `/without_unseen/<method>` | float64 | optional: see `Results.Method` |
/// | `/significance` | group | optional; attributes `draws`, `seed`; one row per pair of methods |
/// | `/significance/{method,against}` | string | |
/// | `/significance/users` | int32 | users with an AUC under both |
/// | `/significance/{difference,low,high,up,same,down}` | float64 | see `Results.Comparison` |
/// | `/summary/<method>` | group | attributes, see `Results.Summary` |
/// | `/untrained` | group | optional; users without training samples: `Results.Untrained` |
/// | `/findings` | group | what searches found and the run used: `SearchFindings` |
/// | `/job` | string | the job file's text |
///
/// The root's attributes hold `FileHeader`, `model`, `global_ctr`, `dataset_digest`, `checkpoint_digest`, and those of
/// `Results.MeasureSettings`.
package enum ResultsFile {
  /// Whether the file `path` is of this version, and says of itself that it has `results` and their job. Throws `FileError`.
  package static func states(_ results: Results, at path: String) throws -> Bool {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let found = try FileHeader(root, expecting: .results)
    let own = FileHeader(.results, created: found.created, contentDigest: results.contentDigest())
    return try found == own && root.dataset("job").text() == results.job
  }

  /// Writes `results` as the file `path`, whole or not at all. `created` as in `FileHeader`.
  ///
  /// Throws `FileError`; `.invalidName` for a method named as a column of `/predictions` or `/shifts`, or with a slash in
  /// its name.
  package static func write(
    _ results: Results, to path: String, created: String = FileHeader.timestamp()
  ) throws {
    let header = FileHeader(.results, created: created, contentDigest: results.contentDigest())
    try StoredFile.write(to: path, header) { root in
      try root.setAttribute("model", results.model)
      try root.setAttribute("global_ctr", results.globalCTR)
      try root.setAttribute("dataset_digest", results.datasetDigest)
      try root.setAttribute("checkpoint_digest", results.checkpointDigest)
      try results.measureSettings?.write(to: root)
      try write(results.users, results.lists, to: root.makeGroup("users"))
      try writeMethods(results, to: root)
      if let predictions = results.predictions {
        try write(predictions, results.methods, to: root.makeGroup("predictions"))
      }
      if let items = results.items {
        try write(items, results.methods, to: root.makeGroup("shifts"))
        if let unseen = items.unseenPositives {
          try write(unseen, results.methods, to: root.makeGroup("without_unseen"))
        }
      }
      if let significance = results.significance {
        try write(significance, to: root.makeGroup("significance"))
      }
      if let untrained = results.untrained {
        try untrained.write(to: root.makeGroup("untrained"), results.measureSettings)
      }
      try results.findings?.write(to: root)
      try root.write("job", text: results.job, description: "the job file, YAML")
    }
  }

  private static func write(
    _ users: Results.Users, _ lists: Results.UserLists?, to group: borrowing HDF5.Group
  ) throws {
    try group.write("id", users.id, description: "the user's identifier in the source")
    try group.write("row", users.row, description: "the user's row in the data set")
    try group.write("train_count", users.trainCount, description: "training samples of the user")
    try group.write("train_positives", users.trainPositives, description: "training samples with label 1")
    try group.write("test_count", users.testCount, description: "test samples of the user")
    try group.write("test_positives", users.testPositives, description: "test samples with label 1")
    try group.write("local_ctr", users.localCTR, description: "train_positives / train_count")
    try lists?.write(to: group)
  }

  private static func writeMethods(_ results: Results, to root: borrowing HDF5.Group) throws {
    let group = try root.makeGroup("methods")
    let summaries = try root.makeGroup("summary")
    for (index, method) in results.methods.enumerated() {
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
      if let settings = results.measureSettings { try method.measures?.write(to: columns, settings) }
      try write(method.summary, results.measureSettings, to: summaries.makeGroup(method.name))
    }
  }

  static func write(
    _ summary: Results.Summary, _ settings: Results.MeasureSettings?, to group: borrowing HDF5.Group
  ) throws {
    try group.setAttribute("user_auc", summary.userAUC)
    try group.setAttribute("user_auc_unweighted", summary.userAUCUnweighted)
    try group.setAttribute("pooled_auc", summary.pooledAUC)
    try group.setAttribute("logloss", summary.logLoss)
    try group.setAttribute("undefined_auc", Int64(summary.undefinedAUC))
    try group.setAttribute("undefined_labels", Int64(summary.undefinedLabels))
    if let settings { try summary.measures?.write(to: group, settings) }
    guard let common = summary.common else { return }
    try group.setAttribute("common_users", Int64(common.users))
    try group.setAttribute("common_auc_users", Int64(common.aucUsers))
    try group.setAttribute("common_user_auc", common.userAUC)
    try group.setAttribute("common_user_auc_unweighted", common.userAUCUnweighted)
    try group.setAttribute("common_pooled_auc", common.pooledAUC)
    try group.setAttribute("common_logloss", common.logLoss)
    if let settings { try common.measures?.write(to: group, settings, prefix: "common_") }
  }

  private static func write(
    _ predictions: Results.Predictions, _ methods: [Results.Method], to group: borrowing HDF5.Group
  ) throws {
    try group.write(
      "offsets", predictions.offsets,
      description: "row u of /users has rows offsets[u] up to offsets[u + 1] here")
    try predictions.writeSamples(to: group)
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
    let columns = ["offsets", "label", "timestamp", "touched", "unseen", "positives", "others"]
    if components.count != 1 || columns.contains(method.name) {
      throw HDF5Error.invalidName(location, name: method.name)
    }
  }
}

extension Results.Predictions {
  /// The columns of samples, but for the scores.
  func writeSamples(to group: borrowing HDF5.Group) throws {
    try group.write("label", label, description: "the test sample's label, 0 or 1")
    if let timestamp {
      try group.write(
        "timestamp", timestamp, description: "the test sample's time, seconds since 1970-01-01T00:00:00Z")
    }
  }
}

extension Results.AUCStatus: HDF5.Enumeration {}
extension Results.LabelStatus: HDF5.Enumeration {}
