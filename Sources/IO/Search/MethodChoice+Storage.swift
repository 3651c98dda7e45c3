import HDF5
import Support

/// `/choice` in `choice.h5`, and in the `/findings` of files whose outcomes used one. S sets of users, all of them first and
/// then the groups; M methods, `cloud` first:
///
/// | path | type | |
/// |---|---|---|
/// | `methods` | string [M] | |
/// | `edges` | float64 [S] | group g: edges[g] < local CTR <= edges[g + 1] |
/// | `{best,chosen,next}` | int32 [S] | places in `methods` |
/// | `{users,samples}` | int64 [S] | |
/// | `{auc,difference,low,high,advantage}` | float64 [S, M] | see `MethodChoice.Scores` |
/// | `{margin,margin_low,margin_high}` | float64 [S] | |
/// | `labels/{edges,alpha,beta}` | float64 | where hard was tried: its labels |
///
/// Attributes: `folds`, `holdout`, `decay`, `shrinkage`, and `rule`, all of it as a sentence.
extension MethodChoice {
  private typealias Matrix = (
    name: String, path: WritableKeyPath<Scores, [Double]> & Sendable, description: String
  )
  private typealias Numbers = (
    name: String, path: WritableKeyPath<Scores, Double> & Sendable, description: String
  )
  private typealias Counts = (
    name: String, path: WritableKeyPath<Scores, Int> & Sendable, description: String
  )

  private static let places: [Counts] = [
    ("best", \.best, "the best of the methods that were tried, a place in methods"),
    ("chosen", \.chosen, "the method that is used: 0, the cloud model, where the best one is not better"),
    ("next", \.next, "the best of the other methods"),
  ]
  private static let counts: [Counts] = [
    ("users", \.users, "users of the set with both classes among their held-out samples"),
    ("samples", \.samples, "their held-out samples over all folds"),
  ]
  private static let matrices: [Matrix] = [
    ("auc", \.auc, "[set, method] user AUC on held-out training samples, weighted by their number and fold"),
    ("difference", \.difference, "[set, method] auc minus that of cloud"),
    (
      "low", \.low,
      "[set, method] lower end of the 95% interval of difference (paired bootstrap over users)"
    ),
    ("high", \.high, "[set, method] upper end of it"),
    (
      "advantage", \.advantage,
      "[set, method] what is compared: difference from the method of all users, shrunken for groups"
    ),
  ]
  private static let margins: [Numbers] = [
    ("margin", \.margin, "auc of chosen minus that of next"),
    ("margin_low", \.marginLow, "lower end of the 95% interval of margin"),
    ("margin_high", \.marginHigh, "upper end of the 95% interval of margin"),
  ]

  /// The rule in a sentence.
  package var ruleText: String {
    let folds =
      rule.folds == 1
      ? "the last \(rule.holdout)" : "\(rule.folds) folds, each the last \(rule.holdout) of what is left"
    let decay = rule.decay < 1 ? ", a sample of fold k counting \(rule.decay)^(k - 1)" : ""
    return
      "the highest user AUC over \(folds) of each user's training samples\(decay); groups shrunken towards all users"
      + (rule.shrinkage == 1 ? "" : " (\(rule.shrinkage))") + "; cloud where no method is better"
  }

  func write(to group: borrowing HDF5.Group) throws {
    try group.setAttribute("folds", Int64(rule.folds))
    try group.setAttribute("holdout", rule.holdout)
    try group.setAttribute("decay", rule.decay)
    try group.setAttribute("shrinkage", rule.shrinkage)
    try group.setAttribute("rule", ruleText)
    try group.write("methods", StringColumn(methods), description: "cloud, the fallback, and what was tried")
    try group.write(
      "edges", edges,
      description: "group g of users: edges[g] < local CTR <= edges[g + 1], the first one 0 too")
    for column in MethodChoice.places {
      try group.write(
        column.name, sets.map { Int32($0[keyPath: column.path]) }, description: column.description)
    }
    for column in MethodChoice.counts {
      try group.write(
        column.name, sets.map { Int64($0[keyPath: column.path]) }, description: column.description)
    }
    for column in MethodChoice.matrices {
      try sets.flatMap { $0[keyPath: column.path] }.withUnsafeBufferPointer {
        try group.write(
          column.name, $0, shape: [sets.count, methods.count], description: column.description)
      }
    }
    for column in MethodChoice.margins {
      try group.write(column.name, sets.map { $0[keyPath: column.path] }, description: column.description)
    }
    guard let labels else { return }
    let own = try group.makeGroup("labels")
    try own.write("edges", labels.edges, description: "intervals of the local CTR, as in labels.h5")
    try own.write("alpha", labels.alpha, description: "label that hard correction gives to positives")
    try own.write("beta", labels.beta, description: "label that hard correction gives to negatives")
  }

  /// Throws `HDF5Error` where the columns do not belong together.
  static func read(_ group: borrowing HDF5.Group) throws -> MethodChoice {
    let methods = try group.dataset("methods").strings()
    let edges = try group.dataset("edges").array(of: Double.self)
    var sets = [Scores](repeating: Scores(methods: methods.count), count: edges.count)
    for column in places {
      for (set, place) in try group.array(column.name, of: Int32.self, count: edges.count).enumerated() {
        sets[set][keyPath: column.path] = Int(place)
      }
    }
    for column in counts {
      for (set, count) in try group.array(column.name, of: Int64.self, count: edges.count).enumerated() {
        sets[set][keyPath: column.path] = Int(count)
      }
    }
    for column in matrices {
      let values = try group.dataset(column.name).array(of: Double.self)
      guard values.count == edges.count * methods.count else {
        throw HDF5Error.wrongShape(
          group.location.appending(column.name), expected: "[\(edges.count), \(methods.count)]",
          found: ["\(values.count)"])
      }
      for set in sets.indices {
        sets[set][keyPath: column.path] = Array(values[set * methods.count..<(set + 1) * methods.count])
      }
    }
    for column in margins {
      for (set, value) in try group.array(column.name, of: Double.self, count: edges.count).enumerated() {
        sets[set][keyPath: column.path] = value
      }
    }
    let choice = MethodChoice(
      methods: (0..<methods.count).map { methods[$0] }, edges: edges, sets: sets,
      rule: Rule(
        folds: try group.count("folds"), holdout: try group.required("holdout", as: Double.self),
        decay: try group.required("decay", as: Double.self),
        shrinkage: try group.required("shrinkage", as: Double.self)),
      labels: try group.contains("labels") ? readLabels(group.group("labels")) : nil)
    guard choice.isValid else {
      throw HDF5Error.invalidValue(
        group.location.appending("chosen"), row: 0, value: "\(sets.prefix(4).map(\.chosen))",
        allowed: "places in methods, best from 1 on, and edges that rise from 0 to 1")
    }
    return choice
  }

  private static func readLabels(_ group: borrowing HDF5.Group) throws -> LabelTable.Pairs {
    LabelTable.Pairs(
      edges: try group.dataset("edges").array(of: Double.self),
      alpha: try group.dataset("alpha").array(of: Double.self),
      beta: try group.dataset("beta").array(of: Double.self))
  }

  /// Adds the columns below `path`, in the order in which they are written.
  func add(to digest: inout ContentDigest, _ path: String) {
    digest.add(path + "/methods", StringColumn(methods))
    digest.add(path + "/edges", edges)
    for column in MethodChoice.places {
      digest.add("\(path)/\(column.name)", sets.map { Int32($0[keyPath: column.path]) })
    }
    for column in MethodChoice.counts {
      digest.add("\(path)/\(column.name)", sets.map { Int64($0[keyPath: column.path]) })
    }
    for column in MethodChoice.matrices {
      digest.add(
        "\(path)/\(column.name)", sets.flatMap { $0[keyPath: column.path] },
        shape: [sets.count, methods.count])
    }
    for column in MethodChoice.margins {
      digest.add("\(path)/\(column.name)", sets.map { $0[keyPath: column.path] })
    }
    guard let labels else { return }
    digest.add(path + "/labels/edges", labels.edges)
    digest.add(path + "/labels/alpha", labels.alpha)
    digest.add(path + "/labels/beta", labels.beta)
  }
}
