extension DatasetFile {
  /// Reads the file `path` and checks all of it: types, lengths, offsets, ids, positions, labels, the order of
  /// time, and the content's digest where the file states it. What it returns can be indexed without further checks.
  ///
  /// Files of other programs are read as well: integers of any width as long as the values fit, strings of
  /// fixed or variable length. Without attributes they have an unknown provenance.
  ///
  /// Throws `FileError`, with the path inside the file and the row of the first offending value.
  public static func read(_ path: String) throws -> Dataset {
    let file = try HDF5.File(reading: path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .dataset)
    let users = try root.group("users")
    let userIds = try users.dataset("id").strings()
    let events = try root.group("events")
    let items = try readItems(root.group("items"))
    let dataset = Dataset(
      users: .init(id: userIds, eventOffsets: try users.dataset("event_offsets").column(of: Int64.self)),
      events: .init(
        item: try events.dataset("item").column(of: Int32.self),
        timestamp: try events.dataset("timestamp").column(of: Int64.self),
        label: try events.dataset("label").column(of: UInt8.self),
        action: try events.contains("action") ? events.dataset("action").column(of: UInt8.self) : nil),
      train: try readSamples(root.group("samples/train"), offsets: users.dataset("train_offsets")),
      test: try readSamples(root.group("samples/test"), offsets: users.dataset("test_offsets")),
      items: items,
      categories: try root.group("categories").dataset("id").strings(),
      provenance: try readProvenance(root))
    try validate(dataset, file: path)
    try checkCounts(of: dataset, root)
    try header.check(digest: dataset.contentDigest(), file: path)
    return dataset
  }

  private static func readSamples(
    _ group: borrowing HDF5.Group, offsets: borrowing HDF5.Dataset
  ) throws -> Dataset.Samples {
    Dataset.Samples(
      offsets: try offsets.column(of: Int64.self),
      item: try group.dataset("item").column(of: Int32.self),
      label: try group.dataset("label").column(of: UInt8.self),
      eventPosition: try group.dataset("event_position").column(of: Int32.self),
      probability: try group.contains("probability")
        ? group.dataset("probability").column(of: Float.self) : nil)
  }

  private static func readItems(_ group: borrowing HDF5.Group) throws -> Dataset.Items {
    Dataset.Items(
      id: try group.dataset("id").strings(),
      categoryOffsets: try group.dataset("category_offsets").column(of: Int64.self),
      categories: try group.dataset("categories").column(of: Int32.self),
      genome: try group.contains("genome") ? readGenome(group) : nil)
  }

  private static func readGenome(_ group: borrowing HDF5.Group) throws -> Dataset.Genome {
    let dataset = try group.dataset("genome")
    let shape = try dataset.shape()
    guard shape.count == 2 else {
      throw FileError.wrongShape(dataset.location, expected: "[items, width]", found: shape.map { "\($0)" })
    }
    let values: Column<Float> = try dataset.values()
    return Dataset.Genome(
      width: shape[1], values: values, known: try group.dataset("genome_known").column(of: UInt8.self))
  }

  private static func readProvenance(_ root: borrowing HDF5.Group) throws -> Dataset.Provenance {
    let files = try root.texts("source_files") ?? []
    let digests = try root.texts("source_sha256") ?? files.map { _ in "" }
    guard files.count == digests.count else {
      throw FileError.invalidAttribute(
        root.location, name: "source_sha256", value: "\(digests.count) digests",
        allowed: "one per file of source_files (\(files.count))")
    }
    var settings: [String: String] = [:]
    for name in try root.attributeNames() where name.hasPrefix(settingPrefix) {
      settings[String(name.dropFirst(settingPrefix.count))] = try root.text(name)
    }
    return Dataset.Provenance(
      kind: try root.text("source_kind") ?? "unknown",
      splitRule: try root.text("split_rule") ?? "unknown",
      seed: try root.attribute("seed", as: UInt64.self) ?? 0,
      negativeSampling: try root.text("negative_sampling") ?? "unknown",
      sources: zip(files, digests).map { .init(path: $0, sha256: $1) },
      skippedLines: try root.attribute("skipped_lines", as: Int64.self) ?? 0,
      settings: settings)
  }

  /// Counts among the root attributes, where given, have to be those of the columns.
  private static func checkCounts(of dataset: Dataset, _ root: borrowing HDF5.Group) throws {
    for (name, count) in counts(of: dataset) {
      guard let stated = try root.attribute(name, as: Int64.self), stated != count else { continue }
      throw FileError.invalidAttribute(
        root.location, name: name, value: "\(stated)", allowed: "the columns have \(count)")
    }
  }
}
