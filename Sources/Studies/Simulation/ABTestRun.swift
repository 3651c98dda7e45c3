import Dist
import IO
import LCFT
import Models
import Support

extension RandomPurpose {
  /// The bucket of a user.
  fileprivate static let buckets = RandomPurpose("A/B buckets")
}

/// A simulated online test on all ranks: serves the users of each bucket with their bucket's models, draws
/// the clicks from the true probabilities and gathers what happened at rank 0.
///
/// A user's model is fine-tuned once, on the user's training part, as a fine-tuning run does it; its
/// histories are the user's events in the data set and do not grow with the simulated days. Users go to ranks
/// as these become free; which rank had a user changes nothing.
package final class ABTestRun {
  private let job: Job
  private let dataset: Dataset
  private let methods: [Method]
  private let settings: ABTest.Settings
  private let simulatesAllBuckets: Bool
  private let communicator: any Communicator
  private let basis: MethodBasis
  private let groups: GroupModels?
  private let model: UserModel
  private var visits: SimulatedVisits
  private var order: [Int] = []
  private var serving: [Served]

  /// What a method's models did for a user on one day; travels as it is.
  private struct Served: BitwiseCopyable {
    var impressions: Int32 = 0
    var clicks: Int32 = 0
    var expected = 0.0
    var oracle = 0.0
    var random = 0.0
  }

  /// `weights` is the whole cloud model on every rank, `methods` those of the buckets. With
  /// `simulatesAllBuckets` every user is also served as the other buckets would, at their cost. `groups` are
  /// needed where `methods` have `grouped`.
  package init(
    job: Job, dataset: Dataset, world: SyntheticWorld, weights: Weights, methods: [Method],
    settings: ABTest.Settings, simulatesAllBuckets: Bool, groups: GroupModels? = nil,
    communicator: any Communicator
  ) {
    precondition(groups != nil || !methods.contains(.grouped), "grouped needs its models")
    self.groups = groups
    self.job = job
    self.dataset = dataset
    self.methods = methods
    self.settings = settings
    self.simulatesAllBuckets = simulatesAllBuckets
    self.communicator = communicator
    basis = MethodBasis(
      job.usedMethods(methods), dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    model = UserModel(job: job, dataset: dataset, weights: weights)
    visits = SimulatedVisits(world: world, settings: settings)
    serving = Array(repeating: Served(), count: settings.days)
  }

  /// The bucket of a user: each equally likely, independent of everything else.
  private func bucket(ofUser user: Int) -> Int {
    var random = KeyedRandom(seed: settings.seed ^ RandomPurpose.buckets.key, UInt64(user))
    return random.below(methods.count)
  }

  /// Runs the test. Collective; what it returns is complete on rank 0 only, where `journal` keeps the
  /// outcomes; `name` and `progress` as in `UserQueue`.
  package func run(
    name: String = "simulation", progress: ProgressFeed = .silent, journal: WorkJournal? = nil
  ) throws -> (users: ABTest.Users, days: ABTest.Days, counterfactuals: [Double]?) {
    let count = dataset.users.count
    var users = ABTest.Users(
      row: (0..<count).map(Int32.init), bucket: (0..<count).map { UInt8(bucket(ofUser: $0)) },
      localCTR: (0..<count).map(dataset.localCTR(ofUser:)), diverged: Array(repeating: 0, count: count))
    let cells = communicator.rank == 0 ? count * settings.days : 0
    var days = ABTest.Days(
      impressions: Array(repeating: 0, count: cells), clicks: Array(repeating: 0, count: cells),
      expectedClicks: Array(repeating: 0, count: cells), oracleClicks: Array(repeating: 0, count: cells),
      randomClicks: Array(repeating: 0, count: cells))
    var counterfactuals = Array(
      repeating: 0.0, count: simulatesAllBuckets && communicator.rank == 0 ? count * methods.count : 0)
    var done = Array(repeating: false, count: count)
    try UserQueue(communicator, name: name, progress: progress, journal: journal).run(
      items: count, cost: { 1 + Double(dataset.train.rows(ofUser: $0).count) }, isDone: { done[$0] },
      process: { user, results in try self.process(user: user, into: results) },
      collect: { reader in
        let user = Int(try reader.read(Int32.self))
        guard done.indices.contains(user) else { throw WorkError.foreign }
        users.diverged[user] = try reader.read(UInt8.self)
        for cell in user * self.settings.days..<(user + 1) * self.settings.days {
          let served = try reader.read(Served.self)
          days.impressions[cell] = served.impressions
          days.clicks[cell] = served.clicks
          days.expectedClicks[cell] = served.expected
          days.oracleClicks[cell] = served.oracle
          days.randomClicks[cell] = served.random
        }
        if self.simulatesAllBuckets {
          for bucket in self.methods.indices {
            counterfactuals[user * self.methods.count + bucket] = try reader.read(Double.self)
          }
        }
        done[user] = true
      })
    return (users, days, simulatesAllBuckets ? counterfactuals : nil)
  }

  /// Serves one user, and packs what happened.
  private func process(user: Int, into results: ResultBuffer) throws {
    visits.draw(user: user)
    let own = bucket(ofUser: user)
    var expected = Array(repeating: 0.0, count: methods.count)
    var ownDays = Array(repeating: Served(), count: settings.days)
    var diverged: UInt8 = 0
    if !visits.items.isEmpty {
      model.begin()
      let arena = model.userArena
      let train = dataset.trainReferences(ofUser: user, in: arena)
      let candidates = candidates(ofUser: user)
      model.gather(train, candidates)
      let scores = UnsafeMutableBufferPointer(
        start: arena.take(candidates.count, of: Float.self), count: candidates.count)
      for bucket in simulatesAllBuckets ? methods.indices : own..<own + 1 {
        try score(candidates, train, user: user, methods[bucket], into: scores)
        serve(UnsafeBufferPointer(scores))
        expected[bucket] = serving.reduce(0) { $0 + $1.expected }
        if bucket == own {
          ownDays = serving
          diverged = scores.allSatisfy(\.isFinite) ? 0 : 1
        }
      }
    }
    results.append(diverged)
    for served in ownDays { results.append(served) }
    if simulatesAllBuckets { for sum in expected { results.append(sum) } }
  }

  /// The candidates of all visits, to be scored with the user's whole history. They are no samples of the data set, so
  /// that samples' features are missing.
  private func candidates(ofUser user: Int) -> UnsafeMutableBufferPointer<SampleReference> {
    let count = visits.items.count
    let references = model.userArena.take(count, of: SampleReference.self)
    let events = Int32(dataset.users.eventOffsets[user + 1] - dataset.users.eventOffsets[user])
    for (row, item) in visits.items.enumerated() {
      references[row] = SampleReference(user: Int32(user), item: item, eventPosition: events, label: 0)
    }
    return UnsafeMutableBufferPointer(start: references, count: count)
  }

  /// The logits of `candidates` by the model that `method` makes for the user; a user without training
  /// samples keeps the cloud model.
  private func score(
    _ candidates: UnsafeMutableBufferPointer<SampleReference>,
    _ train: UnsafeMutableBufferPointer<SampleReference>, user: Int, _ method: Method,
    into scores: UnsafeMutableBufferPointer<Float>
  ) throws {
    let localCTR = dataset.localCTR(ofUser: user)
    let group = method == .grouped && !train.isEmpty ? groups?.weights(ofLocalCTR: localCTR) : nil
    model.use(group ?? model.cloud)
    basis.prepare(model, for: method)
    var (share, cloud): (Double, UnsafeMutablePointer<Float>?) = (1, nil)
    let own = train.isEmpty ? .cloud : job.method(method, ofLocalCTR: localCTR)
    if own.fineTunes {
      let rates = basis.rates(
        localCTR: localCTR, samples: train.count,
        predictions: own.correction?.target == .meanPrediction ? try model.logits(of: train) : nil)
      let settings = TuningSettings(job, own, labels: job.labels(of: method, rates))
      share = settings.share
      if share < 1 { cloud = try model.logits(of: candidates) }
      try model.fineTune(train, user: user, settings)
    }
    try basis.score(
      candidates, by: model, method, share: share, cloud: cloud, into: scores.baseAddress!)
  }

  /// Shows the candidates of the highest scores at each visit (ties in the order they were drawn in) and
  /// fills `serving` with what comes of it.
  private func serve(_ scores: UnsafeBufferPointer<Float>) {
    var first = 0
    for day in 0..<settings.days {
      var served = Served()
      for visit in 0..<visits.visitsOfDay[day] {
        let rows = first..<first + settings.candidates
        let probabilities = visits.probabilities
        rank(rows) { scores[$0].isNaN ? -.infinity : scores[$0] }
        for row in order.prefix(settings.shown) {
          served.impressions += 1
          served.expected += probabilities[row]
          if visits.isClicked(row: row, day: day, visit: visit) { served.clicks += 1 }
        }
        served.random +=
          probabilities[rows].reduce(0, +) * Double(settings.shown) / Double(settings.candidates)
        rank(rows) { Float(probabilities[$0]) }
        served.oracle += order.prefix(settings.shown).reduce(0) { $0 + probabilities[$1] }
        first = rows.upperBound
      }
      serving[day] = served
    }
  }

  /// `rows` into `order`, by falling score, ties by row.
  private func rank(_ rows: Range<Int>, by score: (Int) -> Float) {
    order.removeAll(keepingCapacity: true)
    order.append(contentsOf: rows)
    order.sort { (score($0), $1) > (score($1), $0) }
  }
}
