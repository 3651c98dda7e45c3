import HDF5
import Support

extension DatasetFile {
  /// A data set and the digest of its content, by which checkpoints and results name it: that of the file's own
  /// format version.
  package struct Content: Sendable, Codable {
    package var dataset: Dataset
    package var digest: String
  }

  /// The data set of `load`, in memory of its own.
  package static func read(_ path: String) throws -> Dataset { try load(path, in: OwnMemory()).dataset }

  /// Reads the file `path` into `memory` and checks all of it: types, lengths, offsets, ids, positions, labels, the
  /// order of time, and, where the file states `content_digest`, the digests of every block of users, of every
  /// part on the item side and of the whole. What it returns can be indexed without further checks.
  ///
  /// Versions 1 and 2 of the format are read.
  ///
  /// Files of other programs are read as well: integers of any width as long as the values fit, strings of
  /// fixed or variable length. Without attributes they have an unknown provenance.
  ///
  /// Where `holding` is given it is called with the data set as far as it belongs to no user, offsets included, and says
  /// of which users the rest is read (`Dataset.part`); `RowReader` reads that of others. A file without `hasParts` is
  /// read whole.
  ///
  /// Throws a file error, with the path inside the file and the row of the first offending value, and what `memory`
  /// throws.
  package static func load(
    _ path: String, in memory: any MemorySource,
    holding: ((Dataset) throws -> (users: Range<Int>, names: Range<Int>))? = nil
  ) throws -> Content {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .dataset)
    let layout = try OlderColumns.areIn(root) ? DatasetLayout.columns : .features
    for name in FeaturesFile.groups where layout == .columns {
      if try root.contains(name) { throw FileError.featuresInTwoPlaces(file: path, path: "/" + name) }
    }
    let holding = try hasParts(root, header, layout) ? holding : nil
    let rows: any MemorySource = holding == nil ? memory : ReservedMemory(in: memory)
    let users = try root.group("users")
    let userIds = try users.dataset("id").strings(in: rows, .none)
    let events = try root.group("events")
    var dataset = Dataset(
      users: .init(
        id: userIds, eventOffsets: try users.dataset("event_offsets").column(of: Int64.self, in: memory)),
      events: .init(
        item: try events.dataset("item").column(of: Int32.self, in: rows, values: .none),
        timestamp: try events.dataset("timestamp").column(of: Int64.self, in: rows, values: .none),
        label: try events.dataset("label").column(of: UInt8.self, in: rows, values: .none)),
      train: try readSamples(
        root.group("samples/train"),
        offsets: users.dataset("train_offsets").column(of: Int64.self, in: memory),
        in: rows),
      test: try readSamples(
        root.group("samples/test"), offsets: users.dataset("test_offsets").column(of: Int64.self, in: memory),
        in: rows),
      items: .init(id: try root.group("items").dataset("id").strings(in: memory)),
      features: try layout == .columns
        ? OlderColumns.read(root, in: memory) : FeaturesFile.read(root, in: memory, rows: rows),
      provenance: try readProvenance(root), blocks: try UserBlocks(root, users: userIds.count))
    try validateOutline(of: dataset, file: path, layout)
    try checkCounts(of: dataset, root)
    // Whether the table of digests is the file's own, before what is read is compared with it.
    let stated = hasBlocks(header) ? try DatasetDigests(root, blocks: dataset.blocks) : nil
    if let stated { try header.check(digest: stated.root, file: path) }
    // Whoever may have a part has one, even of all users: what all processes do together depends on it.
    if let stated, let held = try holding?(dataset) {
      dataset.part = Dataset.Part(
        users: held.users, names: held.names,
        trainPositives: stated.ofBlocks.reduce(0) { $0 + $1.trainPositives })
    }
    try fill(
      dataset, users: dataset.heldUsers, names: dataset.part?.names ?? dataset.heldUsers, root, layout, stated
    )
    try stated?.check(parts: dataset.digestsOfParts(layout), file: path)
    let digest = try stated?.root ?? digest(of: dataset, layout, header, file: path)
    if layout == .columns { try dataset.countOccurrences(in: memory) }
    return Content(dataset: dataset, digest: digest)
  }

  /// Whether the rows of some users of the file `path` can be read, and checked, without those of the others: it has been
  /// written by lcft, and states the digests of its blocks of users. Throws a file error.
  package static func hasParts(_ path: String) throws -> Bool {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .dataset)
    return try hasParts(root, header, OlderColumns.areIn(root) ? .columns : .features)
  }

  private static func hasParts(
    _ root: borrowing HDF5.Group, _ header: FileHeader, _ layout: DatasetLayout
  ) throws -> Bool {
    try hasBlocks(header) && layout == .features && root.group("users").dataset("id").hasFixedWidth
  }

  /// Whether a file with the header `header` states digests of its blocks.
  private static func hasBlocks(_ header: FileHeader) -> Bool {
    header.version > 1 && header.contentDigest != nil
  }

  /// The digest of `dataset`, all of which has been read from a file with the header `header` that states none of blocks.
  /// Throws `FileError` where it is not what the file states.
  private static func digest(
    of dataset: Dataset, _ layout: DatasetLayout, _ header: FileHeader, file: String
  ) throws -> String {
    guard header.version == 1 else { return dataset.digests(layout).root }
    let digest = OlderColumns(dataset.features).contentDigestOfVersion1(of: dataset)
    try header.check(digest: digest, file: file)
    return digest
  }

  /// Samples without their values, which are for `RowReader`.
  private static func readSamples(
    _ group: borrowing HDF5.Group, offsets: Column<Int64>, in memory: any MemorySource
  ) throws -> Dataset.Samples {
    Dataset.Samples(
      offsets: offsets,
      item: try group.dataset("item").column(of: Int32.self, in: memory, values: .none),
      label: try group.dataset("label").column(of: UInt8.self, in: memory, values: .none),
      eventPosition: try group.dataset("event_position").column(of: Int32.self, in: memory, values: .none),
      probability: try readOptional("probability", group, in: memory),
      timestamp: try readOptional("timestamp", group, in: memory),
      drawn: try readOptional("drawn", group, in: memory))
  }

  private static func readOptional<T: HDF5.Scalar>(
    _ name: String, _ group: borrowing HDF5.Group, in memory: any MemorySource
  ) throws -> Column<T>? {
    try group.contains(name) ? group.dataset(name).column(of: T.self, in: memory, values: .none) : nil
  }

  private static func readProvenance(_ root: borrowing HDF5.Group) throws -> Dataset.Provenance {
    let files = try root.texts("source_files") ?? []
    let digests = try root.texts("source_sha256") ?? files.map { _ in "" }
    guard files.count == digests.count else {
      throw HDF5Error.invalidAttribute(
        root.location, name: "source_sha256", value: "\(digests.count) digests",
        allowed: "one per file of source_files (\(files.count))")
    }
    var settings: [String: String] = [:]
    for name in try root.attributeNames() where name.hasPrefix(settingPrefix) {
      settings[String(name.dropFirst(settingPrefix.count))] = try root.text(name)
    }
    var provenance = Dataset.Provenance(
      kind: try root.text("source_kind") ?? "unknown",
      splitRule: try root.text("split_rule") ?? "unknown",
      seed: try root.attribute("seed", as: UInt64.self) ?? 0,
      negativeSampling: try root.text("negative_sampling") ?? "unknown",
      sources: zip(files, digests).map { .init(path: $0, sha256: $1) },
      skippedLines: try root.attribute("skipped_lines", as: Int64.self) ?? 0,
      settings: settings)
    provenance.record = try ImportRecord(root)
    return provenance
  }

  /// Counts among the root attributes, where given, must be those of the columns.
  private static func checkCounts(of dataset: Dataset, _ root: borrowing HDF5.Group) throws {
    for (name, count) in counts(of: dataset) {
      guard let stated = try root.attribute(name, as: Int64.self), stated != count else { continue }
      throw HDF5Error.invalidAttribute(
        root.location, name: name, value: "\(stated)", allowed: "the columns have \(count)")
    }
  }
}
