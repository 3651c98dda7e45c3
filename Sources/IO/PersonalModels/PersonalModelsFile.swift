import HDF5
import Support

/// `lcft-models` files: `PersonalModels` in HDF5, in flat columns.
///
/// | path | type | |
/// |---|---|---|
/// | `/users/row` | int32 [users] | the user's row in the data set |
/// | `/users/id` | string [users] | in the joined file, and where a device has written it |
/// | `/embeddings/<table>/offsets` | int64 [users + 1] | user u has the rows `offsets[u]` up to `offsets[u + 1]` |
/// | `/embeddings/<table>/rows` | int32 [sum, 1] | rows of the cloud model's table that fine-tuning changed |
/// | `/methods/<method>/dense` | int32 [users, weights] | bits of the weight minus bits of the cloud model's |
/// | `/methods/<method>/embeddings/<table>` | float32 [sum, width] | the changed rows, fine-tuned |
/// | `/findings` | group | what searches found and the fine-tuning used: `SearchFindings` |
/// | `/job` | string | the job file's text |
///
/// Dense weights lie in the order of the checkpoint's `/dense` weights by their attribute `index`, without the
/// moving statistics; `w = (cloud.view("<i4") + dense[u]).view("<f4")` restores them to the bit. Each rank
/// writes a file of its own, and `models.h5` joins them: its large columns are virtual and show the ranks'.
///
/// The root's attributes hold `FileHeader` without a content digest, `model`, `dataset_digest`,
/// `checkpoint_digest`.
package enum PersonalModelsFile {
  /// Writes users' models one after the other.
  package final class Writer {
    private let layout: PersonalModels
    private var rows: [Int32] = []
    private var ids: [String] = []
    private var offsets: [[Int64]]
    private var dense: [Pending<Int32>] = []
    private var tableRows: [Pending<Int32>] = []
    private var values: [[Pending<Float>]] = []

    fileprivate init(_ layout: PersonalModels, in root: borrowing HDF5.Group) throws {
      self.layout = layout
      offsets = layout.tables.map { _ in [0] }
      let methods = try root.makeGroup("methods")
      for (index, method) in layout.methods.enumerated() {
        let group = try methods.makeGroup(method)
        try group.setAttribute("index", Int32(index))
        dense.append(
          try Pending(
            in: group, "dense", width: layout.denseCount,
            description: "bit pattern of the fine-tuned weight minus that of the cloud model's: "
              + "w = (cloud.view('<i4') + dense).view('<f4')"))
        let tables = try group.makeGroup("embeddings")
        values.append(
          try layout.tables.map {
            try Pending(in: tables, $0.name, width: $0.width, description: "the changed rows, fine-tuned")
          })
      }
      let embeddings = try root.makeGroup("embeddings")
      for (index, table) in layout.tables.enumerated() {
        let group = try embeddings.makeGroup(table.name)
        try group.setAttribute("index", Int32(index))
        tableRows.append(
          try Pending(
            in: group, "rows", width: 1,
            description: "rows of the cloud model's table that fine-tuning changed"))
      }
    }

    /// Adds a user's models; `id` is the user's identifier, given for every user of a file or for none.
    package func append(_ user: PersonalModels.User, id: String? = nil) throws {
      rows.append(user.row)
      if let id { ids.append(id) }
      for table in layout.tables.indices {
        offsets[table].append(offsets[table].last! + Int64(user.rows[table].count))
        try tableRows[table].append(user.rows[table])
      }
      for method in layout.methods.indices {
        try dense[method].append(user.dense[method])
        for table in layout.tables.indices {
          try values[method][table].append(user.values[method][table])
        }
      }
    }

    fileprivate func finish(in root: borrowing HDF5.Group) throws {
      let users = try root.makeGroup("users")
      try users.write("row", rows, description: "the user's row in the data set")
      if !ids.isEmpty {
        try users.write("id", StringColumn(ids), description: "the user's identifier in the source")
      }
      for (table, spec) in layout.tables.enumerated() {
        try root.group("embeddings").group(spec.name).write(
          "offsets", offsets[table], description: "user u has the rows offsets[u] up to offsets[u + 1]")
        try tableRows[table].close()
      }
      for method in layout.methods.indices {
        try dense[method].close()
        for table in layout.tables.indices { try values[method][table].close() }
      }
    }
  }

  /// Writes the file `path`, whole or not at all, with the models that `body` appends.
  package static func write(
    _ layout: PersonalModels, to path: String, _ body: (Writer) throws -> Void
  ) throws {
    try StoredFile.write(to: path, FileHeader(.models, contentDigest: nil)) { root in
      try writeAttributes(layout, to: root)
      let writer = try Writer(layout, in: root)
      try body(writer)
      try writer.finish(in: root)
    }
  }

  static func writeAttributes(_ layout: PersonalModels, to root: borrowing HDF5.Group) throws {
    try root.setAttribute("model", layout.model)
    try root.setAttribute("dataset_digest", layout.datasetDigest)
    try root.setAttribute("checkpoint_digest", layout.checkpointDigest)
    try layout.findings?.write(to: root)
    try root.write("job", text: layout.job, description: "the job file, YAML")
  }
}

/// Values on their way to a growing data set: kept until they are worth a write.
private final class Pending<Element: HDF5.Scalar> {
  private var dataset: HDF5.GrowingDataset<Element>?
  private var values: [Element] = []
  private static var largest: Int { (4 << 20) / MemoryLayout<Element>.size }

  init(in parent: borrowing HDF5.Group, _ name: String, width: Int, description: String) throws {
    dataset = try HDF5.GrowingDataset(in: parent, name, width: width, description: description)
  }

  func append(_ added: [Element]) throws {
    values += added
    if values.count >= Self.largest { try flush() }
  }

  private func flush() throws {
    try values.withUnsafeBufferPointer { try dataset?.append($0) }
    values.removeAll(keepingCapacity: true)
  }

  func close() throws {
    try flush()
    if let dataset = dataset.take() { try dataset.close() }
  }
}
