import HDF5
import Support

extension PersonalModelsFile {
  /// An open file of users' models, read user by user.
  package final class Reader {
    package let path: String
    package let layout: PersonalModels
    /// Users in the order of the file, by their rows in the data set.
    package let rows: [Int32]
    /// Their identifiers; nil in a single rank's file, which does not have them.
    package let ids: StringColumn?
    private let file: HDF5.File
    private let indices: [Int32: Int]
    private let offsets: [[Int64]]

    /// Opens the joined file or a single rank's. Throws `FileError`.
    package init(_ path: String) throws {
      let file = try StoredFile.open(path)
      let root = try file.root()
      _ = try FileHeader(root, expecting: .models)
      let methods = try root.group("methods")
      let names = try Reader.members(of: methods)
      let embeddings = try root.group("embeddings")
      let tables = try Reader.members(of: embeddings)
      let users = try root.group("users")
      rows = try users.dataset("row").array(of: Int32.self)
      ids = try users.contains("id") ? try users.dataset("id").strings() : nil
      var layout = PersonalModels(
        model: try root.required(text: "model"), methods: names, denseCount: 0, tables: [],
        job: try root.dataset("job").text(), datasetDigest: try root.required(text: "dataset_digest"),
        checkpointDigest: try root.required(text: "checkpoint_digest"),
        findings: try SearchFindings.read(root))
      var offsets: [[Int64]] = []
      for table in tables {
        var width = 1
        let group = try embeddings.group(table)
        let changed = try group.dataset("rows")
        try changed.checkParts()
        let sum = try changed.shape().first ?? 0
        for method in names {
          let values = try methods.group(method).group("embeddings").dataset(table)
          try values.checkParts()
          let shape = try values.shape()
          guard shape.count == 2, shape[0] == sum, shape[1] > 0 else {
            throw HDF5Error.wrongShape(
              methods.location.appending("\(method)/embeddings/\(table)"), expected: "\(sum) rows",
              found: shape.map { "\($0)" })
          }
          width = shape[1]
        }
        layout.tables.append(PersonalModels.Table(name: table, width: width))
        let own = try group.dataset("offsets").array(of: Int64.self)
        guard own.count == rows.count + 1, own.first == 0, own.last == Int64(sum),
          zip(own, own.dropFirst()).allSatisfy({ $0 <= $1 })
        else {
          throw HDF5Error.wrongShape(
            group.location.appending("offsets"), expected: "\(rows.count + 1) rising values up to \(sum)",
            found: ["\(own.count)"])
        }
        offsets.append(own)
      }
      for method in names {
        let dense = try methods.group(method).dataset("dense")
        try dense.checkParts()
        let shape = try dense.shape()
        guard shape.count == 2, shape[0] == rows.count else {
          throw HDF5Error.wrongShape(
            methods.location.appending("\(method)/dense"), expected: "\(rows.count) rows",
            found: shape.map { "\($0)" })
        }
        layout.denseCount = shape[1]
      }
      if let ids, ids.count != rows.count {
        throw HDF5Error.wrongShape(
          root.location.appending("users/id"), expected: "\(rows.count) users", found: ["\(ids.count)"])
      }
      self.path = path
      self.layout = layout
      self.offsets = offsets
      self.file = file
      indices = Dictionary(rows.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The groups in `group`, in the order of their attribute `index`.
    private static func members(of group: borrowing HDF5.Group) throws -> [String] {
      var members: [(name: String, index: Int32)] = []
      for name in try group.members() {
        members.append((name, try group.group(name).required("index", as: Int32.self)))
      }
      return members.sorted { $0.index < $1.index }.map(\.name)
    }

    /// The models of the user whose row in the data set is `row`; nil where the file has none. `tableRows` are
    /// the rows of the cloud model's tables, where they are known. Throws `FileError`, `.invalidValue` for rows that
    /// these do not have.
    package func user(row: Int32, tableRows: [Int]? = nil) throws -> PersonalModels.User? {
      guard let index = indices[row] else { return nil }
      let root = try file.root()
      let ranges = offsets.map { Int($0[index])..<Int($0[index + 1]) }
      var user = PersonalModels.User(row: row, dense: [], rows: [], values: [])
      for (table, spec) in layout.tables.enumerated() {
        let group = try root.group("embeddings").group(spec.name)
        let rows: [Int32] = try slice(group.dataset("rows"), ranges[table], width: 1)
        let limit = tableRows?[table] ?? .max
        if let wrong = rows.firstIndex(where: { $0 < 0 || Int($0) >= limit }) {
          throw HDF5Error.invalidValue(
            group.location.appending("rows"), row: ranges[table].lowerBound + wrong, value: "\(rows[wrong])",
            allowed: "the cloud model's table has \(limit) rows, counted from 0")
        }
        user.rows.append(rows)
      }
      for method in layout.methods {
        let group = try root.group("methods").group(method)
        user.dense.append(
          try slice(group.dataset("dense"), index..<index + 1, width: layout.denseCount))
        user.values.append(
          try layout.tables.enumerated().map { table, spec in
            try slice(group.group("embeddings").dataset(spec.name), ranges[table], width: spec.width)
          })
      }
      return user
    }

    private func slice<T: HDF5.Scalar & Numeric>(
      _ dataset: consuming HDF5.Dataset, _ rows: Range<Int>, width: Int
    ) throws -> [T] {
      var values = [T](repeating: 0, count: rows.count * width)
      guard !values.isEmpty else { return [] }
      try values.withUnsafeMutableBufferPointer { try dataset.readParts(into: $0, rows: rows) }
      return values
    }
  }
}
