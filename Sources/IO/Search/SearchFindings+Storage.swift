import HDF5
import Support

/// `/findings` in the files that hold one:
///
/// | path | type | |
/// |---|---|---|
/// | `/findings` | group | empty where no search was used |
/// | `/findings/labels` | group | optional; attributes `table_digest`, `dataset_digest` |
/// | `/findings/labels/edges` | float64 [groups + 1] | group g: edges[g] < local CTR <= edges[g + 1] |
/// | `/findings/labels/{alpha,beta}` | float64 [groups] | |
/// | `/findings/choice` | group | optional: `MethodChoice.write(to:)`; attributes as of labels |
/// | `/findings/settings/method` | string [methods] | optional |
/// | `/findings/settings/learning_rate` | float64 [methods] | NaN: as the job says |
/// | `/findings/settings/{epochs,batch_size}` | int64 [methods] | 0: as the job says |
/// | `/findings/settings/{mu,share}` | float64 [methods] | where a method has some; NaN: as the job says |
///
/// A file without the group was written by a version before 0.2, which did not record what searches found as
/// values; its findings are read as nil, which is not the same as none.
extension SearchFindings {
  static let group = "findings"

  /// Writes the group `/findings` below the root group `root`.
  func write(to root: borrowing HDF5.Group) throws {
    let group = try root.makeGroup(Self.group)
    if let labels {
      let own = try group.makeGroup("labels")
      try own.setAttribute("table_digest", labels.tableDigest)
      try own.setAttribute("dataset_digest", labels.datasetDigest)
      try own.write(
        "edges", labels.pairs.edges,
        description: "group g of users: edges[g] < local CTR <= edges[g + 1], the first one 0 too")
      try own.write(
        "alpha", labels.pairs.alpha, description: "label that hard correction gives to the group's positives")
      try own.write(
        "beta", labels.pairs.beta, description: "label that hard correction gives to the group's negatives")
    }
    if let choice {
      let own = try group.makeGroup("choice")
      try own.setAttribute("table_digest", choice.tableDigest)
      try own.setAttribute("dataset_digest", choice.datasetDigest)
      try choice.choice.write(to: own)
    }
    guard !settings.isEmpty else { return }
    let own = try group.makeGroup("settings")
    try own.write(
      "method", StringColumn(methods), description: "the method that a search found settings for")
    try own.write(
      "learning_rate", learningRates,
      description: "learning rate of the method's fine-tuning; NaN: as the job says")
    try own.write("epochs", epochs, description: "passes over a user's samples; 0: as the job says")
    try own.write("batch_size", batchSizes, description: "samples per step; 0: as the job says")
    for (name, values, description) in further { try own.write(name, values, description: description) }
  }

  /// Reads the group `/findings` below `root`; nil where there is none. Throws `HDF5Error` where columns do not
  /// belong together or hold what no search finds.
  static func read(_ root: borrowing HDF5.Group) throws -> SearchFindings? {
    guard try root.contains(group) else { return nil }
    let group = try root.group(group)
    return SearchFindings(
      labels: try group.contains("labels") ? readLabels(group.group("labels")) : nil,
      choice: try group.contains("choice") ? readChoice(group.group("choice")) : nil,
      settings: try group.contains("settings") ? readSettings(group.group("settings")) : [:])
  }

  private static func readLabels(_ group: borrowing HDF5.Group) throws -> Labels {
    let pairs = LabelTable.Pairs(
      edges: try group.dataset("edges").array(of: Double.self),
      alpha: try group.dataset("alpha").array(of: Double.self),
      beta: try group.dataset("beta").array(of: Double.self))
    guard pairs.areValid else {
      throw HDF5Error.invalidValue(
        group.location.appending("edges"), row: 0, value: "\(pairs.edges.prefix(4))",
        allowed: "the edges rise from 0 to 1, alpha and beta have one number per group")
    }
    return Labels(
      pairs: pairs, tableDigest: try group.required(text: "table_digest"),
      datasetDigest: try group.required(text: "dataset_digest"))
  }

  private static func readChoice(_ group: borrowing HDF5.Group) throws -> Choice {
    Choice(
      try MethodChoice.read(group), tableDigest: try group.required(text: "table_digest"),
      datasetDigest: try group.required(text: "dataset_digest"))
  }

  private static func readSettings(_ group: borrowing HDF5.Group) throws -> [String: TuningOverrides] {
    let methods = try group.dataset("method").strings()
    let rates = try group.array("learning_rate", of: Double.self, count: methods.count)
    let epochs = try group.array("epochs", of: Int64.self, count: methods.count)
    let sizes = try group.array("batch_size", of: Int64.self, count: methods.count)
    let mus = try further("mu", group, methods.count, in: 0...1_000_000)
    let shares = try further("share", group, methods.count, in: 0...1)
    var settings: [String: TuningOverrides] = [:]
    for row in 0..<methods.count {
      func refused(_ name: String, _ value: some Any, _ allowed: String) -> HDF5Error {
        .invalidValue(group.location.appending(name), row: row, value: "\(value)", allowed: allowed)
      }
      guard settings[methods[row]] == nil else {
        throw refused("method", methods[row], "no method twice")
      }
      guard rates[row].isNaN || rates[row] >= 0 && rates[row].isFinite else {
        throw refused("learning_rate", rates[row], "0 or more, or NaN")
      }
      guard epochs[row] >= 0 else { throw refused("epochs", epochs[row], "0 or more") }
      guard sizes[row] >= 0 else { throw refused("batch_size", sizes[row], "0 or more") }
      settings[methods[row]] = TuningOverrides(
        learningRate: rates[row].isNaN ? nil : rates[row], epochs: epochs[row] == 0 ? nil : Int(epochs[row]),
        batchSize: sizes[row] == 0 ? nil : Int(sizes[row]), mu: mus[row], share: shares[row])
    }
    return settings
  }

  /// A column that only some files have, nil for NaN.
  private static func further(
    _ name: String, _ group: borrowing HDF5.Group, _ count: Int, in range: ClosedRange<Double>
  ) throws -> [Double?] {
    guard try group.contains(name) else { return Array(repeating: nil, count: count) }
    let values = try group.array(name, of: Double.self, count: count)
    for (row, value) in values.enumerated() where !value.isNaN && !range.contains(value) {
      throw HDF5Error.invalidValue(
        group.location.appending(name), row: row, value: "\(value)",
        allowed: "\(range.lowerBound) to \(range.upperBound), or NaN")
    }
    return values.map { $0.isNaN ? nil : $0 }
  }
}
