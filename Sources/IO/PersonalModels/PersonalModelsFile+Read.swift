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
    private let indices: [Int32: Int]
    private let offsets: [[Int64]]
    /// By table: the rows that differ from the cloud model's.
    private let changed: [HDF5.JoinedRows]
    /// By method: the dense weights, and by table the rows' values.
    private let dense: [HDF5.JoinedRows]
    private let values: [[HDF5.JoinedRows]]

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
      let parts = HDF5.PartFiles()
      var offsets: [[Int64]] = []
      var changed: [HDF5.JoinedRows] = []
      var dense: [HDF5.JoinedRows] = []
      var values: [[HDF5.JoinedRows]] = []
      for method in names {
        let group = try methods.group(method)
        dense.append(
          try Reader.rows(of: group.dataset("dense"), parts, rows.count, as: dense.first, of: names[0]))
        values.append([])
      }
      layout.denseCount = dense.first?.shape[1] ?? 0
      for (name, places) in dense.first?.files ?? [] {
        let part = try parts.open(name, beside: root.location)
        try Reader.check(part, isOf: layout, rows: rows[places], joinedBy: path)
      }
      for table in tables {
        let group = try embeddings.group(table)
        let own = try HDF5.JoinedRows(group.dataset("rows"), parts)
        // A joined one has a second dimension, of 1.
        guard let sum = own.shape.first, own.shape.dropFirst().allSatisfy({ $0 == 1 }) else {
          throw HDF5Error.wrongShape(
            own.location, expected: "one dimension", found: own.shape.map { "\($0)" })
        }
        changed.append(own)
        for (place, method) in names.enumerated() {
          let dataset = try methods.group(method).group("embeddings").dataset(table)
          values[place].append(
            try Reader.rows(
              of: dataset, parts, sum, as: values[0].dropFirst(changed.count - 1).first, of: names[0]))
        }
        layout.tables.append(PersonalModels.Table(name: table, width: values.first?.last?.shape[1] ?? 1))
        let ends = try group.dataset("offsets").array(of: Int64.self)
        guard ends.count == rows.count + 1, ends.first == 0, ends.last == Int64(sum),
          zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 })
        else {
          throw HDF5Error.wrongShape(
            group.location.appending("offsets"), expected: "\(rows.count + 1) rising values up to \(sum)",
            found: ["\(ends.count)"])
        }
        offsets.append(ends)
      }
      if let ids, ids.count != rows.count {
        throw HDF5Error.wrongShape(
          root.location.appending("users/id"), expected: "\(rows.count) users", found: ["\(ids.count)"])
      }
      self.path = path
      self.layout = layout
      self.offsets = offsets
      (self.changed, self.dense, self.values) = (changed, dense, values)
      indices = Dictionary(rows.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Throws `FileError.otherPart` where a rank's file is not one of those that were joined: it may have been left by
    /// another run, or copied beside the joined file.
    private static func check(
      _ part: borrowing HDF5.Group, isOf layout: PersonalModels, rows: ArraySlice<Int32>,
      joinedBy path: String
    ) throws {
      guard try part.text("dataset_digest") == layout.datasetDigest,
        try part.text("checkpoint_digest") == layout.checkpointDigest,
        try part.dataset("job").text() == layout.job,
        try part.group("users").dataset("row").array(of: Int32.self).elementsEqual(rows)
      else { throw FileError.otherPart(file: part.location.file, joined: path) }
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
      let ranges = offsets.map { Int($0[index])..<Int($0[index + 1]) }
      var user = PersonalModels.User(row: row, dense: [], rows: [], values: [])
      for table in layout.tables.indices {
        let rows: [Int32] = try slice(changed[table], ranges[table])
        let limit = tableRows?[table] ?? .max
        if let wrong = rows.firstIndex(where: { $0 < 0 || Int($0) >= limit }) {
          throw HDF5Error.invalidValue(
            changed[table].location, row: ranges[table].lowerBound + wrong, value: "\(rows[wrong])",
            allowed: "the cloud model's table has \(limit) rows, counted from 0")
        }
        user.rows.append(rows)
      }
      for method in layout.methods.indices {
        user.dense.append(try slice(dense[method], index..<index + 1))
        user.values.append(try layout.tables.indices.map { try slice(values[method][$0], ranges[$0]) })
      }
      return user
    }

    private func slice<T: HDF5.Scalar & Numeric>(_ source: HDF5.JoinedRows, _ rows: Range<Int>) throws -> [T]
    {
      var values = [T](repeating: 0, count: rows.count * source.shape.dropFirst().reduce(1, *))
      guard !values.isEmpty else { return [] }
      try values.withUnsafeMutableBufferPointer { try source.read(into: $0, rows: rows) }
      return values
    }

    /// A data set of `count` rows, as wide as `other`, that of the first `method`.
    private static func rows(
      of dataset: consuming HDF5.Dataset, _ parts: HDF5.PartFiles, _ count: Int, as other: HDF5.JoinedRows?,
      of method: String
    ) throws -> HDF5.JoinedRows {
      let found = try HDF5.JoinedRows(dataset, parts)
      let width = other.map { "\($0.shape[1]) values, as under \(method)" } ?? "values"
      guard found.shape.count == 2, found.shape[0] == count,
        other.map({ $0.shape[1] == found.shape[1] }) ?? true
      else {
        throw HDF5Error.wrongShape(
          found.location, expected: "\(count) rows of \(width)", found: found.shape.map { "\($0)" })
      }
      return found
    }
  }
}
