import Support

extension PersonalModelsFile {
  /// Writes the file `path` that shows the models of `parts`, files of the same folder with the layout
  /// `layout`, one after the other. `id` gives a user's identifier by its row in the data set.
  package static func join(
    _ parts: [String], _ layout: PersonalModels, to path: String, id: (Int32) -> String
  ) throws {
    var rows: [Int32] = []
    var users: [Int] = []
    var offsets: [[Int64]] = layout.tables.map { _ in [0] }
    var counts: [[Int]] = layout.tables.map { _ in [] }
    for part in parts {
      let file = try StoredFile.open(part)
      let root = try file.root()
      _ = try FileHeader(root, expecting: .models)
      let own = try root.group("users").dataset("row").array(of: Int32.self)
      users.append(own.count)
      rows += own
      for (table, spec) in layout.tables.enumerated() {
        let partOffsets = try root.group("embeddings").group(spec.name).dataset("offsets")
          .array(of: Int64.self)
        let base = offsets[table].last!
        offsets[table] += partOffsets.dropFirst().map { base + $0 }
        counts[table].append(Int(partOffsets.last ?? 0))
      }
    }
    let names = parts.map(FileStatus.name)
    try StoredFile.write(to: path, FileHeader(.models, contentDigest: nil), showsOthers: true) { root in
      try writeAttributes(layout, to: root)
      let group = try root.makeGroup("users")
      try group.write("row", rows, description: "the user's row in the data set")
      try group.write(
        "id", StringColumn(rows.map(id)), description: "the user's identifier in the source")
      let perUser = zip(names, users).map { (name: $0, rows: $1) }
      let methods = try root.makeGroup("methods")
      let embeddings = try root.makeGroup("embeddings")
      for (table, spec) in layout.tables.enumerated() {
        let perRow = zip(names, counts[table]).map { (name: $0, rows: $1) }
        let own = try embeddings.makeGroup(spec.name)
        try own.setAttribute("index", Int32(table))
        try own.write(
          "offsets", offsets[table], description: "user u has the rows offsets[u] up to offsets[u + 1]")
        try own.makeJoined(
          "rows", of: Int32.self, width: 1, files: perRow, path: "/embeddings/\(spec.name)/rows",
          description: "rows of the cloud model's table that fine-tuning changed")
        for method in layout.methods {
          try methods.makeGroup("\(method)/embeddings").makeJoined(
            spec.name, of: Float.self, width: spec.width, files: perRow,
            path: "/methods/\(method)/embeddings/\(spec.name)", description: "the changed rows, fine-tuned")
        }
      }
      for (index, method) in layout.methods.enumerated() {
        let own = try methods.makeGroup(method)
        try own.setAttribute("index", Int32(index))
        try own.makeJoined(
          "dense", of: Int32.self, width: layout.denseCount, files: perUser,
          path: "/methods/\(method)/dense",
          description: "bit pattern of the fine-tuned weight minus that of the cloud model's: "
            + "w = (cloud.view('<i4') + dense).view('<f4')")
      }
    }
  }
}
