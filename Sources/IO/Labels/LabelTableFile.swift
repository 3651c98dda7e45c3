import HDF5

/// `lcft-labels` files: a `LabelTable` in HDF5.
///
/// | path | type | |
/// |---|---|---|
/// | `/groups/edges` | float64 [groups + 1] | group g: edges[g] < local CTR <= edges[g + 1] |
/// | `/groups/{alpha,beta,auc,plain_auc,low,high}` | float64 [groups] | |
/// | `/groups/{users,samples}` | int64 [groups] | |
/// | `/grid/alpha`, `/grid/beta` | float64 | |
/// | `/grid/auc` | float64 [groups, alphas, betas] | |
/// | `/job` | string | the job file's text |
///
/// The root's attributes hold `FileHeader` and those of `SearchOrigin`.
package enum LabelTableFile {
  /// Writes `table` as the file `path`, whole or not at all. Throws a file error.
  package static func write(
    _ table: LabelTable, to path: String, created: String = FileHeader.timestamp()
  ) throws {
    let header = FileHeader(.labels, created: created, contentDigest: table.contentDigest())
    try StoredFile.write(to: path, header) { root in
      try table.origin.write(to: root)
      let groups = try root.makeGroup("groups")
      try groups.write(
        "edges", table.pairs.edges,
        description: "group g: edges[g] < local CTR <= edges[g + 1], the first one 0 too")
      for (name, values, description) in table.columns {
        try groups.write(name, values, description: description)
      }
      try groups.write(
        "users", table.scores.map { Int64($0.users) },
        description: "users of the group with both classes held out")
      try groups.write(
        "samples", table.scores.map { Int64($0.samples) }, description: "their held-out samples")
      let grid = try root.makeGroup("grid")
      try grid.write("alpha", table.alphas, description: "labels of positives tried")
      try grid.write("beta", table.betas, description: "labels of negatives tried")
      try table.grid.withUnsafeBufferPointer {
        try grid.write(
          "auc", $0, shape: [table.pairs.alpha.count, table.alphas.count, table.betas.count],
          description:
            "[groups, alpha, beta] user AUC on held-out samples, weighted by their number; a diverged "
            + "fine-tuning counts 0.5; NaN: no user has an AUC")
      }
    }
  }

  /// Reads the file `path` and checks its shapes and the content's digest. Throws a file error.
  package static func read(_ path: String) throws -> LabelTable {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .labels)
    let groups = try root.group("groups")
    let edges = try groups.dataset("edges").array(of: Double.self)
    func column<T: HDF5.Scalar>(_ name: String, of type: T.Type) throws -> [T] {
      try groups.array(name, of: type, count: max(0, edges.count - 1))
    }
    let (auc, plain) = (try column("auc", of: Double.self), try column("plain_auc", of: Double.self))
    let (low, high) = (try column("low", of: Double.self), try column("high", of: Double.self))
    let (users, samples) = (try column("users", of: Int64.self), try column("samples", of: Int64.self))
    let grid = try root.group("grid")
    let table = LabelTable(
      pairs: LabelTable.Pairs(
        edges: edges, alpha: try column("alpha", of: Double.self), beta: try column("beta", of: Double.self)),
      scores: auc.indices.map {
        LabelTable.Scores(
          users: Int(users[$0]), samples: Int(samples[$0]), auc: auc[$0], plainAUC: plain[$0], low: low[$0],
          high: high[$0])
      },
      alphas: try grid.dataset("alpha").array(of: Double.self),
      betas: try grid.dataset("beta").array(of: Double.self),
      grid: try grid.dataset("auc").array(of: Double.self), origin: try SearchOrigin(root))
    guard table.grid.count == auc.count * table.alphas.count * table.betas.count else {
      throw HDF5Error.wrongShape(
        grid.location.appending("auc"), expected: "[groups, alphas, betas]", found: ["\(table.grid.count)"])
    }
    guard table.pairs.areValid else {
      throw HDF5Error.invalidValue(
        groups.location.appending("edges"), row: 0, value: "\(edges)",
        allowed: "the edges rise from 0 to 1, alpha and beta are numbers")
    }
    try header.check(digest: table.contentDigest(), file: path)
    return table
  }
}

extension LabelTable {
  /// The columns of numbers by group.
  fileprivate var columns: [(String, [Double], String)] {
    [
      ("alpha", pairs.alpha, "label that positives are trained with"),
      ("beta", pairs.beta, "label that negatives are trained with"),
      ("auc", scores.map(\.auc), "user AUC under these labels, on held-out training samples"),
      ("plain_auc", scores.map(\.plainAUC), "user AUC under plain labels (1, 0), on the same samples"),
      ("low", scores.map(\.low), "lower end of the 95% interval of auc - plain_auc"),
      ("high", scores.map(\.high), "upper end of the 95% interval of auc - plain_auc"),
    ]
  }

  /// `ContentDigest` of `/groups` (edges, the columns of real numbers as the file's description lists them,
  /// users, samples) and `/grid` (alpha, beta, auc).
  package func contentDigest() -> String {
    var digest = ContentDigest()
    digest.add("/groups/edges", pairs.edges)
    for (name, values, _) in columns { digest.add("/groups/\(name)", values) }
    digest.add("/groups/users", scores.map { Int64($0.users) })
    digest.add("/groups/samples", scores.map { Int64($0.samples) })
    digest.add("/grid/alpha", alphas)
    digest.add("/grid/beta", betas)
    digest.add("/grid/auc", grid, shape: [pairs.alpha.count, alphas.count, betas.count])
    return digest.finalize()
  }
}
