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
    let draft = begin(samples, partition, in: arena)
    for shard in 0..<partition.shards { add(shard, to: draft) }
    return finish(draft, in: arena)
  }

  /// Begins what `assemble` does at once: `add` every shard in order, then `finish`.
  func begin(
    _ samples: UnsafePointer<SampleReference>, _ partition: RowPartition, in arena: Arena
  ) -> BatchDraft {
    let count = partition.count
    let users = arena.take(count, of: Int32.self)
    let candidates = arena.take(count, of: Int32.self)
    let labels = arena.take(count, of: Float.self)
    for b in 0..<count {
      users[b] = samples[b].user
      candidates[b] = samples[b].item
      labels[b] = samples[b].label
    }
    let histories = arena.take(sequences.count, of: HistoryDraft.self)
    for index in sequences.indices { histories[index] = history(index, samples, partition, arena) }
    return BatchDraft(
      samples: samples, partition: partition, users: users, candidates: candidates, labels: labels,
      histories: histories, order: arena.take(count, of: UInt64.self))
  }

  /// Lays the windows of all samples, and takes the memory for their entries.
  private func history(
    _ index: Int, _ samples: UnsafePointer<SampleReference>, _ partition: RowPartition, _ arena: Arena
  ) -> HistoryDraft {
    let sequence = sequences[index]
    let count = partition.count
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
    let pairs = pairOffsets[partition.shards]
    let keyOffsets = arena.take(partition.shards + 1, of: Int.self)
    keyOffsets[0] = 0
    return HistoryDraft(
      windowStarts: windowStarts, lengths: lengths, pairOffsets: pairOffsets,
      keys: arena.take(pairs, of: Int32.self),
      positions: features?.hasEvents(index) ?? false ? arena.take(pairs, of: Int.self) : nil,
      keyOffsets: keyOffsets, starts: arena.take(count, of: Int32.self))
  }

  /// Lays the histories of shard `shard`'s samples, after those of the shards before it.
  func add(_ shard: Int, to draft: BatchDraft) {
    for index in sequences.indices {
      let history = draft.histories[index]
      history.keyOffsets[shard + 1] = merge(
        draft.partition.rows(ofShard: shard), history, sequences[index].items.pointer, draft.order,
        from: history.keyOffsets[shard])
    }
  }

  /// The batch, to which all shards have been added.
  func finish(_ draft: BatchDraft, in arena: Arena) -> Batch {
    let partition = draft.partition
    let histories = arena.take(sequences.count, of: History.self)
    for index in sequences.indices {
      let own = draft.histories[index]
      var history = History(
        keyPartition: RowPartition(offsets: own.keyOffsets, shards: partition.shards), keys: own.keys,
        starts: own.starts, lengths: own.lengths,
        pairPartition: RowPartition(offsets: own.pairOffsets, shards: partition.shards))
      if let positions = own.positions {
        let entries = history.keyPartition.count
        sequences[index].turnIntoEvents(positions, count: entries)
        history.events = features?.events(index, positions, count: entries, in: arena)
      }
      histories[index] = history
    }
    return Batch(
      partition: partition, users: draft.users, candidates: draft.candidates, labels: draft.labels,
      histories: histories, fields: features?.fields(draft.samples, count: partition.count, in: arena))
  }

  /// Lays the windows of one shard's samples into `keys`, and their positions in the sequence into `positions`, from
  /// index `from` on, each position at most once, and notes where each sample's window starts. Returns the index after
  /// the last key.
  private func merge(
    _ rows: Range<Int>, _ history: HistoryDraft, _ items: UnsafePointer<Int32>,
    _ order: UnsafeMutablePointer<UInt64>, from: Int
  ) -> Int {
    let (windowStarts, lengths, starts) = (history.windowStarts, history.lengths, history.starts)
    let (keys, positions) = (history.keys, history.positions)
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
