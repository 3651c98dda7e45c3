import HDF5
import Support

/// What a search over the cloud model's settings measured, candidate by candidate, on held-out training samples.
package struct CandidateTable: Sendable, Equatable {
  /// One candidate.
  package struct Row: Sendable, Equatable {
    /// The values of the searched settings, as a mapping in YAML.
    package var settings: String
    /// For how many epochs it was trained at most.
    package var epochs: Int
    /// Of its best evaluation: user AUC, log loss and calibration on the held-out samples; NaN where it is not known.
    package var userAUC: Double
    package var logLoss: Double
    package var calibration: Double
    /// The step of the training after which that was.
    package var step: Int
    /// The best candidate's user AUC minus this one's and its 95% interval, by a paired bootstrap over users; NaN where one of
    /// them has no AUC.
    package var difference: Double
    package var low: Double
    package var high: Double
    /// Whether its training diverged.
    package var diverged: Bool

    package init(
      settings: String, epochs: Int, userAUC: Double, logLoss: Double, calibration: Double, step: Int,
      difference: Double = .nan, low: Double = .nan, high: Double = .nan, diverged: Bool = false
    ) {
      self.settings = settings
      self.epochs = epochs
      self.userAUC = userAUC
      self.logLoss = logLoss
      self.calibration = calibration
      self.step = step
      self.difference = difference
      self.low = low
      self.high = high
      self.diverged = diverged
    }
  }

  /// The best first.
  package var rows: [Row]
  /// What made one better than another: `user_auc` or `log_loss`.
  package var metric: String
  package var origin: SearchOrigin

  package init(rows: [Row], metric: String, origin: SearchOrigin) {
    self.rows = rows
    self.metric = metric
    self.origin = origin
  }
}

/// `lcft-search` files of cloud settings: a `CandidateTable` in HDF5, a row per candidate, the best first.
package enum CandidateTableFile {
  private static let group = "candidates"

  /// Whether the file `path` is of cloud settings, and not of methods.
  package static func isOne(_ path: String) throws -> Bool {
    let file = try StoredFile.open(path)
    let root = try file.root()
    return try root.contains(group)
  }

  /// Writes `table` as the file `path`, whole or not at all. Throws `FileError`.
  package static func write(
    _ table: CandidateTable, to path: String, created: String = FileHeader.timestamp()
  ) throws {
    let header = FileHeader(.search, created: created, contentDigest: table.contentDigest())
    try StoredFile.write(to: path, header) { root in
      try root.setAttribute("metric", table.metric)
      try table.origin.write(to: root)
      let group = try root.makeGroup(group)
      try group.write(
        "settings", StringColumn(table.rows.map(\.settings)),
        description: "values of the searched settings, YAML")
      for (name, values, description) in table.numbers {
        try group.write(name, values, description: description)
      }
      for (name, values, description) in table.counts {
        try group.write(name, values, description: description)
      }
    }
  }

  /// Reads the file `path` and checks the content's digest. Throws `FileError`.
  package static func read(_ path: String) throws -> CandidateTable {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .search)
    let group = try root.group(group)
    let settings = try group.dataset("settings").strings()
    func numbers(_ name: String) throws -> [Double] {
      try group.array(name, of: Double.self, count: settings.count)
    }
    func counts(_ name: String) throws -> [Int64] {
      try group.array(name, of: Int64.self, count: settings.count)
    }
    let (auc, loss, calibration) = (
      try numbers("user_auc"), try numbers("log_loss"), try numbers("calibration")
    )
    let (difference, low, high) = (try numbers("difference"), try numbers("low"), try numbers("high"))
    let (epochs, steps, diverged) = (try counts("epochs"), try counts("step"), try counts("diverged"))
    let table = CandidateTable(
      rows: (0..<settings.count).map {
        CandidateTable.Row(
          settings: settings[$0], epochs: Int(epochs[$0]), userAUC: auc[$0], logLoss: loss[$0],
          calibration: calibration[$0], step: Int(steps[$0]), difference: difference[$0], low: low[$0],
          high: high[$0],
          diverged: diverged[$0] != 0)
      }, metric: try root.required(text: "metric"), origin: try SearchOrigin(root))
    try header.check(digest: table.contentDigest(), file: path)
    return table
  }
}

extension CandidateTable {
  fileprivate var numbers: [(String, [Double], String)] {
    [
      ("user_auc", rows.map(\.userAUC), "user AUC on held-out training samples, of the best evaluation"),
      ("log_loss", rows.map(\.logLoss), "log loss there"),
      ("calibration", rows.map(\.calibration), "predicted over true CTR there"),
      ("difference", rows.map(\.difference), "the best candidate's user AUC minus this one's"),
      ("low", rows.map(\.low), "lower end of the 95% interval of difference"),
      ("high", rows.map(\.high), "upper end of the 95% interval of difference"),
    ]
  }

  fileprivate var counts: [(String, [Int64], String)] {
    [
      ("epochs", rows.map { Int64($0.epochs) }, "epochs that it was trained for at most"),
      ("step", rows.map { Int64($0.step) }, "step of the training after which the best evaluation was"),
      ("diverged", rows.map { $0.diverged ? 1 : 0 }, "1 where the training diverged"),
    ]
  }

  /// `ContentDigest` of the columns: settings, then real numbers, then counts, each as the file's description lists them.
  package func contentDigest() -> String {
    var digest = ContentDigest()
    digest.add("/candidates/settings", StringColumn(rows.map(\.settings)))
    for (name, values, _) in numbers { digest.add("/candidates/\(name)", values) }
    for (name, values, _) in counts { digest.add("/candidates/\(name)", values) }
    return digest.finalize()
  }
}
