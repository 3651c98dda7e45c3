import HDF5
import Support

/// `lcft-predictions` files: `Predictions` in HDF5, one row per pair and method.
///
/// | path | type | |
/// |---|---|---|
/// | `/predictions/user`, `item`, `method` | string [rows] | |
/// | `/predictions/time` | int64 [rows] | where pairs have a time |
/// | `/predictions/rank` | int32 [rows] | in rankings, from 1 |
/// | `/predictions/logit`, `probability` | float32 [rows] | |
///
/// The root's attributes hold `FileHeader`, `model`, `dataset_digest` and `checkpoint_digest`.
package enum PredictionsFile {
  /// Writes `predictions` as the file `path`, whole or not at all. `created` as in `FileHeader`. Throws a file error.
  package static func write(
    _ predictions: Predictions, to path: String, created: String = FileHeader.timestamp()
  ) throws {
    let header = FileHeader(.predictions, created: created, contentDigest: predictions.contentDigest())
    try StoredFile.write(to: path, header) { root in
      try root.setAttribute("model", predictions.model)
      try root.setAttribute("dataset_digest", predictions.datasetDigest)
      try root.setAttribute("checkpoint_digest", predictions.checkpointDigest)
      let group = try root.makeGroup("predictions")
      for (name, column) in predictions.texts {
        try group.write(name, column, description: "the \(name) of each row")
      }
      if predictions.hasTimes {
        try group.write("time", predictions.rows.map(\.time), description: "seconds since 1970, UTC")
      }
      if predictions.isRanked {
        try group.write(
          "rank", predictions.rows.map(\.rank), description: "place among the user's candidates, from 1")
      }
      try group.write("logit", predictions.rows.map(\.logit), description: "logit z")
      try group.write(
        "probability", predictions.rows.map(\.probability), description: "1 / (1 + exp(-z))")
    }
  }

  /// Reads the file `path` and checks all of it, with its digest where the file states one. Throws a file error.
  package static func read(_ path: String) throws -> Predictions {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .predictions)
    let group = try root.group("predictions")
    let logits = try group.dataset("logit").array(of: Float.self)
    func texts(_ name: String) throws -> (names: StringColumn, rows: [Int32]) {
      let column = try group.dataset(name).strings()
      guard column.count == logits.count else {
        throw HDF5Error.wrongShape(
          group.location.appending(name), expected: "\(logits.count) rows", found: ["\(column.count)"])
      }
      return column.distinct()
    }
    func numbers<T: HDF5.Scalar & ExpressibleByIntegerLiteral>(_ name: String, _ type: T.Type) throws -> [T]?
    {
      try group.contains(name) ? group.array(name, of: type, count: logits.count) : nil
    }
    let (user, item, method) = (try texts("user"), try texts("item"), try texts("method"))
    let (times, ranks) = (try numbers("time", Int64.self), try numbers("rank", Int32.self))
    let predictions = Predictions(
      users: user.names, items: item.names, methods: (0..<method.names.count).map { method.names[$0] },
      rows: logits.indices.map {
        Predictions.Row(
          user: user.rows[$0], item: item.rows[$0], method: method.rows[$0], rank: ranks?[$0] ?? 0,
          time: times?[$0] ?? 0, logit: logits[$0])
      }, hasTimes: times != nil, isRanked: ranks != nil, model: try root.required(text: "model"),
      datasetDigest: try root.required(text: "dataset_digest"),
      checkpointDigest: try root.required(text: "checkpoint_digest"))
    try header.check(digest: predictions.contentDigest(), file: path)
    return predictions
  }
}

extension Predictions {
  /// The columns of text.
  fileprivate var texts: [(name: String, column: StringColumn)] {
    let names = StringColumn(methods)
    return [
      ("user", users.selected(rows.lazy.map { Int($0.user) })),
      ("item", items.selected(rows.lazy.map { Int($0.item) })),
      ("method", names.selected(rows.lazy.map { Int($0.method) })),
    ]
  }

  /// `ContentDigest` of `/predictions`: `user`, `item`, `method`, `time` and `rank` where they are there, `logit`.
  package func contentDigest() -> String {
    var digest = ContentDigest()
    for (name, column) in texts { digest.add("/predictions/\(name)", column) }
    if hasTimes { digest.add("/predictions/time", rows.map(\.time)) }
    if isRanked { digest.add("/predictions/rank", rows.map(\.rank)) }
    digest.add("/predictions/logit", rows.map(\.logit))
    return digest.finalize()
  }
}

extension StringColumn {
  /// The different strings in the order in which they come first, and which of them each row is.
  package func distinct() -> (names: StringColumn, rows: [Int32]) {
    var known: [String: Int32] = [:]
    var first: [Int] = []
    let rows = (0..<count).map { row in
      let name = self[row]
      if let place = known[name] { return place }
      let place = Int32(first.count)
      known[name] = place
      first.append(row)
      return place
    }
    return (selected(first), rows)
  }
}
