import HDF5
import Support

/// Categories, genome and actions in columns of their own, as files without `/features` have them:
///
/// | path | type | |
/// |---|---|---|
/// | `/categories/id` | string | one per category |
/// | `/items/category_offsets`, `/items/categories` | int64, int32 | each item's rows in `/categories` |
/// | `/items/genome`, `/items/genome_known` | float32 [items, width], uint8 | where the source has one |
/// | `/events/action` | uint8 | where the source tells exposures from actions |
///
/// They are read as features, and looked at as columns again for the digests of such files.
struct OlderColumns {
  private let category: Feature?
  private let names: StringColumn?
  private let genome: Feature?
  private let action: Feature?

  init(_ features: Features) {
    category = features.feature(.items, Features.category)
    names = features.vocabulary(Features.category)?.values
    genome = features.feature(.items, Features.genome)
    action = features.feature(.events, Features.action)
  }

  /// Where the columns of features lie in such files.
  static let paths = [
    "/features/items/category/offsets": "/items/category_offsets",
    "/features/items/category/values": "/items/categories",
    "/features/items/genome/values": "/items/genome", "/features/items/genome/missing": "/items/genome_known",
    "/features/events/action/values": "/events/action", "/vocabularies/category": "/categories",
    "/vocabularies/action": "the actions",
  ]

  /// Whether the file with the root group `root` has these columns.
  static func areIn(_ root: borrowing HDF5.Group) throws -> Bool { try root.contains("categories") }

  static func read(_ root: borrowing HDF5.Group, in memory: any MemorySource) throws -> Features {
    var features = Features()
    let items = try root.group("items")
    let offsets = try items.dataset("category_offsets").column(of: Int64.self, in: memory)
    features.addCategories(
      try root.group("categories").dataset("id").strings(in: memory), offsets: offsets,
      values: try items.dataset("categories").column(of: Int32.self, in: memory), source: "/items/categories")
    if try items.contains("genome") {
      let genome = try items.dataset("genome")
      let shape = try genome.shape()
      guard shape.count == 2 else {
        throw HDF5Error.wrongShape(
          genome.location, expected: "[items, width]", found: shape.map { "\($0)" })
      }
      let known = try items.dataset("genome_known").column(of: UInt8.self, in: memory)
      try ColumnCheck(items.location.appending("genome_known")).bits(known)
      for row in 0..<known.count { known.values[row] = 1 - known[row] }
      features.addGenome(
        width: shape[1], values: try genome.values(in: memory), missing: known, source: "/items/genome")
    }
    let events = try root.group("events")
    if try events.contains("action") {
      features.addActions(
        try events.dataset("action").column(of: Int32.self, in: memory), source: "/events/action")
    }
    return features
  }

  func addAction(to digest: inout ContentDigest, rows: Range<Int>? = nil) {
    guard case .values(let codes)? = action?.column else { return }
    digest.add("/events/action", codes.values[rows ?? 0..<codes.count].map { UInt8(truncatingIfNeeded: $0) })
  }

  func addCategories(to digest: inout ContentDigest) {
    guard case .lists(let offsets, let values)? = category?.column else { return }
    digest.add("/items/category_offsets", offsets)
    digest.add("/items/categories", values)
  }

  func addGenome(to digest: inout ContentDigest) {
    guard let genome, let width = genome.vectorWidth, case .numbers(let values, let missing?) = genome.column
    else { return }
    digest.add("/items/genome", values, shape: [missing.count, width])
    digest.add("/items/genome_known", missing.values.map { 1 - $0 })
  }

  func addNames(to digest: inout ContentDigest) {
    if let names { digest.add("/categories/id", names) }
  }

  /// The parts of format version 2 without features.
  func digestsOfItemSide(of dataset: Dataset) -> [DatasetDigests.Part] {
    var parts: [DatasetDigests.Part] = []
    func add(_ path: String, _ fill: (inout ContentDigest) -> Void) {
      var digest = ContentDigest()
      fill(&digest)
      parts.append(.init(path: path, digest: digest.finalize()))
    }
    add("/categories") { addNames(to: &$0) }
    add("/items") {
      $0.add("/items/id", dataset.items.id)
      addCategories(to: &$0)
    }
    if genome != nil { add("/items/genome") { addGenome(to: &$0) } }
    return parts
  }

  /// The content digest of format version 1: one `ContentDigest` of all columns, in the order in which docs/files.md
  /// lists them; optional columns where present.
  func contentDigestOfVersion1(of dataset: Dataset) -> String {
    var digest = ContentDigest()
    digest.add("/users/id", dataset.users.id)
    digest.add("/users/event_offsets", dataset.users.eventOffsets)
    digest.add("/users/train_offsets", dataset.train.offsets)
    digest.add("/users/test_offsets", dataset.test.offsets)
    digest.add("/events/item", dataset.events.item)
    digest.add("/events/timestamp", dataset.events.timestamp)
    digest.add("/events/label", dataset.events.label)
    addAction(to: &digest)
    for (name, samples) in [("train", dataset.train), ("test", dataset.test)] {
      digest.add("/samples/\(name)/item", samples.item)
      digest.add("/samples/\(name)/label", samples.label)
      digest.add("/samples/\(name)/event_position", samples.eventPosition)
      if let probability = samples.probability { digest.add("/samples/\(name)/probability", probability) }
    }
    digest.add("/items/id", dataset.items.id)
    addCategories(to: &digest)
    addGenome(to: &digest)
    addNames(to: &digest)
    return digest.finalize()
  }
}

extension Dataset {
  /// The content digest that a file of format version 1 with these columns has.
  package func contentDigestOfVersion1() -> String {
    OlderColumns(features).contentDigestOfVersion1(of: self)
  }
}
