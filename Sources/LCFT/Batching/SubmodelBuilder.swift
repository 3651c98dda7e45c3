import IO
import Models
import Support

/// Cuts the full tables down to what a piece of work touches: its users, candidates and history entries, and the values
/// of their features, renumbered from 0.
///
/// Each shard is noted, numbered (`finishShard`) and its batches turned into local ids (`localize`) before the next is
/// noted. `submodel` then copies the rows of every table.
final class SubmodelBuilder {
  private let layout: ModelLayout
  let spaces: [RowSpace]
  /// Where rows come from that this host does not have.
  var remote: RemoteTables?
  /// By `RowSpace.index`.
  private let touched: [TouchedRows]
  private let itemFeatures: [LocalItemFeature]
  /// The row spaces of the values in `Batch.fields`, and by history of those in `History.events`; nil for numbers,
  /// vectors and tables that are dense weights.
  private let fieldSpaces: [TouchedRows?]
  private let eventSpaces: [[TouchedRows?]]

  /// For a model of `layout` that is fitted to `dataset`. With `other`, a builder for the same, the two share the memory
  /// that grows with the tables: one may number its shards while the rows of the other are still in use.
  init(
    layout: ModelLayout, _ model: ModelConfiguration, dataset: Dataset, sharing other: SubmodelBuilder? = nil
  ) {
    self.layout = layout
    let features = model.features
    // Dense weights are whole in every submodel.
    let counts = features.rowCounts(users: dataset.users.count, items: dataset.items.count)
    let touched =
      other.map { $0.touched.map(TouchedRows.init(sharing:)) } ?? counts.map { TouchedRows(rows: $0) }
    self.touched = touched
    spaces = features.spaces
    func space(_ feature: ModelFeature) -> TouchedRows? {
      feature.table.flatMap { features.isDense($0) ? nil : touched[RowSpace.values($0).index] }
    }
    itemFeatures = features.encoded.compactMap { feature in
      feature.table.map {
        LocalItemFeature(FeatureSource(feature, of: dataset), space: RowSpace.values($0).index)
      }
    }
    fieldSpaces = features.fields.map(space)
    eventSpaces = model.histories.map { features.events(in: $0).map(space) }
  }

  /// The rows of `space` that shard after shard touches, rising within a shard; in the data set's ids.
  func rows(_ space: RowSpace) -> (rows: UnsafePointer<Int32>, partition: RowPartition) {
    touched[space.index].all
  }

  /// The same of table `index`.
  func rows(ofTable index: Int) -> (rows: UnsafePointer<Int32>, partition: RowPartition) {
    rows(layout.tables[index].space)
  }

  /// Forgets all shards.
  func begin() {
    for space in touched { space.begin() }
    for feature in itemFeatures { feature.begin() }
  }

  /// Numbers what shard `shard` of `batch` touches, and turns its ids into local ids. Shards come in order.
  func number(_ batch: Batch, shard: Int) {
    beginShard()
    note(batch, shard: shard)
    finishShard()
    localize(batch, shard: shard)
  }

  func beginShard() {
    for space in touched { space.beginShard() }
  }

  /// Notes what shard `shard` of `batch` touches.
  func note(_ batch: Batch, shard: Int) { forEachList(batch, shard: shard) { $0.note($1, $2) } }

  /// Numbers what was noted since `beginShard`, and the values of the noted items.
  func finishShard() {
    let items = touched[RowSpace.item.index]
    items.finishShard()
    for feature in itemFeatures { feature.note(items.shardRows, in: touched[feature.space]) }
    for space in touched where space !== items { space.finishShard() }
    for feature in itemFeatures { feature.localize(by: touched[feature.space]) }
  }

  /// Turns the ids of shard `shard` of `batch` into local ids, in place. Every one of them was noted for the
  /// shard that was finished last.
  func localize(_ batch: Batch, shard: Int) { forEachList(batch, shard: shard) { $0.localize($1, $2) } }

  /// Calls `body` with every list of rows in a batch, and the part of it that belongs to `shard`.
  @inline(__always)
  private func forEachList(
    _ batch: Batch, shard: Int, _ body: (TouchedRows, UnsafePointer<Int32>, Range<Int>) -> Void
  ) {
    let samples = batch.partition.rows(ofShard: shard)
    body(touched[RowSpace.user.index], batch.users, samples)
    body(touched[RowSpace.item.index], batch.candidates, samples)
    if let fields = batch.fields { forEachList(fields, fieldSpaces, samples, body) }
    for index in eventSpaces.indices {
      let history = batch.histories[index]
      let entries = history.keyPartition.rows(ofShard: shard)
      body(touched[RowSpace.item.index], history.keys, entries)
      if let events = history.events { forEachList(events, eventSpaces[index], entries, body) }
    }
  }

  /// The same for features' values of rows `rows`.
  @inline(__always)
  private func forEachList(
    _ features: UnsafePointer<FeatureValues>, _ spaces: [TouchedRows?], _ rows: Range<Int>,
    _ body: (TouchedRows, UnsafePointer<Int32>, Range<Int>) -> Void
  ) {
    for index in spaces.indices {
      guard let space = spaces[index], let lists = features[index].lists else { continue }
      body(space, lists.rows, Int(lists.offsets[rows.lowerBound])..<Int(lists.offsets[rows.upperBound]))
    }
  }

  /// The local id of a row of `space` that was noted for the shard that was finished last.
  func localID(_ row: Int32, _ space: RowSpace) -> Int32 { touched[space.index].localID(row) }

  /// The compact tables, copied out of `weights` into `arena`, with zeroed gradients. Valid until `begin`.
  func submodel(of weights: Weights, in arena: Arena) -> Submodel {
    let submodel = emptySubmodel(in: arena)
    copyRows(of: weights, into: submodel)
    return submodel
  }

  /// The compact tables in memory of `arena`, with zeroed gradients, for `copyRows` to fill. Valid until
  /// `begin`.
  func emptySubmodel(in arena: Arena) -> Submodel {
    let tables = arena.take(layout.tables.count, of: LocalTable.self)
    for index in layout.tables.indices {
      let width = layout.tables[index].width
      let rows = rows(ofTable: index).partition.count
      tables[index] = LocalTable(
        values: arena.take(rows * width, of: Float.self),
        gradients: arena.takeZeros(rows * width, of: Float.self), rows: rows, width: width)
    }
    let features = arena.take(itemFeatures.count, of: RaggedRows.self)
    for (index, feature) in itemFeatures.enumerated() { features[index] = feature.lists }
    return Submodel(
      tables: tables, itemCount: rows(.item).partition.count, itemFeatures: features)
  }

  /// Copies the rows that were noted since `begin` out of `weights` into the tables of `submodel`, which
  /// `emptySubmodel` made since.
  func copyRows(of weights: Weights, into submodel: Submodel) {
    for index in layout.tables.indices {
      let width = layout.tables[index].width
      let (rows, partition) = rows(ofTable: index)
      let source = weights.tables[index]
      let values = submodel.tables[index].values
      guard let remote, let place = remote.tables.joint.places[index] else {
        Rows.gather(source, rows, width: width, count: partition.count, into: values)
        continue
      }
      let held = weights.heldRows(ofTable: index)
      for r in 0..<partition.count {
        let row = Int(rows[r])
        let own =
          held.contains(row)
          ? UnsafePointer(source + row * width)
          : remote.rows.values(ofRow: rows[r], table: place.joint) + place.column
        let target = values + r * width
        for column in 0..<width { target[column] = own[column] }
      }
    }
  }
}
