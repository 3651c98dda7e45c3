import Models
import Support

/// The rows of one row space that a piece of work touches, shard after shard. Each shard is numbered by itself: a row that
/// two shards touch appears twice, so that their gradients stay apart.
final class TouchedRows {
  /// The current shard's rows.
  private let numbering: RowNumbering
  /// Of all shards one after the other, and where each shard's start.
  private var touched = GrowableBuffer<Int32>()
  private var offsets = GrowableBuffer<Int>()

  init(rows: Int) { numbering = RowNumbering(rows: rows) }

  /// As `other`, with which it shares the numbering: the two take turns, from `begin` to the last shard's local ids.
  init(sharing other: TouchedRows) { numbering = other.numbering }

  /// Forgets all shards.
  func begin() {
    numbering.clear()
    touched.removeAll()
    offsets.removeAll()
    offsets.append(0)
  }

  func beginShard() { numbering.clear() }

  @inline(__always)
  func note(_ row: Int32) { numbering.note(row) }

  /// Notes rows `range` of `rows`.
  func note(_ rows: UnsafePointer<Int32>, _ range: Range<Int>) {
    for i in range { numbering.note(rows[i]) }
  }

  /// Numbers what was noted since `beginShard`.
  func finishShard() {
    numbering.finish()
    touched.append(numbering.rows, count: numbering.count)
    offsets.append(touched.count)
  }

  /// The noted rows of the shard that was finished last, rising.
  var shardRows: UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: numbering.rows, count: numbering.count)
  }

  /// The local id of a row that was noted for the shard that was finished last.
  @inline(__always)
  func localID(_ row: Int32) -> Int32 { base + numbering.localID(row) }

  /// Turns rows `range` of `rows` into local ids, in place.
  func localize(_ rows: UnsafePointer<Int32>, _ range: Range<Int>) {
    let (base, own) = (base, UnsafeMutablePointer(mutating: rows))
    for i in range { own[i] = base + numbering.localID(own[i]) }
  }

  /// Every shard's rows, rising within a shard; in the data set's ids. Valid until `begin`.
  var all: (rows: UnsafePointer<Int32>, partition: RowPartition) {
    (
      UnsafePointer(touched.pointer),
      RowPartition(offsets: offsets.pointer, shards: offsets.count - 1)
    )
  }

  /// The local id at which the shard that was finished last starts.
  private var base: Int32 { Int32(offsets.pointer[offsets.count - 2]) }
}
