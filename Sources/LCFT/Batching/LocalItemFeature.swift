import Models
import Support

/// The values of one of the items' features for the local items of a submodel, shard after shard.
final class LocalItemFeature {
  private let source: FeatureSource
  /// `RowSpace.index` of the values.
  let space: Int
  private var offsets = GrowableBuffer<Int32>()
  private var rows = GrowableBuffer<Int32>()
  private var shardStart = 0

  init(_ source: FeatureSource, space: Int) {
    self.source = source
    self.space = space
  }

  /// Forgets all shards.
  func begin() {
    rows.removeAll()
    offsets.removeAll()
    offsets.append(0)
  }

  /// Takes the values of a shard's `items`, and notes them in `touched`.
  func note(_ items: UnsafeBufferPointer<Int32>, in touched: TouchedRows) {
    shardStart = rows.count
    guard let first = items.baseAddress else { return }
    // All values at once: a list that grows item by item costs more than the values.
    let (start, ends) = (Int32(shardStart), offsets.appendUninitialized(items.count))
    let end = source.writeEnds(of: first, count: items.count, from: start, to: ends)
    source.writeValues(
      of: first, count: items.count, ends: ends, from: start, to: rows.appendUninitialized(Int(end - start)))
    touched.note(rows.pointer, shardStart..<rows.count)
  }

  /// Turns the values of the shard that was noted last into the local ids of `touched`, which has numbered them.
  func localize(by touched: TouchedRows) { touched.localize(rows.pointer, shardStart..<rows.count) }

  /// Valid until `begin`.
  var lists: RaggedRows { RaggedRows(offsets: offsets.pointer, rows: rows.pointer) }
}
