import HDF5

/// `lcft-dataset` files: a `Dataset` in HDF5, flat columns. docs/files.md has the whole of the format:
///
/// | path | type | |
/// |---|---|---|
/// | `/users/id` | string | one per user |
/// | `/users/{event,train,test}_offsets` | int64 | users + 1: each user's rows in the columns below |
/// | `/events/{item,timestamp,label}` | int32, int64, uint8 | in time order per user |
/// | `/samples/{train,test}/{item,label,event_position}` | int32, uint8, int32 | |
/// | `/samples/{train,test}/{timestamp,drawn}` | int64, uint8 | to split and filter anew |
/// | `/samples/{train,test}/probability` | float32 | synthetic worlds only |
/// | `/items/id` | string | one per item |
/// | `/features/OWNER/NAME/...`, `/vocabularies/NAME/...` | | `Features` |
/// | `/blocks/digest` | string | `DatasetDigests`: one per block of users |
/// | `/blocks/{event,train,test}_offsets`, `/blocks/train_positives` | int64 | each block's rows, and clicks |
/// | `/import/...` | | `ImportRecord` |
/// | `/parts/path`, `/parts/digest` | string | `DatasetDigests`: one per table on the item side |
///
/// The root's attributes hold `FileHeader`, the counts, `global_ctr`, `block_users` and `Dataset.Provenance`.
package enum DatasetFile {
  /// Writes `dataset` as the file `path`, whole or not at all. `created` as in `FileHeader`.
  ///
  /// Throws `HDF5Error.wrongShape` or `.invalidValue`, before anything is written, for a data set that no reader
  /// would take, and what writing throws.
  package static func write(
    _ dataset: Dataset, to path: String, created: String = FileHeader.timestamp()
  ) throws {
    try validate(dataset, file: path)
    let digests = dataset.digests()
    let header = FileHeader(.dataset, created: created, contentDigest: digests.root)
    try StoredFile.write(to: path, header) { root in
      try writeAttributes(of: dataset, to: root)
      try digests.write(to: root)
      try writeUsers(of: dataset, to: root)
      let events = try root.makeGroup("events")
      try events.write("item", dataset.events.item, description: "the event's item: row in /items")
      try events.write(
        "timestamp", dataset.events.timestamp,
        description: "seconds since 1970-01-01T00:00:00Z; does not fall within a user")
      try events.write(
        "label", dataset.events.label,
        description:
          "1 positive (review, high rating, click), 0 negative (low rating, exposure without click)")
      try write(dataset.train, to: root.makeGroup("samples/train"))
      try write(dataset.test, to: root.makeGroup("samples/test"))
      try root.makeGroup("items").write(
        "id", dataset.items.id, description: "the item's identifier in the source")
      try FeaturesFile.write(dataset.features, to: root)
      try dataset.provenance.record?.write(to: root)
    }
  }

  private static func writeAttributes(of dataset: Dataset, to root: borrowing HDF5.Group) throws {
    for (name, count) in counts(of: dataset) { try root.setAttribute(name, Int64(count)) }
    try root.setAttribute("global_ctr", dataset.globalCTR)
    let provenance = dataset.provenance
    try root.setAttribute("source_kind", provenance.kind)
    try root.setAttribute("split_rule", provenance.splitRule)
    try root.setAttribute("seed", provenance.seed)
    try root.setAttribute("negative_sampling", provenance.negativeSampling)
    try root.setAttribute("source_files", provenance.sources.map(\.path))
    try root.setAttribute("source_sha256", provenance.sources.map(\.sha256))
    try root.setAttribute("skipped_lines", provenance.skippedLines)
    for (name, value) in provenance.settings.sorted(by: { $0.key < $1.key }) {
      try root.setAttribute(settingPrefix + name, value)
    }
  }

  /// Root attributes that repeat the lengths of the columns.
  static func counts(of dataset: Dataset) -> [(name: String, count: Int)] {
    [
      ("users", dataset.users.count), ("events", dataset.events.count),
      ("train_samples", dataset.train.count), ("test_samples", dataset.test.count),
      ("items", dataset.items.count),
    ]
  }

  /// Before the name of a setting in its root attribute.
  static let settingPrefix = "setting_"

  private static func writeUsers(of dataset: Dataset, to root: borrowing HDF5.Group) throws {
    let users = try root.makeGroup("users")
    try users.write("id", dataset.users.id, description: "the user's identifier in the source")
    try users.write(
      "event_offsets", dataset.users.eventOffsets,
      description: "user u's events are rows event_offsets[u] up to event_offsets[u + 1] of /events")
    try users.write(
      "train_offsets", dataset.train.offsets,
      description: "user u's training samples are rows train_offsets[u] up to train_offsets[u + 1]")
    try users.write(
      "test_offsets", dataset.test.offsets,
      description: "user u's test samples are rows test_offsets[u] up to test_offsets[u + 1]")
  }

  private static func write(_ samples: Dataset.Samples, to group: borrowing HDF5.Group) throws {
    try group.write("item", samples.item, description: "the candidate item: row in /items")
    try group.write("label", samples.label, description: "1 clicked (reviewed, liked), 0 not")
    try group.write(
      "event_position", samples.eventPosition,
      description: "how many of the user's events lie before the sample: its history is drawn from those")
    if let probability = samples.probability {
      try group.write("probability", probability, description: "the true probability of label 1")
    }
    if let timestamp = samples.timestamp {
      try group.write("timestamp", timestamp, description: "seconds since 1970-01-01T00:00:00Z")
    }
    if let drawn = samples.drawn {
      try group.write(
        "drawn", drawn, description: "1 where the sample was drawn as a negative, 0 where it is in the log")
    }
  }
}
