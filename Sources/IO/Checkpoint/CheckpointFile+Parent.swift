import HDF5
import Support

extension CheckpointFile {
  static func write(_ parent: Checkpoint.Parent, to group: borrowing HDF5.Group) throws {
    try group.setAttribute("digest", parent.digest)
    try group.setAttribute("dataset_digest", parent.datasetDigest)
    try group.setAttribute("optimizer", parent.optimizer)
    try group.setAttribute("new_rows", parent.newRows)
    try group.setAttribute("epochs", Int64(parent.epochs))
    try group.setAttribute("steps", Int64(parent.steps))
    try group.setAttribute("optimizer_steps", Int64(parent.optimizerSteps))
    if !parent.changedNumbers.isEmpty { try group.setAttribute("changed_numbers", parent.changedNumbers) }
    let rows = parent.rows
    try group.write(
      "table", StringColumn(rows.map(\.name)),
      description: "users, items, or table/NAME of a table of features")
    try group.write(
      "kept", rows.map { Int64($0.kept) }, description: "rows that go on from a row of the parent")
    try group.write("new", rows.map { Int64($0.new) }, description: "rows that the parent has not")
    try group.write(
      "dropped", rows.map { Int64($0.dropped) }, description: "rows of the parent that no row goes on from")
    try group.write(
      "keeps_unknown", rows.map { UInt8($0.keepsUnknown ? 1 : 0) },
      description: "1: the unknown row was trained and stays where no sample touches it")
  }

  static func readParent(_ root: borrowing HDF5.Group) throws -> Checkpoint.Parent? {
    guard try root.contains("parent") else { return nil }
    let group = try root.group("parent")
    let names = try group.dataset("table").strings()
    func counts(_ name: String) throws -> [Int64] {
      let column = try group.dataset(name)
      let values = try column.array(of: Int64.self)
      guard values.count == names.count else {
        throw HDF5Error.wrongShape(
          column.location, expected: "\(names.count), as table has", found: ["\(values.count)"])
      }
      if let row = values.firstIndex(where: { $0 < 0 }) {
        throw HDF5Error.invalidValue(column.location, row: row, value: "\(values[row])", allowed: "0 or more")
      }
      return values
    }
    /// Counts of trainings are added up.
    func sum(_ name: String) throws -> Int {
      let count = try group.count(name)
      guard count <= Checkpoint.Parent.mostSteps else {
        throw HDF5Error.invalidAttribute(
          group.location, name: name, value: "\(count)", allowed: "0 to \(Checkpoint.Parent.mostSteps)")
      }
      return count
    }
    let (kept, new, dropped) = (try counts("kept"), try counts("new"), try counts("dropped"))
    let keepsUnknown = try counts("keeps_unknown")
    return Checkpoint.Parent(
      digest: try group.required(text: "digest"), datasetDigest: try group.required(text: "dataset_digest"),
      optimizer: try group.required(text: "optimizer"), newRows: try group.required(text: "new_rows"),
      epochs: try sum("epochs"), steps: try sum("steps"), optimizerSteps: try sum("optimizer_steps"),
      changedNumbers: try group.texts("changed_numbers") ?? [],
      rows: (0..<names.count).map {
        .init(
          name: names[$0], kept: Int(kept[$0]), new: Int(new[$0]), dropped: Int(dropped[$0]),
          keepsUnknown: keepsUnknown[$0] != 0)
      })
  }
}
