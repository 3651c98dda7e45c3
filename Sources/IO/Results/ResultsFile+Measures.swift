import HDF5
import Support

extension Results.MeasureSettings {
  func write(to root: borrowing HDF5.Group) throws {
    try root.setAttribute("metrics_at", cutoffs.map(Int64.init))
    try root.setAttribute("metrics_bins", Int64(bins))
  }

  /// Nil in files of versions that measured neither rankings nor calibration.
  static func read(_ root: borrowing HDF5.Group) throws -> Results.MeasureSettings? {
    guard let value = try root.attributeValue("metrics_at") else { return nil }
    guard case .integers(let cutoffs) = value, !cutoffs.isEmpty, cutoffs[0] > 0,
      zip(cutoffs, cutoffs.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw HDF5Error.invalidAttribute(
        root.location, name: "metrics_at", value: "\(value)", allowed: "rising whole numbers from 1 on")
    }
    let bins = try root.count("metrics_bins")
    guard (1...10_000).contains(bins) else {
      throw HDF5Error.invalidAttribute(
        root.location, name: "metrics_bins", value: "\(bins)", allowed: "1 to 10000")
    }
    return Results.MeasureSettings(cutoffs: cutoffs.map(Int.init), bins: bins)
  }
}

extension Results.UserLists {
  func write(to group: borrowing HDF5.Group) throws {
    try group.write(
      "lists", count,
      description:
        "lists of test samples of one time with a positive and a negative, which rankings are judged by")
    try group.write("list_candidates", candidates, description: "test samples in these lists")
  }

  func add(to digest: inout ContentDigest, _ path: String) {
    digest.add(path + "/lists", count)
    digest.add(path + "/list_candidates", candidates)
  }

  /// Nil where the times of samples were not known.
  static func read(
    _ group: borrowing HDF5.Group, _ users: Int, samples: Column<Int32>
  ) throws -> Results.UserLists? {
    guard try group.contains("lists") else { return nil }
    let candidates = try ResultsFile.readCounts("list_candidates", group, users, atMost: samples)
    return Results.UserLists(
      count: try ResultsFile.readCounts("lists", group, users, atMost: candidates), candidates: candidates)
  }
}

extension Results.UserMeasures {
  private typealias Named = (name: String, values: Column<Double>, description: String)

  /// In the order of the digest.
  private func columns(_ settings: Results.MeasureSettings) -> [Named] {
    var columns: [Named] = [
      ("logloss", logLoss, "mean cross entropy of the user's test samples"),
      ("predicted_ctr", predictedCTR, "mean click probability of the user's test samples"),
    ]
    guard let ranking else { return columns }
    columns.append(
      ("mrr", ranking.mrr, "mean over the user's lists of 1 / rank of the first positive; NaN: no list"))
    for (place, cutoff) in settings.cutoffs.enumerated() {
      columns += [
        ("ndcg_at_\(cutoff)", ranking.ndcg[place], "mean NDCG@\(cutoff) over the user's lists"),
        (
          "hit_rate_at_\(cutoff)", ranking.hitRate[place],
          "share of the user's lists with a positive among the first \(cutoff)"
        ),
      ]
    }
    return columns
  }

  func write(to group: borrowing HDF5.Group, _ settings: Results.MeasureSettings) throws {
    for column in columns(settings) {
      try group.write(column.name, column.values, description: column.description)
    }
  }

  func add(to digest: inout ContentDigest, _ path: String, _ settings: Results.MeasureSettings) {
    for column in columns(settings) { digest.add("\(path)/\(column.name)", column.values) }
  }

  /// `hasLists`: whether the file says how many lists each user has, and so has rankings.
  static func read(
    _ group: borrowing HDF5.Group, _ users: Int, _ settings: Results.MeasureSettings, hasLists: Bool
  ) throws -> Results.UserMeasures {
    var ranking: Results.UserRanking?
    if hasLists {
      var (ndcg, hitRate): ([Column<Double>], [Column<Double>]) = ([], [])
      for cutoff in settings.cutoffs {
        ndcg.append(try shares("ndcg_at_\(cutoff)", group, users))
        hitRate.append(try shares("hit_rate_at_\(cutoff)", group, users))
      }
      ranking = Results.UserRanking(
        mrr: try shares("mrr", group, users), ndcg: ndcg, hitRate: hitRate)
    }
    let losses: Column<Double> = try group.column("logloss", count: users)
    if let user = losses.firstIndex(where: { $0 < 0 }) {
      throw HDF5Error.invalidValue(
        group.location.appending("logloss"), row: user, value: "\(losses[user])", allowed: "0 or more, or NaN"
      )
    }
    return Results.UserMeasures(
      logLoss: losses, predictedCTR: try shares("predicted_ctr", group, users), ranking: ranking)
  }

  private static func shares(
    _ name: String, _ group: borrowing HDF5.Group, _ users: Int
  ) throws -> Column<Double> {
    let values: Column<Double> = try group.column(name, count: users)
    if let user = values.firstIndex(where: { !$0.isNaN && !($0 >= 0 && $0 <= 1) }) {
      throw HDF5Error.invalidValue(
        group.location.appending(name), row: user, value: "\(values[user])", allowed: "0 to 1, or NaN")
    }
    return values
  }
}

extension Results.Measures {
  /// As attributes, each name behind `prefix`.
  func write(
    to group: borrowing HDF5.Group, _ settings: Results.MeasureSettings, prefix: String = ""
  ) throws {
    try group.setAttribute(prefix + "logloss_per_user", logLossPerUser)
    try group.setAttribute(prefix + "calibration", calibration)
    try group.setAttribute(prefix + "ece", calibrationError)
    guard let ranking else { return }
    try group.setAttribute(prefix + "lists", Int64(ranking.lists))
    try group.setAttribute(prefix + "list_candidates", Int64(ranking.candidates))
    try group.setAttribute(prefix + "mrr", ranking.mrr)
    for (place, cutoff) in settings.cutoffs.enumerated() {
      try group.setAttribute("\(prefix)ndcg_at_\(cutoff)", ranking.ndcg[place])
      try group.setAttribute("\(prefix)hit_rate_at_\(cutoff)", ranking.hitRate[place])
    }
  }

  static func read(
    _ group: borrowing HDF5.Group, _ settings: Results.MeasureSettings, prefix: String = ""
  ) throws -> Results.Measures {
    func number(_ name: String) throws -> Double { try group.required(prefix + name, as: Double.self) }
    var ranking: Results.Ranking?
    if try group.attribute(prefix + "lists", as: Int64.self) != nil {
      ranking = Results.Ranking(
        lists: try group.count(prefix + "lists"), candidates: try group.count(prefix + "list_candidates"),
        mrr: try number("mrr"), ndcg: try settings.cutoffs.map { try number("ndcg_at_\($0)") },
        hitRate: try settings.cutoffs.map { try number("hit_rate_at_\($0)") })
    }
    return Results.Measures(
      logLossPerUser: try number("logloss_per_user"), calibration: try number("calibration"),
      calibrationError: try number("ece"), ranking: ranking)
  }
}
