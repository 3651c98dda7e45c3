import Dist
import IO
import Models
import Support

/// Why a training cannot begin or go on.
package enum TrainingError: Error, CustomStringConvertible {
  case noSamples
  case diverged(epoch: Int, step: Int, learningRate: Double, lastCheckpoint: String)

  package var description: String {
    switch self {
    case .noSamples:
      "the data set has no training samples; choose another split"
    case .diverged(let epoch, let step, let learningRate, let lastCheckpoint):
      "the training loss is not finite in epoch \(epoch), step \(step), at learning rate \(learningRate); "
        + "lower training.learning_rate (\(lastCheckpoint))"
    }
  }
}

/// Trains the cloud model on all users' training samples, data-parallel over the ranks of a communicator.
///
/// The users are cut into V virtual shards. Each shard's part of a batch gives its own gradient, and
/// gradients, losses and batch statistics are summed over a fixed binary tree of the shards, so that the
/// weights' bits do not depend on the number of ranks. Dense gradients travel as one flat vector, item and
/// category gradients as the rows that the batch touched. A user's row is touched by that user's samples
/// alone: it is stepped where the user's shard is and does not travel until a checkpoint is written. What the
/// optimiser keeps for a row lies where the row is stepped: on every rank for items and categories, with the
/// user's shard for users.
///
/// The ranks of a host may hold the tables together. Then each of them steps a part of the item and category rows
/// for all, and they meet after every step: a rank copies the rows of its batch out of the tables before it gives
/// its part of the first sum, and no rank has a sum before every rank has given its part, so that only what was
/// stepped has to be waited for.
package final class CloudTrainer {
  private let job: Job
  private let dataset: Dataset
  private let communicator: any Communicator
  /// The ranks that hold the tables together with this one; nil where it has them for itself.
  private let node: (any Communicator)?
  package let weights: Weights
  package let state: OptimizerState
  private let model: any Model
  private let shards: UserShards
  private let owned: Range<Int>
  private let order: EpochOrder
  /// [users] the labels that stand for each user's samples; nil for labels as they are.
  private let labels: [CorrectedLabels]?
  private let assembler: BatchAssembler
  private let builder: SubmodelBuilder
  private let arena = Arena(bytes: 1 << 22)
  private let pass: Pass
  private let denseSum: TreeSum
  /// One per table, nil for tables of users.
  private let tableSums: [SparseTreeSum?]
  private let touchedRows: [SparseRows]
  /// [owned shards x (dense weights + 2)]: each shard's gradient, and behind it this rank's requests (on its first
  /// shard) and the shard's loss.
  private let gradients: UnsafeMutablePointer<Float>
  private let gradientStride: Int
  /// [owned shards] losses of the epoch so far.
  private let epochLosses: UnsafeMutablePointer<Double>
  private let statistics: StatisticsReducer
  private let clock: PhaseClock
  private let waiting: WaitingMeter

  /// Work and communication of one rank, in seconds, and the samples of all ranks.
  package struct Timing: Sendable {
    package var samples = 0
    package var seconds = 0.0
    /// Inside MPI, and how much of that until all other ranks had come.
    package var communicationSeconds = 0.0
    package var waitingSeconds = 0.0
    package var bytesSent = 0
    package var bytesReceived = 0
    package var steps = 0
  }
  package private(set) var timing = Timing()

  /// What this rank requests after the step that begins; travels with the step's gradients.
  var requests: () -> StepRequests = { [] }

  /// `weights` and the optimiser's `state` are the same on every rank and stay so, except for the rows of
  /// users of other ranks. Without `state` the optimiser starts from the beginning. With `node`, the ranks of this
  /// host, the tables of both are in memory that those share.
  ///
  /// A fine-tuning of a trained model, on the samples of many users, has moving `normalization` and may have
  /// `labels` [users]; their offset of the logit is not looked at. The parts of steps become phases of `clock`.
  /// Throws `DistError.moreRanksThanShards` and `TrainingError.noSamples`.
  package init(
    job: Job, dataset: Dataset, weights: Weights, state: OptimizerState? = nil,
    normalization: Pass.Normalization = .batch, labels: [CorrectedLabels]? = nil,
    communicator: any Communicator, node: (any Communicator)? = nil, clock: PhaseClock = PhaseClock()
  ) throws {
    let state = state ?? OptimizerState(job.training.optimizer, for: weights)
    precondition(state.optimizer == job.training.optimizer, "the state is the job's optimiser's")
    self.job = job
    self.dataset = dataset
    self.communicator = communicator
    self.node = node
    self.weights = weights
    self.state = state
    self.labels = labels
    self.clock = clock
    waiting = WaitingMeter(communicator, clock)
    let model = job.makeModel()
    self.model = model
    let map = try ShardMap(shards: job.training.virtualShards, ranks: communicator.size)
    owned = map.shards(ofRank: communicator.rank)
    shards = UserShards(dataset: dataset, shards: map.shards)
    guard shards.sampleCount > 0 else { throw TrainingError.noSamples }
    order = EpochOrder(
      dataset: dataset, shards: shards, owned: owned, batchSize: job.training.batchSize, seed: job.seed)
    assembler = BatchAssembler(job: job, dataset: dataset)
    builder = SubmodelBuilder(layout: model.layout, dataset: dataset, historyCount: job.model.histories.count)
    denseSum = TreeSum(communicator, map)
    tableSums = model.layout.tables.indices.map { index in
      let table = model.layout.tables[index]
      guard table.field != .user else { return nil }
      return SparseTreeSum(communicator, map, tableRows: weights.rows(ofTable: index), width: table.width)
    }
    touchedRows = model.layout.tables.map { SparseRows(width: $0.width) }
    gradientStride = model.layout.parameterCount + 2
    gradients = .allocate(capacity: owned.count * gradientStride)
    epochLosses = .allocate(capacity: owned.count)
    statistics = StatisticsReducer(TreeSum(communicator, map), waiting)
    pass = Pass(
      layout: model.layout, arena: arena, normalization: normalization, parameters: weights.dense,
      statistics: weights.statistics, gradients: gradients, gradientStride: gradientStride,
      reducer: statistics)
  }

  deinit {
    gradients.deallocate()
    epochLosses.deallocate()
  }

  package var stepsPerEpoch: Int { order.steps }

  /// What steps exchange, for a forecast: bytes of a shard's dense vector; how many sums of statistics there have
  /// been, and the bytes of all of them; rows of each table that the last step's shards touched, in shard order,
  /// nil for tables of users.
  package var denseBytes: Int { gradientStride * MemoryLayout<Float>.size }
  package var statisticsSums: (count: Int, bytes: Int) { (statistics.sumCount, statistics.sumBytes) }
  package func touchedRows(ofTable index: Int) -> [UnsafeBufferPointer<Int32>]? {
    let table = model.layout.tables[index]
    guard table.field != .user else { return nil }
    let (rows, partition) = builder.rows(table.field)
    return (0..<owned.count).map { shard in
      let range = partition.rows(ofShard: shard)
      return UnsafeBufferPointer(start: rows + range.lowerBound, count: range.count)
    }
  }

  /// Trains an epoch from `position` on to its end, and returns its mean loss. `onStep` is called after each step
  /// with the steps done in this epoch, the step's loss and what any of the ranks requested, which is the same on
  /// all of them. Throws `TrainingError.diverged` on every rank alike, with `lastCheckpoint` as the hint where
  /// to go on from.
  package func train(
    from position: TrainingPosition, lastCheckpoint: () -> String,
    onStep: (Int, Double, StepRequests) throws -> Void
  ) throws -> Double {
    try waiting.synchronize()
    let start = clock.now()
    let traffic = communicator.traffic
    let waited = waiting.seconds
    let epoch = position.epoch
    order.shuffle(epoch: epoch)
    epochLosses.update(repeating: 0, count: owned.count)
    if position.step > 0 {
      for (index, shard) in owned.enumerated() { epochLosses[index] = position.shardLosses[shard] }
    }
    let rate = rate(epoch: epoch)
    for step in position.step..<order.steps {
      // Bias corrections count the steps of the whole training, also of one that goes on.
      let update = state.optimizer.step(epoch * order.steps + step + 1, rate: rate)
      let stepStart = clock.now()
      let (loss, requests) = try self.step(step, update)
      clock.end(.step, since: stepStart)
      guard loss.isFinite else {
        throw TrainingError.diverged(
          epoch: epoch + 1, step: step + 1, learningRate: rate, lastCheckpoint: lastCheckpoint())
      }
      try onStep(step + 1, loss, requests)
    }
    try waiting.measure { try denseSum.sum(epochLosses, count: 1) }
    try waiting.settle()
    let spent = communicator.traffic - traffic
    for step in position.step..<order.steps { timing.samples += order.batchCount(step: step) }
    timing.steps += order.steps - position.step
    timing.seconds += clock.end(.epoch, since: start) - start
    timing.communicationSeconds += spent.seconds
    timing.waitingSeconds += waiting.seconds - waited
    timing.bytesSent += spent.bytesSent
    timing.bytesReceived += spent.bytesReceived
    return epochLosses[0] / Double(shards.sampleCount)
  }

  /// The learning rate of an epoch.
  package func rate(epoch: Int) -> Double {
    var rate = job.training.learningRate
    for _ in 0..<epoch { rate *= job.training.learningRateDecay }
    return rate
  }

  /// The sums of the losses of the epoch under way by virtual shard, of all ranks, on rank 0; empty elsewhere.
  /// Collective.
  func shardLosses() throws -> [Double] {
    try communicator.gather(Array(UnsafeBufferPointer(start: epochLosses, count: owned.count)), to: 0).values
  }

  /// Trains the first epoch, without checkpoints, and returns its mean loss. Throws `TrainingError.diverged`.
  package func trainFirstEpoch() throws -> Double {
    try train(from: TrainingPosition(), lastCheckpoint: { "no checkpoint" }, onStep: { _, _, _ in })
  }

  /// One step on the whole batch's mean loss, which it returns with all ranks' requests.
  private func step(_ step: Int, _ update: Optimizer.Step) throws -> (loss: Double, requests: StepRequests) {
    var time = clock.now()
    arena.reset()
    let batch = batch(step)
    let count = order.batchCount(step: step)
    pass.submodel = builder.submodel(of: weights, in: arena)
    gradients.update(repeating: 0, count: owned.count * gradientStride)
    time = clock.end(.assemble, since: time)

    let logits = try model.forward(batch, pass)
    let dlogits = Matrix(batch.partition, columns: 1, in: arena)
    let losses = arena.take(owned.count, of: Double.self)
    job.loss.evaluate(logits, labels: batch.labels, batchCount: count, sums: losses, dlogits: dlogits)
    time = clock.end(.forward, since: time)
    try model.backward(dlogits, batch, pass)
    time = clock.end(.backward, since: time)

    for index in 0..<owned.count {
      epochLosses[index] += losses[index]
      gradients[(index + 1) * gradientStride - 1] = Float(losses[index])
    }
    gradients[gradientStride - 2] = requests().number
    try waiting.measure { try denseSum.sum(gradients, count: gradientStride) }
    time = clock.end(.denseSum, since: time)
    let dense = model.layout.parameterCount
    update.apply(weights.dense, gradients, state: state.dense, stride: dense, count: dense)
    clock.end(.update, since: time)
    for index in model.layout.tables.indices { try stepTable(index, update) }
    try waiting.measure { try node?.barrier() }
    return (
      Double(gradients[gradientStride - 1]) / Double(count), StepRequests(sum: gradients[gradientStride - 2])
    )
  }

  private func stepTable(_ index: Int, _ update: Optimizer.Step) throws {
    let table = model.layout.tables[index]
    let touched = builder.rows(table.field)
    let gradients = pass.submodel.tables[index].gradients
    var time = clock.now()
    guard let sum = tableSums[index] else {
      update.apply(
        table: weights.tables[index], rows: touched.rows, count: touched.partition.count,
        width: table.width, gradients, state: state.tables[index], stride: state.tableSizes[index])
      clock.end(.update, since: time)
      return
    }
    let rows = touchedRows[index]
    rows.removeAll()
    for shard in 0..<owned.count {
      let range = touched.partition.rows(ofShard: shard)
      let list = UnsafeBufferPointer(start: touched.rows + range.lowerBound, count: range.count)
      let values = rows.appendList(list)
      if let start = values.baseAddress {
        start.update(from: gradients + range.lowerBound * table.width, count: values.count)
      }
    }
    try waiting.measure { try sum.sum(rows) }
    time = clock.end(.tableSums, since: time)
    guard let ids = sum.result.ids.baseAddress, let summed = sum.result.values.baseAddress else { return }
    let own = ownPart(of: sum.result.count)
    update.apply(
      table: weights.tables[index], rows: ids + own.lowerBound, count: own.count, width: table.width,
      summed + own.lowerBound * table.width, state: state.tables[index], stride: state.tableSizes[index])
    clock.end(.update, since: time)
  }

  /// Which of `count` summed rows this rank steps.
  private func ownPart(of count: Int) -> Range<Int> {
    guard let node else { return 0..<count }
    return count * node.rank / node.size..<count * (node.rank + 1) / node.size
  }

  /// This rank's part of a step's batch, in local ids.
  private func batch(_ step: Int) -> Batch {
    let offsets = arena.take(owned.count + 1, of: Int.self)
    offsets[0] = 0
    for index in 0..<owned.count {
      offsets[index + 1] = offsets[index] + order.entries(index: index, step: step).count
    }
    let references = arena.take(offsets[owned.count], of: SampleReference.self)
    let items = dataset.train.item.pointer
    let positions = dataset.train.eventPosition.pointer
    let bits = dataset.train.label.pointer
    for index in 0..<owned.count {
      for (i, entry) in order.entries(index: index, step: step).enumerated() {
        let row = Int(entry & 0xFFFF_FFFF)
        let user = Int(entry >> 32)
        var reference = SampleReference(
          user: Int32(user), item: items[row], eventPosition: positions[row], label: Float(bits[row]))
        if let labels { reference.label = labels[user].label(of: reference.label) }
        references[offsets[index] + i] = reference
      }
    }
    let batch = assembler.assemble(
      references, RowPartition(offsets: offsets, shards: owned.count), in: arena)
    builder.begin()
    for shard in 0..<owned.count {
      builder.beginShard()
      builder.note(batch, shard: shard)
      builder.finishShard()
      builder.localize(batch, shard: shard)
    }
    return batch
  }

  /// Brings every rank's users' rows, and what the optimiser keeps for them, to every rank, so that all hold
  /// the whole model. Collective.
  package func shareUserRows() throws {
    let start = clock.now()
    defer { clock.end(.shareUsers, since: start) }
    let takes = try takenRanks()
    guard try communicator.allreduce(takes.contains(true) ? 1 : 0, .maximum) == 1 else { return }
    let map = try ShardMap(shards: job.training.virtualShards, ranks: communicator.size)
    for rank in 0..<communicator.size {
      let users = shards.users(ofShards: map.shards(ofRank: rank))
      for index in model.layout.tables.indices where model.layout.tables[index].field == .user {
        let width = model.layout.tables[index].width
        try share(weights.tables[index], users, width: width, from: rank, takes: takes[rank])
        for slot in state.optimizer.slots.indices {
          try share(
            state.tables[index] + slot * state.tableSizes[index], users, width: width, from: rank,
            takes: takes[rank])
        }
      }
    }
    try node?.barrier()
  }

  /// [ranks] whose rows this rank has to write down: those of all others, or, for the ranks that hold the tables
  /// together with it, those of all other hosts, and by the first of the host alone.
  private func takenRanks() throws -> [Bool] {
    var takes = [Bool](repeating: true, count: communicator.size)
    takes[communicator.rank] = false
    guard let node else { return takes }
    let together = try node.allgather([communicator.rank]).values
    if node.rank > 0 { return takes.map { _ in false } }
    for rank in together { takes[rank] = false }
    return takes
  }

  /// Copies the rows `users` of `table`, of rank `source`, to the ranks that take them.
  private func share(
    _ table: UnsafeMutablePointer<Float>, _ users: [Int32], width: Int, from source: Int, takes: Bool
  ) throws {
    let packed = UnsafeMutableBufferPointer<Float>.allocate(capacity: users.count * width)
    defer { packed.deallocate() }
    guard let base = packed.baseAddress else { return }
    if communicator.rank == source {
      for (i, user) in users.enumerated() {
        (base + i * width).update(from: table + Int(user) * width, count: width)
      }
    }
    try communicator.broadcast(packed, from: source)
    guard takes else { return }
    for (i, user) in users.enumerated() {
      (table + Int(user) * width).update(from: base + i * width, count: width)
    }
  }
}

/// The reducer of batch statistics over the virtual shards of all ranks.
private final class StatisticsReducer: ShardReducer {
  private let tree: TreeSum
  private let waiting: WaitingMeter
  private(set) var sumCount = 0
  private(set) var sumBytes = 0

  init(_ tree: TreeSum, _ waiting: WaitingMeter) {
    self.tree = tree
    self.waiting = waiting
  }

  func sum(_ values: UnsafeMutablePointer<Double>, count: Int) throws {
    sumCount += 1
    sumBytes += count * MemoryLayout<Double>.size
    try waiting.measure { try tree.sum(values, count: count) }
  }
}
