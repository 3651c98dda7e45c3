import IO
import Models

/// This rank's parts of the steps' batches. The next step's is assembled a piece at a time while a step waits for other
/// ranks, so that a wait of as much time costs none.
///
/// A batch depends on no weight: it has the same bits whenever it is assembled.
final class StepBatches {
  /// A step's batch, in local ids.
  struct StepBatch: BitwiseCopyable {
    var batch: Batch
    var dropout: DropoutDraw?
  }

  let order: EpochOrder
  let assembler: BatchAssembler
  private let samples: Dataset.Samples
  /// [users] the labels that stand for each user's samples; nil for labels as they are.
  private let labels: [CorrectedLabels]?
  private let dropout: (rate: Double, seed: UInt64)
  private let shards: Int
  /// Of the batch in use and of the next.
  private let places: [(arena: Arena, builder: SubmodelBuilder)]
  private var current = 0
  private var next: Draft?

  /// The next batch, as far as it is assembled.
  private struct Draft: BitwiseCopyable {
    var step: Int
    var number: Int
    var started: Started?
    var batch: Batch?
    /// Shards that are assembled, and that are numbered.
    var assembled = 0
    var numbered = 0
  }

  private struct Started: BitwiseCopyable {
    var draft: BatchDraft
    var dropout: DropoutDraw?
  }

  /// For a model of `layout` that is fitted to `dataset`; `order` is of so many `shards`.
  init(
    _ job: Job, _ layout: ModelLayout, dataset: Dataset, labels: [CorrectedLabels]?, order: EpochOrder,
    shards: Int
  ) {
    self.order = order
    self.labels = labels
    self.shards = shards
    samples = dataset.train
    assembler = BatchAssembler(job: job, dataset: dataset)
    dropout = (job.training.dropout, job.seed)
    let builder = SubmodelBuilder(layout: layout, job.model, dataset: dataset)
    let second = SubmodelBuilder(layout: layout, job.model, dataset: dataset, sharing: builder)
    places = [builder, second].map { (Arena(bytes: 1 << 20), $0) }
  }

  /// The builder that has numbered the rows of the batch that was taken last.
  var builder: SubmodelBuilder { places[current].builder }

  /// Where rows are found that this host does not have.
  func find(_ remote: RemoteTables?) {
    for place in places { place.builder.remote = remote }
  }

  /// Draws the order of an epoch.
  func shuffle(epoch: Int) {
    next = nil
    order.shuffle(epoch: epoch)
  }

  /// The batch of step `step`, which is number `number` of the whole training, counted from 1. Valid, as `builder` is,
  /// until the next is taken.
  func take(step: Int, number: Int) -> StepBatch {
    if next?.step != step { expect(step: step, number: number) }
    while advance() {}
    guard let started = next?.started, let batch = next?.batch else {
      preconditionFailure("the batch is whole")
    }
    next = nil
    current = 1 - current
    return StepBatch(batch: batch, dropout: started.dropout)
  }

  /// From now on `advance` assembles the batch of step `step`.
  func expect(step: Int, number: Int) { next = Draft(step: step, number: number) }

  /// Does a small piece of the work on the next batch. False where nothing is left.
  func advance() -> Bool {
    guard var draft = next, draft.numbered < shards else { return false }
    let (arena, builder) = places[1 - current]
    if let started = draft.started {
      if draft.assembled < shards {
        assembler.add(draft.assembled, to: started.draft)
        draft.assembled += 1
      } else if let batch = draft.batch {
        builder.number(batch, shard: draft.numbered)
        draft.numbered += 1
      } else {
        draft.batch = assembler.finish(started.draft, in: arena)
        builder.begin()
      }
    } else {
      draft.started = begin(draft, arena)
    }
    next = draft
    return true
  }

  private func begin(_ next: Draft, _ arena: Arena) -> Started {
    arena.reset()
    order.begin(step: next.step)
    let offsets = arena.take(shards + 1, of: Int.self)
    offsets[0] = 0
    for index in 0..<shards { offsets[index + 1] = offsets[index] + order.entries(index: index).count }
    let count = offsets[shards]
    let references = arena.take(count, of: SampleReference.self)
    for index in 0..<shards {
      for (i, entry) in order.entries(index: index).enumerated() {
        let (user, row) = order.sample(of: entry)
        references[offsets[index] + i] = reference(row: row, user: user)
      }
    }
    var drawn: DropoutDraw?
    if dropout.rate > 0 {
      let rows = arena.take(count, of: Int.self)
      for b in 0..<count { rows[b] = references[b].row }
      drawn = DropoutDraw(rate: dropout.rate, seed: dropout.seed, step: next.number, samples: rows)
    }
    return Started(
      draft: assembler.begin(references, RowPartition(offsets: offsets, shards: shards), in: arena),
      dropout: drawn)
  }

  private func reference(row: Int, user: Int) -> SampleReference {
    var reference = SampleReference(samples, row: row, ofUser: user, firstRow: 0)
    if let labels { reference.label = labels[user].label(of: reference.label) }
    return reference
  }
}
