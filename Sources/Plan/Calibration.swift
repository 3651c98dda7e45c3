import Dist
import IO
import LCFT
import Models
import Support

/// What the parts of a job take on this machine, measured by doing a little of each on one rank: real
/// training steps, real users, a real checkpoint.
///
/// Times are those that the processor spent on this rank, so that other programs on the machine have little effect.
package struct Calibration: Sendable {
  /// Reading the data set.
  package var load = 0.0
  /// Per step, all virtual shards on one rank: batches and passes; additions within the rank; the update of
  /// users' rows, of rows of items and values of features, and of dense weights.
  package var passes = 0.0
  package var additions = 0.0
  package var userUpdate = 0.0
  package var rowUpdate = 0.0
  package var denseUpdate = 0.0
  /// What of these may be done while a rank waits for other hosts, beside `rowUpdate`: of `passes` the batches, of
  /// `additions` those of dense gradients.
  package var batches = 0.0
  package var denseAdditions = 0.0
  package var checkpoint = 0.0
  /// Every evaluated user under every method, one after the other; and the results of all: what rank 0 does alone, and what
  /// it spreads over processors, on one of them.
  package var users = 0.0
  package var results = 0.0
  package var resultsInParts = 0.0

  package internal(set) var stepsPerEpoch = 0
  package internal(set) var evaluatedUsers = 0
  package private(set) var measuredSteps = 0
  package private(set) var measuredUsers = 0
  /// What a step exchanges among the planned ranks and hosts, from the first batches; how many steps were
  /// counted.
  package private(set) var exchange = ExchangeCost()
  package private(set) var countedSteps = 0
  /// Rows of users and their optimiser's state, which travel once per epoch.
  package internal(set) var userTableBytes = 0
  /// Outcomes that travel to rank 0.
  package internal(set) var outcomeBytes = 0

  /// Seconds of processor time for each of steps and users, and how many steps are measured even if they take longer.
  private static let budget = 4.0
  private static let fewestSteps = 5
  private static let mostSteps = 200

  /// The most steps whose exchange is counted.
  private static let mostCounted = 16

  /// For the ranks of `hosts`; `sharesTables` as in `StepExchange`. Throws what is wrong with the job, the data set or the
  /// number of ranks.
  init(_ job: Job, dataPath: String, hosts: HostLayout, sharesTables: Bool) throws {
    let start = processorSeconds()
    let dataset = try DatasetFile.load(dataPath, in: OwnMemory()).dataset
    load = processorSeconds() - start
    var job = try job.fitted(to: dataset, file: dataPath)
    let layout = job.makeModel().layout
    let weights = Weights(layout: layout, rowCounts: job.rowCounts(of: dataset))
    weights.initialize(seed: job.seed, embeddings: job.training.embeddings)
    let state = OptimizerState(job.training.optimizer, for: weights)
    try measureSteps(job, dataset, weights, state, hosts, sharesTables: sharesTables)
    try measureCheckpoint(job, weights, state)
    // A table of labels, a choice and models of groups do not exist yet; similar methods stand in for them.
    let methods = job.fineTuning.methods
    job.fineTuning.methods = methods.filter { $0 != .hard && $0 != .grouped && !$0.isChoice }
    if job.fineTuning.methods.isEmpty { job.fineTuning.methods = [.local] }
    try measureUsers(job, dataset, weights)
    let factor = Double(methods.count) / Double(job.fineTuning.methods.count)
    users *= factor
    results *= factor
    resultsInParts *= factor
  }

  private struct Enough: Error {}

  private mutating func measureSteps(
    _ job: Job, _ dataset: Dataset, _ weights: Weights, _ state: OptimizerState,
    _ hosts: HostLayout, sharesTables: Bool
  ) throws {
    let clock = PhaseClock()
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: weights, state: state, communicator: SoloCommunicator(),
      clock: clock)
    stepsPerEpoch = trainer.stepsPerEpoch
    let map = try ShardMap(shards: job.training.virtualShards, layout: hosts)
    var exchanges = StepExchange(
      map, trainer, clips: job.training.gradientClip != nil, sharesTables: sharesTables)
    let layout = weights.layout
    var userWeights = 0
    for index in layout.tables.indices where layout.tables[index].space == .user {
      userWeights += layout.tables[index].width
      userTableBytes += 4 * weights.rows(ofTable: index) * layout.tables[index].width
    }
    userTableBytes *= 1 + job.training.optimizer.slots.count
    let phases: [Phase] = [.assemble, .forward, .backward, .denseSum, .tableSums, .update]
    // The first steps fill caches and take memory.
    let warmUp = min(3, trainer.stepsPerEpoch - 1)
    var stepping = 0.0
    var last = processorSeconds()
    let begin = last
    var before = phases.map(clock.seconds)
    var stepped = 0.0
    let most = max(warmUp + 1, min(trainer.stepsPerEpoch, Calibration.mostSteps))
    let hint: () -> String = { "no checkpoint yet" }
    do {
      _ = try trainer.train(from: TrainingPosition(), lastCheckpoint: hint) { step, _, _ in
        let now = processorSeconds()
        if step > warmUp {
          stepping += now - last
          measuredSteps += 1
        } else {
          before = phases.map(clock.seconds)
        }
        if exchanges.steps < Calibration.mostCounted {
          exchanges.add(trainer)
          for (table, shards) in zip(trainer.tablesSummed, trainer.touched) {
            stepped += Double(Set(shards.joined()).count * table.width)
          }
        }
        let isLong = measuredSteps >= Calibration.fewestSteps && now - begin > Calibration.budget
        if step >= most || isLong { throw Enough() }
        last = processorSeconds()
      }
    } catch is Enough {}
    (exchange, countedSteps) = (exchanges.cost, exchanges.steps)

    let parts = zip(phases.map(clock.seconds), before).map { $0 - $1 }
    let all = max(parts.reduce(0, +), 1e-12)
    let step = stepping / Double(measuredSteps)
    passes = step * (parts[0] + parts[1] + parts[2]) / all
    batches = step * parts[0] / all
    additions = step * (parts[3] + parts[4]) / all
    denseAdditions = step * parts[3] / all
    let users = Double(userWeights * min(job.training.batchSize, dataset.users.count))
    let rows = stepped / Double(max(exchanges.steps, 1))
    let updated = users + rows + Double(layout.parameterCount)
    userUpdate = step * parts[5] / all * users / updated
    rowUpdate = step * parts[5] / all * rows / updated
    denseUpdate = step * parts[5] / all - userUpdate - rowUpdate
  }

  private mutating func measureCheckpoint(_ job: Job, _ weights: Weights, _ state: OptimizerState) throws {
    checkpoint = try Calibration.inScratch { path in
      let start = processorSeconds()
      let checkpoint = Checkpoint(
        model: job.model.name, dense: weights.denseTensors.map(\.tensor),
        embeddings: weights.embeddingTensors.map(\.tensor),
        optimizer: state.tensors(for: weights).map(\.tensor),
        progress: Checkpoint.Progress(epoch: 1, step: 1, seed: job.seed, losses: [1]), job: job.text,
        datasetDigest: "")
      try CheckpointFile.write(checkpoint, to: path)
      _ = checkpoint.contentDigest()
      return processorSeconds() - start
    }
  }

  private mutating func measureUsers(_ job: Job, _ dataset: Dataset, _ weights: Weights) throws {
    let evaluated = dataset.evaluatedUsers
    evaluatedUsers = evaluated.count
    let all = evaluated.map { dataset.cost(ofUser: Int($0), job: job) }
    let order = mostExpensiveFirst(all)
    // Users of every cost, in an order of which any part is a sample as well.
    let stride = 0.618_033_988_75
    var place = 0.0
    var chosen: [Int] = []
    var seen: Set<Int> = []
    for _ in 0..<min(600, evaluated.count) {
      place += stride
      place -= place.rounded(.down)
      let index = order[Int(place * Double(order.count))]
      if seen.insert(index).inserted { chosen.append(index) }
    }
    guard !chosen.isEmpty else { return }
    let tuner = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    let outcomes = OutcomeTable(
      dataset: dataset, evaluated: chosen.map { evaluated[$0] }, methods: job.fineTuning.methods)
    let buffer = ResultBuffer()
    func process(_ position: Int) throws {
      buffer.removeAll()
      buffer.append(Int32(position))
      try tuner.process(user: Int(evaluated[chosen[position]])) { _, outcome, logits in
        OutcomeTable.pack(outcome, logits, into: buffer)
      }
    }
    for position in chosen.indices.prefix(5) { try process(position) }
    func collect() throws {
      var reader = ResultReader(buffer.bytes)
      try outcomes.collect(&reader)
    }
    try process(0)
    try collect()
    let ofOne = try Calibration.results(outcomes, job, dataset)
    let start = processorSeconds()
    var done = 0.0
    for position in chosen.indices {
      try process(position)
      try collect()
      outcomeBytes += buffer.count
      done += all[chosen[position]]
      measuredUsers += 1
      if processorSeconds() - start > Calibration.budget { break }
    }
    users = (processorSeconds() - start) * all.reduce(0, +) / done
    let scale = Double(evaluated.count) / Double(measuredUsers)
    outcomeBytes = Int(Double(outcomeBytes) * scale)
    let ofAll = try Calibration.results(outcomes, job, dataset)
    // What goes over the whole data set is done for one user as for all.
    let further = Double(evaluated.count - 1) / Double(max(1, measuredUsers - 1))
    results = ofOne.alone + further * max(0, ofAll.alone - ofOne.alone)
    resultsInParts = ofOne.inParts + further * max(0, ofAll.inParts - ofOne.inParts)
  }

  /// The means over the ranks: with as many ranks as cores, those of a machine as busy as it will be.
  /// Collective.
  mutating func average(_ communicator: any Communicator) throws {
    let fields: [WritableKeyPath<Calibration, Double>] = [
      \.load, \.passes, \.batches, \.additions, \.denseAdditions, \.userUpdate, \.rowUpdate, \.denseUpdate,
      \.checkpoint,
      \.users, \.results, \.resultsInParts,
    ]
    var values = fields.map { self[keyPath: $0] }
    try values.withUnsafeMutableBufferPointer { try communicator.allreduce($0, .sum) }
    for (field, value) in zip(fields, values) { self[keyPath: field] = value / Double(communicator.size) }
  }
}
