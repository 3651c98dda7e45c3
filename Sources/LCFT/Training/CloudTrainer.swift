import Dist
import IO
import Models
import Support

/// Trains the cloud model on all users' training samples, data-parallel over the ranks of a communicator.
///
/// The users are cut into V virtual shards. Each shard's part of a batch gives its own gradient, and
/// gradients, losses and batch statistics are summed over a fixed binary tree of the shards, so that the
/// weights' bits do not depend on the number of ranks. Dense gradients travel as one flat vector, those of
/// items and of features' values as the rows that the batch touched. A user's row is touched by that user's samples
/// alone: it is stepped where the user's shard is and does not travel until a checkpoint is written. What the
/// optimiser keeps for a row lies where the row is stepped: on every rank for items and values, with the
/// user's shard for users. Hosts may share out the rows of items and values as well: then a step begins by fetching those
/// of its batch, and each host sums and steps its own.
///
/// The ranks of a host may hold the tables together. Then each of them steps a part of the item and value
/// rows for all, and they meet after every step: a rank copies the rows of its batch out of the tables before
/// it gives its part of the first sum, and no rank has a sum before every rank has given its part, so that
/// only what was stepped has to be waited for. While a rank waits for others in a sum it does what comes later
/// (`workAhead`).
package final class CloudTrainer {
  package let weights: Weights
  package let state: OptimizerState
  /// The trainings whose model this one goes on from.
  package var earlier = EarlierTraining()
  let job: Job
  package let dataset: Dataset
  let communicator: any Communicator
  /// The ranks that hold the tables together with this one; nil where it has them to itself.
  let node: (any Communicator)?

  /// How sums go within hosts and between them.
  package let hosts: HostGroup
  let map: ShardMap
  let shards: UserShards
  /// This rank's shards.
  let owned: Range<Int>
  let batches: StepBatches
  let model: any Model
  let arena = Arena(bytes: 1 << 22)
  let pass: Pass
  let vector: StepVector
  let tree: TreeSum
  /// The tables other than those of users, whose rows are summed, and what this rank's shards touched of them.
  let jointTables: JointTables
  let touchedRows: [SparseRows]
  let tableSum: SparseTreeSum
  /// Where the hosts share out the rows of these tables.
  let shared: (tables: SharedTables, fetch: RowFetch)?
  let statistics: StatisticsReducer
  /// Gradients of rows that a batch does not touch, for some rows at a time; 0 but for penalties.
  let untouchedGradients = MemoryBlock(floats: CloudTrainer.untouchedAtATime)
  static let untouchedAtATime = 4096
  /// Found when a training first asks for it.
  private var foundUnseen: UnseenValues?
  /// [owned shards] losses of the epoch so far.
  let epochLosses: UnsafeMutablePointer<Double>

  var ahead = Ahead()

  let clock: PhaseClock
  let waiting: WaitingMeter
  package internal(set) var timing = Timing()

  /// What this rank requests after the step that begins; travels with the step's gradients.
  var requests: () -> StepRequests = { [] }

  /// `weights` and the optimiser's `state` are the same on every rank and stay so, except for the rows of
  /// users of other ranks. Without `state` the optimiser starts from the beginning. With `node`, the ranks of
  /// this host, the tables of both are in memory that those share.
  ///
  /// A fine-tuning of a trained model, on the samples of many users, has moving `normalization` and may have
  /// `labels` [users]; their offset of the logit is not looked at. The parts of steps become phases of
  /// `clock`. Throws `DistError.moreRanksThanShards` and `TrainingError.noSamples`. Collective.
  package init(
    job: Job, dataset: Dataset, weights: Weights, state: OptimizerState? = nil,
    normalization: Pass.Normalization = .batch, labels: [CorrectedLabels]? = nil,
    communicator: any Communicator, node: (any Communicator)? = nil, clock: PhaseClock = PhaseClock()
  ) throws {
    let state = state ?? OptimizerState(job.training.optimizer, for: weights)
    precondition(state.optimizer == job.training.optimizer, "the state is the job's optimiser's")
    let model = job.makeModel()
    let hosts = try HostGroup(communicator, node: node)
    let map = try ShardMap(shards: job.training.virtualShards, layout: hosts.layout)
    let shards = UserShards(dataset: dataset, shards: map.shards)
    guard shards.sampleCount > 0 else { throw TrainingError.noSamples }
    self.weights = weights
    self.state = state
    self.job = job
    self.dataset = dataset
    self.communicator = communicator
    self.node = node
    self.hosts = hosts
    self.map = map
    self.shards = shards
    owned = map.shards(ofRank: communicator.rank)
    let order = EpochOrder(
      dataset: dataset, shards: shards, owned: owned, batchSize: job.training.batchSize, seed: job.seed)
    let batches = StepBatches(
      job, model.layout, dataset: dataset, labels: labels, order: order, shards: owned.count)
    self.batches = batches
    self.model = model
    self.clock = clock
    waiting = WaitingMeter(communicator, clock)
    tree = TreeSum(hosts, map)
    vector = StepVector(model.layout, along: tree)
    jointTables = JointTables(weights)
    touchedRows = jointTables.all.map { SparseRows(width: $0.width) }
    shared = try SharedTables(weights, map, rank: communicator.rank).map {
      ($0, try RowFetch(hosts, $0.parts, tables: $0.memory))
    }
    tableSum = try SparseTreeSum(hosts, map, tables: jointTables.shapes, parts: shared?.tables.parts)
    batches.find(shared.map { RemoteTables(tables: $0.tables, rows: $0.fetch.rows) })
    statistics = StatisticsReducer(TreeSum(hosts, map), waiting)
    epochLosses = .allocate(capacity: owned.count)
    pass = Pass(
      layout: model.layout, arena: arena, normalization: normalization, parameters: weights.dense,
      statistics: weights.statistics, gradients: vector.gradients, gradientStride: vector.stride,
      reducer: statistics)
    pass.joins = vector.joins
    if hosts.layout.count > 1 { pass.deferred = DeferredGradients() }
    hosts.meanwhile = { [unowned self] in workAhead() }
  }

  deinit { epochLosses.deallocate() }

  /// Has numbered the rows of the step's batch.
  var builder: SubmodelBuilder { batches.builder }

  /// The rows of unknown values that no rank's samples touch. Collective where ranks have some of the users only.
  func unseenValues() throws -> UnseenValues {
    if let foundUnseen { return foundUnseen }
    let found = try UnseenValues(job, of: dataset) { seen in
      guard dataset.part != nil else { return seen }
      return try seen.map { try communicator.allreduce($0 ? 1 : 0, .maximum) == 1 }
    }
    foundUnseen = found
    return found
  }

  package var stepsPerEpoch: Int { batches.order.schedule.steps }
  /// Training samples of all ranks.
  package var sampleCount: Int { shards.sampleCount }

  /// Trains an epoch from `position` on to its end, and returns its mean loss. `onStep` is called after each
  /// step with the steps done in this epoch, the step's mean loss and what any of the ranks requested, which
  /// is the same on all of them. Throws `TrainingError.diverged` on every rank alike, with `lastCheckpoint`
  /// as the hint about where to resume. Collective.
  package func train(
    from position: TrainingPosition, lastCheckpoint: () -> String,
    onStep: (Int, Double, StepRequests) throws -> Void
  ) throws -> Double {
    let begin = try beginTiming()
    let epoch = position.epoch
    batches.shuffle(epoch: earlier.epochs + epoch)
    epochLosses.update(repeating: 0, count: owned.count)
    if position.step > 0 {
      for (index, shard) in owned.enumerated() { epochLosses[index] = position.shardLosses[shard] }
    }
    for step in position.step..<stepsPerEpoch {
      // Steps are those of the whole training, even of one that was resumed.
      let done = epoch * stepsPerEpoch + step
      let rate = rate(done: done)
      let update = state.optimizer.step(earlier.optimizerSteps + done + 1, rate: rate)
      let start = clock.now()
      let (loss, requests) = try self.step(step, done: done, update)
      clock.end(.step, since: start)
      guard loss.isFinite else {
        throw TrainingError.diverged(
          epoch: epoch + 1, step: step + 1, learningRate: rate, lastCheckpoint: lastCheckpoint())
      }
      try onStep(step + 1, loss, requests)
    }
    try waiting.measure { try tree.sum(epochLosses, count: 1) }
    try endTiming(of: position.step..<stepsPerEpoch, since: begin)
    return epochLosses[0] / Double(shards.sampleCount)
  }

  /// Trains the first epoch, without checkpoints, and returns its mean loss. Throws `TrainingError.diverged`.
  package func trainFirstEpoch() throws -> Double {
    try train(from: TrainingPosition(), lastCheckpoint: { "no checkpoint" }, onStep: { _, _, _ in })
  }

  /// The learning rate after `done` steps of the training.
  package func rate(done: Int) -> Double { job.training.rate(done: done, perEpoch: stepsPerEpoch) }

  /// The sums of the losses of the epoch under way by virtual shard, of all ranks, on rank 0; empty
  /// elsewhere. Collective.
  func shardLosses() throws -> [Double] {
    let losses = try communicator.gather(
      Array(UnsafeBufferPointer(start: epochLosses, count: owned.count)), to: 0)
    return communicator.rank == 0 ? map.byShard(losses.values) : []
  }
}
