import IO
import Models
import Support

/// Assembles batches from sample references: histories become windows of lists of distinct entries.
///
/// Windows of one user overlap (histories are prefixes of one sequence), and an overlap is stored once.
/// The batch comes in the data set's ids; `localize` turns them into a submodel's.
package final class BatchAssembler {
  private let sequences: [HistorySequence]
  private let historyLength: Int
  private let features: BatchFeatures?
  private let sorter = KeySorter()

  package init(sequences: [HistorySequence], historyLength: Int, features: BatchFeatures? = nil) {
    self.sequences = sequences
    self.historyLength = historyLength
    self.features = features
  }

  /// For the model of `job`, which is fitted to `dataset`.
  package convenience init(job: Job, dataset: Dataset) {
    self.init(
      sequences: job.sequences(of: dataset), historyLength: job.historyLength,
      features: BatchFeatures(job.model, of: dataset))
  }

  /// A batch of `samples`, divided among shards by `partition`, in memory of `arena`.
  package func assemble(
    _ samples: UnsafePointer<SampleReference>, _ partition: RowPartition, in arena: Arena
  ) -> Batch {
    let count = partition.count
    let users = arena.take(count, of: Int32.self)
    let candidates = arena.take(count, of: Int32.self)
    let labels = arena.take(count, of: Float.self)
    for b in 0..<count {
      users[b] = samples[b].user
      candidates[b] = samples[b].item
      labels[b] = samples[b].label
    }
    let histories = arena.take(sequences.count, of: History.self)
    for index in sequences.indices {
      histories[index] = history(index, samples, partition, arena)
    }
    return Batch(
      partition: partition, users: users, candidates: candidates, labels: labels, histories: histories,
      fields: features?.fields(samples, count: count, in: arena))
  }

  private func history(
    _ index: Int, _ samples: UnsafePointer<SampleReference>, _ partition: RowPartition, _ arena: Arena
  ) -> History {
    let sequence = sequences[index]
    let count = partition.count
    let starts = arena.take(count, of: Int32.self)
    let lengths = arena.take(count, of: Int32.self)
    let windowStarts = arena.take(count, of: Int.self)
    let pairOffsets = arena.take(partition.shards + 1, of: Int.self)
    pairOffsets[0] = 0
    for shard in 0..<partition.shards {
      var pairs = pairOffsets[shard]
      for b in partition.rows(ofShard: shard) {
        let window = sequence.window(
          user: Int(samples[b].user), position: Int(samples[b].eventPosition), limit: historyLength)
        windowStarts[b] = window.lowerBound
        lengths[b] = Int32(window.count)
        pairs += window.count
      }
      pairOffsets[shard + 1] = pairs
    }
    let keys = arena.take(pairOffsets[partition.shards], of: Int32.self)
    let hasEvents = features?.hasEvents(index) ?? false
    let positions = hasEvents ? arena.take(pairOffsets[partition.shards], of: Int.self) : nil
    let keyOffsets = arena.take(partition.shards + 1, of: Int.self)
    let order = arena.take(count, of: UInt64.self)
    keyOffsets[0] = 0
    for shard in 0..<partition.shards {
      keyOffsets[shard + 1] = merge(
        partition.rows(ofShard: shard), windowStarts, lengths, sequence.items.pointer, order, keys, positions,
        from: keyOffsets[shard], starts)
    }
    var history = History(
      keyPartition: RowPartition(offsets: keyOffsets, shards: partition.shards), keys: keys,
      starts: starts, lengths: lengths,
      pairPartition: RowPartition(offsets: pairOffsets, shards: partition.shards))
    if let positions {
      let entries = history.keyPartition.count
      sequence.turnIntoEvents(positions, count: entries)
      history.events = features?.events(index, positions, count: entries, in: arena)
    }
    return history
  }

  /// Lays the windows of one shard's samples into `keys`, and their positions in the sequence into `positions`, from
  /// index `from` on, each position at most once, and notes where each sample's window starts. Returns the index after
  /// the last key.
  private func merge(
    _ rows: Range<Int>, _ windowStarts: UnsafePointer<Int>, _ lengths: UnsafePointer<Int32>,
    _ items: UnsafePointer<Int32>, _ order: UnsafeMutablePointer<UInt64>,
    _ keys: UnsafeMutablePointer<Int32>, _ positions: UnsafeMutablePointer<Int>?, from: Int,
    _ starts: UnsafeMutablePointer<Int32>
  ) -> Int {
    // Room for 2^40 positions and 2^24 samples per shard of a batch.
    for (i, b) in rows.enumerated() { order[i] = UInt64(windowStarts[b]) << 24 | UInt64(i) }
    sorter.sort(order, count: rows.count)
    var next = from
    // Positions below `covered` of the run of overlapping windows are stored already.
    var covered = 0
    for i in 0..<rows.count {
      let b = rows.lowerBound + Int(order[i] & 0xFF_FFFF)
      let start = windowStarts[b]
      let end = start + Int(lengths[b])
      if start >= covered {
        starts[b] = Int32(next)
        covered = start
      } else {
        starts[b] = Int32(next - (covered - start))
      }
      while covered < end {
        keys[next] = items[covered]
        positions?[next] = covered
        next += 1
        covered += 1
      }
    }
    return next
  }
}
