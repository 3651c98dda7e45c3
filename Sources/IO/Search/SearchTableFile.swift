import HDF5
import Support

/// `lcft-search` files: a `SearchTable` in HDF5.
///
/// | path | type | |
/// |---|---|---|
/// | `/methods/<name>` | group | attributes `index`: the method's place, `best`: its best row, or -1 |
/// | `/methods/<name>/{learning_rate,auc,difference,low,high}` | float64 [settings] | |
/// | `/methods/<name>/{epochs,batch_size,diverged}` | int64 [settings] | |
/// | `/methods/<name>/{mu,share}` | float64 [settings] | where the method was tried with some |
/// | `/job` | string | the job file's text |
///
/// The root's attributes hold `FileHeader`, `cloud_auc` and those of `SearchOrigin`.
package enum SearchTableFile {
  /// Writes `table` as the file `path`, whole or not at all. Throws `FileError`.
  package static func write(
    _ table: SearchTable, to path: String, created: String = FileHeader.timestamp()
  ) throws {
    let header = FileHeader(.search, created: created, contentDigest: table.contentDigest())
    try StoredFile.write(to: path, header) { root in
      try root.setAttribute("cloud_auc", table.cloudAUC)
      try table.origin.write(to: root)
      let methods = try root.makeGroup("methods")
      for (index, method) in table.methods.enumerated() {
        let group = try methods.makeGroup(method.name)
        try group.setAttribute("index", Int32(index))
        try group.setAttribute("best", Int32(method.best ?? -1))
        for (name, values, description) in method.numbers {
          try group.write(name, values, description: description)
        }
        for (name, values, description) in method.counts {
          try group.write(name, values, description: description)
        }
      }
    }
  }

  /// Reads the file `path` and checks the content's digest. Throws `FileError`.
  package static func read(_ path: String) throws -> SearchTable {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .search)
    let methods = try root.group("methods")
    var found: [(index: Int32, method: SearchTable.Method)] = []
    for name in try methods.members() {
      let group = try methods.group(name)
      let rates = try group.dataset("learning_rate").array(of: Double.self)
      func column<T: HDF5.Scalar>(_ name: String, of type: T.Type) throws -> [T] {
        try group.array(name, of: type, count: rates.count)
      }
      let (auc, difference) = (try column("auc", of: Double.self), try column("difference", of: Double.self))
      let (low, high) = (try column("low", of: Double.self), try column("high", of: Double.self))
      let (epochs, sizes) = (try column("epochs", of: Int64.self), try column("batch_size", of: Int64.self))
      let diverged = try column("diverged", of: Int64.self)
      let mus = try group.contains("mu") ? column("mu", of: Double.self) : nil
      let shares = try group.contains("share") ? column("share", of: Double.self) : nil
      let best = try group.required("best", as: Int32.self)
      found.append(
        (
          try group.required("index", as: Int32.self),
          SearchTable.Method(
            name: name,
            rows: rates.indices.map {
              SearchTable.Row(
                learningRate: rates[$0], epochs: Int(epochs[$0]), batchSize: Int(sizes[$0]), auc: auc[$0],
                diverged: Int(diverged[$0]), difference: difference[$0], low: low[$0], high: high[$0],
                mu: mus?[$0], share: shares?[$0])
            }, best: rates.indices.contains(Int(best)) ? Int(best) : nil)
        ))
    }
    let table = SearchTable(
      methods: found.sorted { $0.index < $1.index }.map(\.method),
      cloudAUC: try root.required("cloud_auc", as: Double.self), origin: try SearchOrigin(root))
    try header.check(digest: table.contentDigest(), file: path)
    return table
  }
}

extension SearchTable.Method {
  fileprivate var numbers: [(String, [Double], String)] {
    [
      ("learning_rate", rows.map(\.learningRate), "learning rate of the fine-tuning"),
      (
        "auc", rows.map(\.auc),
        "user AUC on held-out training samples, weighted by their number; a user whose fine-tuning diverged counts 0.5"
      ),
      ("difference", rows.map(\.difference), "auc minus the cloud model's on the same samples"),
      ("low", rows.map(\.low), "lower end of the 95% interval of difference"),
      ("high", rows.map(\.high), "upper end of the 95% interval of difference"),
    ] + tried("mu", \.mu, "pull towards the cloud model's weights")
      + tried("share", \.share, "the fine-tuned model's share of the logit")
  }

  /// A column that there is where the method was tried with values of it.
  private func tried(
    _ name: String, _ path: KeyPath<SearchTable.Row, Double?>, _ description: String
  ) -> [(String, [Double], String)] {
    let values = rows.compactMap { $0[keyPath: path] }
    return values.isEmpty ? [] : [(name, rows.map { $0[keyPath: path] ?? .nan }, description)]
  }

  fileprivate var counts: [(String, [Int64], String)] {
    [
      ("epochs", rows.map { Int64($0.epochs) }, "passes over the user's samples"),
      ("batch_size", rows.map { Int64($0.batchSize) }, "samples per step"),
      ("diverged", rows.map { Int64($0.diverged) }, "users whose fine-tuning diverged"),
    ]
  }
}

extension SearchTable {
  /// `ContentDigest` of the methods' columns, in the order of the methods, each as the file's description lists
  /// them: real numbers, then counts.
  package func contentDigest() -> String {
    var digest = ContentDigest()
    for method in methods {
      for (name, values, _) in method.numbers { digest.add("/methods/\(method.name)/\(name)", values) }
      for (name, values, _) in method.counts { digest.add("/methods/\(method.name)/\(name)", values) }
    }
    return digest.finalize()
  }
}

extension SearchOrigin {
  func write(to root: borrowing HDF5.Group) throws {
    try root.setAttribute("model", model)
    try root.setAttribute("dataset_digest", datasetDigest)
    try root.setAttribute("checkpoint_digest", checkpointDigest)
    try root.setAttribute("holdout", holdout)
    try root.setAttribute("users", Int64(users))
    try root.setAttribute("users_one_class", Int64(oneClass))
    try root.setAttribute("users_too_few", Int64(tooFew))
    try root.write("job", text: job, description: "the job file, YAML")
  }

  init(_ root: borrowing HDF5.Group) throws {
    self.init()
    model = try root.required(text: "model")
    datasetDigest = try root.required(text: "dataset_digest")
    checkpointDigest = try root.required(text: "checkpoint_digest")
    holdout = try root.required("holdout", as: Double.self)
    users = try root.count("users")
    oneClass = try root.count("users_one_class")
    tooFew = try root.count("users_too_few")
    job = try root.dataset("job").text()
  }
}
