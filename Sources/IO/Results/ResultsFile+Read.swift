import HDF5
import Support

extension ResultsFile {
  /// Reads the file `path` and checks that its columns belong together, and the content's digest where
  /// the file states it.
  ///
  /// Throws `FileError`.
  package static func read(_ path: String) throws -> Results {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .results)
    let users = try readUsers(root.group("users"))
    let predictions =
      try root.contains("predictions")
      ? readPredictions(root.group("predictions"), counts: users.testCount) : nil
    let settings = try Results.MeasureSettings.read(root)
    let lists = try Results.UserLists.read(root.group("users"), users.id.count, samples: users.testCount)
    let methods = try readMethods(root, users, predictions, settings, hasLists: lists != nil)
    let significance =
      try root.contains("significance")
      ? readSignificance(root.group("significance"), methods.map(\.name)) : nil
    let globalCTR = try root.required("global_ctr", as: Double.self)
    guard globalCTR >= 0, globalCTR <= 1 else {
      throw HDF5Error.invalidAttribute(
        root.location, name: "global_ctr", value: "\(globalCTR)", allowed: "a share, 0 to 1")
    }
    var results = Results(
      users: users, methods: methods, predictions: predictions, significance: significance,
      model: try root.required(text: "model"),
      globalCTR: globalCTR,
      job: try root.dataset("job").text(),
      datasetDigest: try root.required(text: "dataset_digest"),
      checkpointDigest: try root.required(text: "checkpoint_digest"),
      findings: try SearchFindings.read(root))
    results.measureSettings = settings
    results.lists = lists
    if try root.contains("shifts") {
      let group = try root.group("shifts")
      results.items = try readTestItems(group, users)
      try read(\.shift, of: &results.methods, group, count: users.id.count)
    }
    if try root.contains("without_unseen"), results.items != nil {
      let group = try root.group("without_unseen")
      results.items?.unseenPositives = try readUnseen(group, users)
      try read(\.aucWithoutUnseen, of: &results.methods, group, count: users.id.count)
    }
    if try root.contains("untrained") {
      results.untrained = try Results.Untrained(root.group("untrained"), settings)
    }
    try header.check(digest: results.contentDigest(), file: path)
    return results
  }

  /// Content digest of the cloud model that the results of the file `path` were made from; nothing else is read.
  /// Throws `FileError`.
  package static func checkpointDigest(of path: String) throws -> String {
    let file = try StoredFile.open(path)
    let root = try file.root()
    _ = try FileHeader(root, expecting: .results)
    return try root.required(text: "checkpoint_digest")
  }

  private static func readUsers(_ group: borrowing HDF5.Group) throws -> Results.Users {
    let id = try group.dataset("id").strings()
    let trainCount = try readCounts("train_count", group, id.count)
    let testCount = try readCounts("test_count", group, id.count)
    let localCTR: Column<Double> = try group.column("local_ctr", count: id.count)
    if let user = localCTR.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw HDF5Error.invalidValue(
        group.location.appending("local_ctr"), row: user, value: "\(localCTR[user])",
        allowed: "a share, 0 to 1")
    }
    return Results.Users(
      id: id, row: try readCounts("row", group, id.count),
      trainCount: trainCount,
      trainPositives: try readCounts("train_positives", group, id.count, atMost: trainCount),
      testCount: testCount,
      testPositives: try readCounts("test_positives", group, id.count, atMost: testCount),
      localCTR: localCTR)
  }

  /// The labels of users with `counts` test samples, and where each user's begin.
  static func readPredictions(
    _ group: borrowing HDF5.Group, counts: Column<Int32>
  ) throws -> Results.Predictions {
    let label = try group.dataset("label").column(of: UInt8.self)
    try ColumnCheck(group.location.appending("label")).bits(label)
    let offsets = try group.dataset("offsets").column(of: Int64.self)
    let check = ColumnCheck(group.location.appending("offsets"))
    try check.offsets(offsets, counts.count, into: label.count)
    for user in counts.indices where offsets[user + 1] - offsets[user] != counts[user] {
      throw HDF5Error.invalidValue(
        check.location, row: user + 1, value: "\(offsets[user + 1])",
        allowed: "the user has \(counts[user]) test samples")
    }
    return Results.Predictions(
      offsets: offsets, label: label,
      timestamp: try group.contains("timestamp") ? group.column("timestamp", count: label.count) : nil)
  }

  private static func readMethods(
    _ root: borrowing HDF5.Group, _ users: Results.Users, _ predictions: Results.Predictions?,
    _ settings: Results.MeasureSettings?, hasLists: Bool
  ) throws -> [Results.Method] {
    let group = try root.group("methods")
    let summaries = try root.group("summary")
    var methods: [(index: Int32, method: Results.Method)] = []
    for name in try group.members() {
      let columns = try group.group(name)
      let summary = try readSummary(summaries.group(name), settings)
      var method = try readMethod(name, columns, users.id.count, summary)
      if let settings {
        method.measures = try Results.UserMeasures.read(
          columns, users.id.count, settings, hasLists: hasLists)
      }
      if let predictions, try root.contains("predictions/" + name) {
        method.predictions = try root.group("predictions").column(name, count: predictions.label.count)
      }
      methods.append((try columns.attribute("index", as: Int32.self) ?? .max, method))
    }
    // Members come by name, and sorting keeps that order where `index` is not given.
    return methods.sorted { $0.index < $1.index }.map(\.method)
  }

  private static func readMethod(
    _ name: String, _ group: borrowing HDF5.Group, _ users: Int, _ summary: Results.Summary
  ) throws -> Results.Method {
    let (auc, aucStatus) = try readAUC(group, users)
    return Results.Method(
      name: name, alpha: try group.column("alpha", count: users),
      beta: try group.column("beta", count: users),
      labelStatus: try readStatus("label_status", group, users), auc: auc,
      aucStatus: aucStatus,
      lossBefore: try group.column("loss_before", count: users),
      lossAfter: try group.column("loss_after", count: users), summary: summary)
  }

  /// `auc` and `auc_status` of users, which must agree.
  static func readAUC(
    _ group: borrowing HDF5.Group, _ users: Int
  ) throws -> (auc: Column<Double>, status: Column<Results.AUCStatus>) {
    let aucs: Column<Double> = try group.column("auc", count: users)
    let statuses: Column<Results.AUCStatus> = try readStatus("auc_status", group, users)
    for users in Pieces(aucs.count, bytesPerRow: MemoryLayout<Double>.stride) {
      for user in users {
        let (auc, status) = (aucs[user], statuses[user])
        guard status == .defined ? !(auc >= 0 && auc <= 1) : !auc.isNaN else { continue }
        throw HDF5Error.invalidValue(
          group.location.appending("auc"), row: user, value: "\(auc)",
          allowed: status == .defined ? "0 to 1" : "NaN, since auc_status is \(status)")
      }
    }
    return (aucs, statuses)
  }

  static func readSummary(
    _ group: borrowing HDF5.Group, _ settings: Results.MeasureSettings?
  ) throws -> Results.Summary {
    var summary = Results.Summary(
      userAUC: try group.required("user_auc", as: Double.self),
      userAUCUnweighted: try group.required("user_auc_unweighted", as: Double.self),
      pooledAUC: try group.required("pooled_auc", as: Double.self),
      logLoss: try group.required("logloss", as: Double.self),
      undefinedAUC: try group.count("undefined_auc"),
      undefinedLabels: try group.count("undefined_labels"))
    if let settings { summary.measures = try Results.Measures.read(group, settings) }
    guard try group.attribute("common_users", as: Int64.self) != nil else { return summary }
    summary.common = Results.CommonScores(
      users: try group.count("common_users"), aucUsers: try group.count("common_auc_users"),
      userAUC: try group.required("common_user_auc", as: Double.self),
      userAUCUnweighted: try group.required("common_user_auc_unweighted", as: Double.self),
      pooledAUC: try group.required("common_pooled_auc", as: Double.self),
      logLoss: try group.required("common_logloss", as: Double.self))
    if let settings, try group.attribute("common_ece", as: Double.self) != nil {
      summary.common?.measures = try Results.Measures.read(group, settings, prefix: "common_")
    }
    return summary
  }

  private static func readSignificance(
    _ group: borrowing HDF5.Group, _ methods: [String]
  ) throws -> Results.Significance {
    func names(_ column: String) throws -> [String] {
      let strings = try group.dataset(column).strings()
      return try (0..<strings.count).map { row in
        guard methods.contains(strings[row]) else {
          throw HDF5Error.invalidValue(
            group.location.appending(column), row: row, value: strings[row],
            allowed: methods.joined(separator: ", "))
        }
        return strings[row]
      }
    }
    let method = try names("method")
    let against = try names("against")
    guard against.count == method.count else {
      throw HDF5Error.wrongShape(
        group.location.appending("against"), expected: "\(method.count) values", found: ["\(against.count)"])
    }
    let users = try readCounts("users", group, method.count)
    var rows = method.indices.map { row in
      Results.Comparison(
        method: method[row], against: against[row], users: Int(users[row]), difference: .nan, low: .nan,
        high: .nan, up: .nan, same: .nan, down: .nan)
    }
    for column in comparisonColumns {
      let values: [Double] = try group.array(column.name, count: rows.count)
      for row in rows.indices { rows[row][keyPath: column.path] = values[row] }
    }
    return Results.Significance(
      draws: try group.count("draws"), seed: try group.required("seed", as: UInt64.self), comparisons: rows)
  }

  private static func readStatus<E: HDF5.Enumeration>(
    _ name: String, _ group: borrowing HDF5.Group, _ count: Int
  ) throws -> Column<E> {
    let dataset = try group.dataset(name)
    try dataset.checkCount(count)
    return try dataset.enumerations(of: E.self)
  }

  /// The column `name` of `count` values from 0 to those of `limit`.
  static func readCounts(
    _ name: String, _ group: borrowing HDF5.Group, _ count: Int, atMost limit: Column<Int32>? = nil
  ) throws -> Column<Int32> {
    let values: Column<Int32> = try group.column(name, count: count)
    for row in values.indices where values[row] < 0 || values[row] > limit?[row] ?? .max {
      throw HDF5Error.invalidValue(
        group.location.appending(name), row: row, value: "\(values[row])",
        allowed: "0 to \(limit?[row] ?? .max)")
    }
    return values
  }
}
