import IO
import Models
import Support

/// Cuts the full tables down to what a piece of work touches: its users, candidates and history entries,
/// and the categories of those items, renumbered from 0.
///
/// Each shard is noted, numbered (`finishShard`) and its batches turned into local ids (`localize`) before
/// the next is noted. Each shard is numbered by itself: a row that two shards touch appears twice, so that
/// their gradients stay apart. `submodel` then copies the rows of every table.
final class SubmodelBuilder {
  private let layout: ModelLayout
  /// Each item's categories: rows `itemCategories.offsets[i] ..< offsets[i + 1]` of its values.
  private let itemCategories: (offsets: Column<Int64>, values: Column<Int32>)
  private let historyCount: Int
  /// By `Field.rawValue`: the current shard's rows.
  private let numbering: [RowNumbering]
  /// By `Field.rawValue`: the rows of all shards one after the other, and where each shard's start.
  private let touched: UnsafeMutablePointer<GrowableBuffer<Int32>>
  private let offsets: UnsafeMutablePointer<GrowableBuffer<Int>>
  private var categoryOffsets = GrowableBuffer<Int32>()
  private var categories = GrowableBuffer<Int32>()

  init(layout: ModelLayout, dataset: Dataset, historyCount: Int) {
    self.layout = layout
    self.historyCount = historyCount
    let categories = dataset.categories
    itemCategories =
      categories.map { ($0.offsets, $0.values) }
      ?? (Column(repeatElement(0, count: dataset.items.count + 1)), Column([]))
    numbering = [
      RowNumbering(rows: dataset.users.count), RowNumbering(rows: dataset.items.count),
      RowNumbering(rows: categories?.names.count ?? 0),
    ]
    let fields = Field.allCases.count
    touched = .allocate(capacity: fields)
    offsets = .allocate(capacity: fields)
    for field in 0..<fields {
      (touched + field).initialize(to: GrowableBuffer())
      (offsets + field).initialize(to: GrowableBuffer())
    }
  }

  deinit {
    touched.deinitialize(count: Field.allCases.count)
    offsets.deinitialize(count: Field.allCases.count)
    touched.deallocate()
    offsets.deallocate()
  }

  /// The rows of `field` that shard after shard touches, rising within a shard; in the data set's ids.
  func rows(_ field: Field) -> (rows: UnsafePointer<Int32>, partition: RowPartition) {
    let index = field.rawValue
    return (
      UnsafePointer(touched[index].pointer),
      RowPartition(offsets: offsets[index].pointer, shards: offsets[index].count - 1)
    )
  }

  /// Forgets all shards.
  func begin() {
    for field in Field.allCases {
      numbering[field.rawValue].clear()
      touched[field.rawValue].removeAll()
      offsets[field.rawValue].removeAll()
      offsets[field.rawValue].append(0)
    }
    categories.removeAll()
    categoryOffsets.removeAll()
    categoryOffsets.append(0)
  }

  func beginShard() {
    for field in numbering { field.clear() }
  }

  /// Notes what shard `shard` of `batch` touches.
  func note(_ batch: Batch, shard: Int) {
    let users = numbering[Field.user.rawValue]
    let items = numbering[Field.item.rawValue]
    for b in batch.partition.rows(ofShard: shard) {
      users.note(batch.users[b])
      items.note(batch.candidates[b])
    }
    for index in 0..<historyCount {
      let history = batch.histories[index]
      for k in history.keyPartition.rows(ofShard: shard) { items.note(history.keys[k]) }
    }
  }

  /// Numbers what was noted since `beginShard`, and the categories of the noted items.
  func finishShard() {
    let itemNumbering = numbering[Field.item.rawValue]
    let categoryNumbering = numbering[Field.category.rawValue]
    numbering[Field.user.rawValue].finish()
    itemNumbering.finish()
    for i in 0..<itemNumbering.count {
      for category in categories(ofItem: itemNumbering.rows[i]) { categoryNumbering.note(category) }
    }
    categoryNumbering.finish()
    let base = Int32(touched[Field.category.rawValue].count)
    for i in 0..<itemNumbering.count {
      for category in categories(ofItem: itemNumbering.rows[i]) {
        categories.append(base + categoryNumbering.localID(category))
      }
      categoryOffsets.append(Int32(categories.count))
    }
    for field in Field.allCases {
      touched[field.rawValue].append(numbering[field.rawValue].rows, count: numbering[field.rawValue].count)
      offsets[field.rawValue].append(touched[field.rawValue].count)
    }
  }

  /// Turns the ids of shard `shard` of `batch` into local ids, in place. Every one of them was noted for the
  /// shard that was finished last.
  func localize(_ batch: Batch, shard: Int) {
    let users = numbering[Field.user.rawValue]
    let items = numbering[Field.item.rawValue]
    let firstUser = base(.user)
    let firstItem = base(.item)
    let userIDs = UnsafeMutablePointer(mutating: batch.users)
    let candidates = UnsafeMutablePointer(mutating: batch.candidates)
    for b in batch.partition.rows(ofShard: shard) {
      userIDs[b] = firstUser + users.localID(userIDs[b])
      candidates[b] = firstItem + items.localID(candidates[b])
    }
    for index in 0..<historyCount {
      let history = batch.histories[index]
      let keys = UnsafeMutablePointer(mutating: history.keys)
      for k in history.keyPartition.rows(ofShard: shard) { keys[k] = firstItem + items.localID(keys[k]) }
    }
  }

  /// The local id of a row of `field` that was noted for the shard that was finished last.
  func localID(_ row: Int32, _ field: Field) -> Int32 { base(field) + numbering[field.rawValue].localID(row) }

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
      let rows = rows(layout.tables[index].field).partition.count
      tables[index] = LocalTable(
        values: arena.take(rows * width, of: Float.self),
        gradients: arena.takeZeros(rows * width, of: Float.self), rows: rows, width: width)
    }
    return Submodel(
      tables: tables, itemCount: rows(.item).partition.count, categoryOffsets: categoryOffsets.pointer,
      categories: categories.pointer)
  }

  /// Copies the rows that were noted since `begin` out of `weights` into the tables of `submodel`, which
  /// `emptySubmodel` made since.
  func copyRows(of weights: Weights, into submodel: Submodel) {
    for index in layout.tables.indices {
      let width = layout.tables[index].width
      let (rows, partition) = rows(layout.tables[index].field)
      let source = weights.tables[index]
      let values = submodel.tables[index].values
      for r in 0..<partition.count {
        (values + r * width).update(from: source + Int(rows[r]) * width, count: width)
      }
    }
  }

  /// The local id at which the last finished shard starts.
  private func base(_ field: Field) -> Int32 {
    let index = field.rawValue
    return Int32(offsets[index].pointer[offsets[index].count - 2])
  }

  @inline(__always)
  private func categories(ofItem item: Int32) -> UnsafeBufferPointer<Int32> {
    let start = Int(itemCategories.offsets.pointer[Int(item)])
    let end = Int(itemCategories.offsets.pointer[Int(item) + 1])
    return UnsafeBufferPointer(start: itemCategories.values.pointer + start, count: end - start)
  }
}
