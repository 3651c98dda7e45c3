import HDF5
import Support

// Tensors piece by piece, so that a checkpoint of any size needs a few megabytes beside the tables.
extension CheckpointFile {
  private static let groups = [
    ("dense", "weights and moving statistics of a dense layer, row-major"),
    ("embeddings", "embedding table: one row per value of the field"),
    ("optimizer", "state of the optimiser"),
  ]

  /// Writes `tensors`, and what `outline` says besides, as the file `path`, whole or not at all. Returns the content's
  /// digest (`Checkpoint.contentDigest`). Each tensor is asked for its `pieces` in order, one tensor after the other in
  /// the order of their paths. `created` as in `FileHeader`.
  ///
  /// Throws a file error, and what a stream throws.
  package static func write(
    _ outline: Checkpoint, _ tensors: [TensorStream], to path: String,
    created: String = FileHeader.timestamp()
  ) throws -> String {
    var digest = ""
    try StoredFile.write(to: path, FileHeader(.checkpoint, created: created, contentDigest: nil)) { root in
      try writeOutline(outline, to: root)
      for (name, _) in groups { _ = try root.makeGroup(name) }
      digest = try writeTensors(tensors, to: root)
      try FileHeader.write(contentDigest: digest, to: root)
    }
    return digest
  }

  private static func writeTensors(_ tensors: [TensorStream], to root: borrowing HDF5.Group) throws -> String
  {
    var places: [String: Int32] = [:]
    let indexed = tensors.map { tensor in
      defer { places[tensor.outline.group, default: 0] += 1 }
      return (tensor: tensor, index: places[tensor.outline.group, default: 0])
    }
    var digest = ContentDigest()
    for (tensor, index) in indexed.inPathOrder({ $0.tensor.outline }) {
      let outline = tensor.outline
      let components = try HDF5.Group.components(
        of: outline.name, at: root.location.appending(outline.group))
      let parent = try root.makeGroup(
        ([outline.group] + components.dropLast()).joined(separator: "/"))
      let dataset = try parent.makeDataset(
        components.last!, of: Float.self, shape: outline.shape,
        description: groups.first { $0.0 == outline.group }?.1 ?? "")
      try dataset.setAttribute("index", index)
      digest.begin(outline.path, of: Float.self, shape: outline.shape)
      for rows in outline.pieces {
        try tensor.withRows(rows) { values in
          try dataset.write(values, rows: outline.shape.isEmpty ? nil : rows)
          digest.add(values)
        }
      }
      try dataset.close()
    }
    return digest.finalize()
  }

  /// Reads the file `path`: `targets` sees what it says of itself and which tensors it has, and says where these go,
  /// those that it leaves out nowhere. All of them are read, and their digest is checked where the file states it.
  /// Returns the digest.
  ///
  /// Throws a file error, and what `targets` throws.
  package static func read(
    _ path: String, targets: (_ outline: Checkpoint, _ tensors: [TensorOutline]) throws -> [TensorTarget]
  ) throws -> String {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .checkpoint)
    let outline = try readOutline(root)
    let tensors = try readOutlines(of: root)
    var wanted: [String: TensorTarget] = [:]
    for target in try targets(outline, tensors) { wanted[target.outline.path] = target }
    var digest = ContentDigest()
    var piece = GrowableBuffer<Float>()
    for tensor in tensors.inPathOrder({ $0 }) {
      let dataset = try root.dataset(String(tensor.path.dropFirst()))
      digest.begin(tensor.path, of: Float.self, shape: tensor.shape)
      for rows in tensor.pieces {
        let count = rows.count * tensor.width
        let target = wanted[tensor.path]
        let isWhole = target.map {
          $0.rows.lowerBound <= rows.lowerBound && rows.upperBound <= $0.rows.upperBound
        }
        let values =
          isWhole == true ? target!.values + rows.lowerBound * tensor.width : piece.resetUninitialized(count)
        try dataset.read(
          into: UnsafeMutableBufferPointer(start: values, count: count),
          rows: tensor.shape.isEmpty ? nil : rows)
        digest.add(UnsafeBufferPointer(start: values, count: count))
        guard isWhole == false, let target else { continue }
        let part = rows.clamped(to: target.rows)
        (target.values + part.lowerBound * tensor.width).update(
          from: values + (part.lowerBound - rows.lowerBound) * tensor.width, count: part.count * tensor.width)
      }
    }
    let found = digest.finalize()
    try header.check(digest: found, file: path)
    return found
  }

  /// Reads `rows` of the tensor `target`, for one who knows the file's content. Throws a file error.
  package static func readRows(_ rows: Range<Int>, of targets: [TensorTarget], from path: String) throws {
    let file = try StoredFile.open(path)
    let root = try file.root()
    for target in targets {
      let width = target.outline.width
      let dataset = try root.dataset(String(target.outline.path.dropFirst()))
      guard try dataset.shape() == target.outline.shape else {
        throw HDF5Error.wrongShape(
          dataset.location, expected: "\(target.outline.shape)", found: try dataset.shape().map { "\($0)" })
      }
      try dataset.read(
        into: UnsafeMutableBufferPointer(
          start: target.values + rows.lowerBound * width, count: rows.count * width), rows: rows)
    }
  }

  /// The tensors of a file, in each group in the order of their attribute `index`.
  static func readOutlines(of root: borrowing HDF5.Group) throws -> [TensorOutline] {
    var found: [TensorOutline] = []
    for (name, _) in groups where try name != "optimizer" || root.contains(name) {
      var tensors: [(index: Int32, outline: TensorOutline)] = []
      try root.group(name).walk { path, dataset in
        // Before anybody takes memory for it.
        try dataset.checkStoredSize()
        tensors.append(
          (
            try dataset.attribute("index", as: Int32.self) ?? .max,
            TensorOutline(group: name, name: path, shape: try dataset.shape())
          ))
      }
      found += tensors.sorted {
        $0.index != $1.index
          ? $0.index < $1.index
          : $0.outline.name.utf8.lexicographicallyPrecedes($1.outline.name.utf8)
      }.map(\.outline)
    }
    return found
  }
}
