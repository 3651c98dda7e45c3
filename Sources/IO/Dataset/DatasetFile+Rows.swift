import HDF5
import Support

extension DatasetFile {
  /// Reads the rows of users from a data set's file, as many at a time as are asked for.
  package final class RowReader {
    private let file: HDF5.File
    private let stated: DatasetDigests

    /// Opens the file `path` again, of which a part has been read. Throws `FileError.wrongDigest` unless its content is
    /// still that of `digest`.
    package init(_ path: String, _ dataset: Dataset, digest: String) throws {
      let file = try StoredFile.open(path)
      let root = try file.root()
      let header = try FileHeader(root, expecting: .dataset)
      try header.check(digest: digest, file: path)
      let stated = try DatasetDigests(root, blocks: dataset.blocks)
      try header.check(digest: stated.root, file: path)
      self.file = file
      self.stated = stated
    }

    /// `DatasetFile.fill` with the rows of `users`, identifiers and features included.
    package func fill(_ dataset: Dataset, users: Range<Int>) throws {
      try DatasetFile.fill(dataset, users: users, names: users, file.root(), .features, stated)
    }
  }

  /// Fills the columns of `dataset` with the rows of `users` and checks these: ids, positions, labels, the order of time,
  /// and the digests of their blocks, where the file has `stated` them. Of the users `names` identifiers and features are
  /// read.
  ///
  /// Throws a file error, with the path inside the file and the row of the first offending value.
  static func fill(
    _ dataset: Dataset, users: Range<Int>, names: Range<Int>, _ root: borrowing HDF5.Group,
    _ layout: DatasetLayout, _ stated: DatasetDigests?
  ) throws {
    let rows = DatasetRows(of: users, in: dataset)
    try root.group("users").dataset("id").read(into: dataset.users.id, rows: names)
    let events = try root.group("events")
    try events.dataset("item").read(into: dataset.events.item, rows: rows.events)
    try events.dataset("timestamp").read(into: dataset.events.timestamp, rows: rows.events)
    try events.dataset("label").read(into: dataset.events.label, rows: rows.events)
    try fill(dataset.train, root.group("samples/train"), rows.train)
    try fill(dataset.test, root.group("samples/test"), rows.test)
    if layout == .features {
      try FeaturesFile.fill(dataset.features, root, rows, names: names)
    }
    try validate(rows: rows, of: dataset, file: root.location.file, layout)
    guard let stated else { return }
    let blocks = dataset.blocks.blocks(ofUsers: users)
    try stated.check(
      blocks: blocks, dataset.digests(ofBlocks: blocks, layout), file: root.location.file)
  }

  private static func fill(
    _ samples: Dataset.Samples, _ group: borrowing HDF5.Group, _ rows: Range<Int>
  ) throws {
    try group.dataset("item").read(into: samples.item, rows: rows)
    try group.dataset("label").read(into: samples.label, rows: rows)
    try group.dataset("event_position").read(into: samples.eventPosition, rows: rows)
    if let column = samples.probability {
      try group.dataset("probability").read(into: column, rows: rows)
    }
    if let column = samples.timestamp { try group.dataset("timestamp").read(into: column, rows: rows) }
    if let column = samples.drawn { try group.dataset("drawn").read(into: column, rows: rows) }
  }
}

extension FeaturesFile {
  /// Fills the columns of users' features with the rows `names`, and those of events' and samples' features with `rows`.
  static func fill(
    _ features: Features, _ root: borrowing HDF5.Group, _ rows: DatasetRows, names: Range<Int>
  ) throws {
    for owner in FeatureOwner.allCases where owner != .items {
      for feature in features[owner] {
        let group = try root.group(String(Features.path(owner, feature.name).dropFirst()))
        let ranges = owner == .users ? [names] : rows[owner]
        for (part, (column, range)) in zip(owner.parts, zip(feature.columns, ranges)) {
          if part.isEmpty {
            try fill(column, group, range)
          } else {
            try fill(column, group.group(part), range)
          }
        }
      }
    }
  }

  private static func fill(
    _ column: FeatureColumn, _ group: borrowing HDF5.Group, _ rows: Range<Int>
  ) throws {
    let stored = try group.dataset("values")
    switch column {
    case .values(let values): try stored.read(into: values, rows: rows)
    case .lists(let offsets, let values):
      let bounds = try group.dataset("offsets")
      try bounds.read(into: offsets, rows: rows.lowerBound..<rows.upperBound + 1)
      try ColumnCheck(bounds.location).offsets(offsets, of: rows, into: values.count)
      try stored.read(into: values, rows: Int(offsets[rows.lowerBound])..<Int(offsets[rows.upperBound]))
    case .numbers(let numbers, let missing):
      try stored.read(into: numbers, rows: rows)
      if let missing { try group.dataset("missing").read(into: missing, rows: rows) }
    }
  }
}

extension UserBlocks {
  /// The blocks of `users`, which are whole blocks.
  package func blocks(ofUsers users: Range<Int>) -> Range<Int> {
    let blocks = users.lowerBound / size..<max(users.lowerBound / size, (users.upperBound + size - 1) / size)
    precondition(users.isEmpty || self.users(ofBlocks: blocks) == users, "whole blocks of users")
    return users.isEmpty ? 0..<0 : blocks
  }
}
