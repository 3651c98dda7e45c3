import HDF5
import Support

/// `lcft-choice` files: a `MethodChoiceTable` in HDF5.
///
/// | path | type | |
/// |---|---|---|
/// | `/choice` | group | `MethodChoice.write(to:)` |
/// | `/measured/{user,fold,samples}` | int32 [rows] | |
/// | `/measured/local_ctr` | float64 [rows] | |
/// | `/measured/auc` | float64 [rows, methods] | the methods of `/choice/methods` |
/// | `/job` | string | the job file's text |
///
/// The root's attributes hold `FileHeader` and those of `SearchOrigin`.
package enum MethodChoiceFile {
  /// Writes `table` as the file `path`, whole or not at all. Throws `FileError`.
  package static func write(
    _ table: MethodChoiceTable, to path: String, created: String = FileHeader.timestamp()
  ) throws {
    let header = FileHeader(.choice, created: created, contentDigest: table.contentDigest())
    try StoredFile.write(to: path, header) { root in
      try table.origin.write(to: root)
      try table.choice.write(to: root.makeGroup("choice"))
      let group = try root.makeGroup("measured")
      let measured = table.measured
      try group.write("user", measured.user, description: "the user's row in the data set")
      try group.write("fold", measured.fold, description: "1 for the latest part, and on")
      try group.write(
        "local_ctr", measured.localCTR,
        description: "local CTR of the samples that the user was fine-tuned on in the fold")
      try group.write("samples", measured.samples, description: "held-out samples")
      try table.rows.withUnsafeBufferPointer {
        try group.write(
          "auc", $0, shape: [measured.user.count, table.choice.methods.count],
          description:
            "[row, method] AUC over the held-out samples; hard by labels that other users chose; NaN: diverged"
        )
      }
    }
  }

  /// Reads the file `path` and checks its shapes and the content's digest. Throws `FileError`.
  package static func read(_ path: String) throws -> MethodChoiceTable {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .choice)
    let choice = try MethodChoice.read(root.group("choice"))
    let group = try root.group("measured")
    var measured = MethodChoiceTable.Measured(methods: choice.methods.count)
    measured.user = try group.dataset("user").array(of: Int32.self)
    let rows = measured.user.count
    measured.fold = try group.array("fold", count: rows)
    measured.localCTR = try group.array("local_ctr", count: rows)
    measured.samples = try group.array("samples", count: rows)
    let values = try group.dataset("auc").array(of: Double.self)
    guard values.count == rows * choice.methods.count else {
      throw HDF5Error.wrongShape(
        group.location.appending("auc"), expected: "[\(rows), \(choice.methods.count)]",
        found: ["\(values.count)"])
    }
    for method in choice.methods.indices {
      measured.aucs[method] = (0..<rows).map { values[$0 * choice.methods.count + method] }
    }
    let table = MethodChoiceTable(choice: choice, measured: measured, origin: try SearchOrigin(root))
    try header.check(digest: table.contentDigest(), file: path)
    return table
  }
}

extension MethodChoiceTable {
  /// `/measured/auc`, row by row.
  fileprivate var rows: [Double] {
    measured.user.indices.flatMap { row in measured.aucs.map { $0[row] } }
  }

  /// `ContentDigest` of `/choice`, in the order of the file's description, and of `/measured`.
  package func contentDigest() -> String {
    var digest = ContentDigest()
    choice.add(to: &digest, "/choice")
    digest.add("/measured/user", measured.user)
    digest.add("/measured/fold", measured.fold)
    digest.add("/measured/local_ctr", measured.localCTR)
    digest.add("/measured/samples", measured.samples)
    digest.add("/measured/auc", rows, shape: [measured.user.count, choice.methods.count])
    return digest.finalize()
  }
}
