import Dist
import IO
import LCFT
import Models
import Support

/// Scores what is asked for, user by user on all ranks, and gathers the scores at rank 0. Which rank has a user does not
/// affect them.
final class PredictionRun {
  private let job: Job
  private let dataset: Dataset
  private let asked: AskedPairs
  private let communicator: any Communicator
  private let tuner: UserFineTuner
  /// The places of saved users by their rows; empty where the models are not told apart by name.
  private let savedPlaces: [Int32: Int]
  /// How many of each ranking are kept; nil where nothing is ranked.
  private let top: Int?
  private var methods: Int { job.fineTuning.methods.count }

  // On rank 0.
  /// Without rankings [methods x candidates], in the order of the pairs.
  private let logits: Column<Float>
  /// [methods][users] the best candidates of a user's rankings, one ranking after the other.
  private var best: [[[Ranked]]]
  /// By method: how many users were scored by what.
  private(set) var used: [[UserFineTuner.UsedModel: Int]]

  private struct Ranked: BitwiseCopyable {
    var number: Int32
    var rank: Int32
    var logit: Float
  }

  /// `dataset` is extended by the unknown user and item where there are some; the features of pairs are those of its test
  /// samples. `weights` are whole on every rank.
  init(
    _ job: Job, _ dataset: Dataset, _ asked: AskedPairs, _ weights: Weights, globalCTR: Double,
    groups: GroupModels? = nil, saved: PersonalModelsFile.Reader? = nil, top: Int?,
    communicator: any Communicator
  ) {
    self.job = job
    self.dataset = dataset
    self.asked = asked
    self.top = top
    self.communicator = communicator
    tuner = UserFineTuner(
      job: job, dataset: dataset, weights: weights, globalCTR: globalCTR, groups: groups, saved: saved)
    savedPlaces =
      saved.map { $0.ids == nil ? [:] : Dictionary(zip($0.rows, $0.rows.indices)) { first, _ in first } }
      ?? [:]
    let isFlat = top == nil && communicator.rank == 0
    logits = Column(
      uninitialized: isFlat ? job.fineTuning.methods.count * asked.pairCount * asked.width : 0)
    best = Array(
      repeating: Array(repeating: [], count: asked.users.count), count: job.fineTuning.methods.count)
    used = Array(repeating: [:], count: job.fineTuning.methods.count)
  }

  /// Lets `body` say what else the tuner is to do with each user.
  func prepare(_ body: (UserFineTuner) -> Void) { body(tuner) }

  /// Scores everything. Collective. `progress` as in `UserQueue`.
  func run(progress: ProgressFeed = .silent) throws {
    var isDone = [Bool](repeating: false, count: asked.users.count)
    try UserQueue(communicator, name: "scores", progress: progress, journal: nil).run(
      items: asked.users.count, cost: cost, isDone: { isDone[$0] },
      process: { try self.process($0, into: $1) },
      collect: { reader in
        let user = Int(try reader.read(Int32.self))
        guard isDone.indices.contains(user) else { throw WorkError.foreign }
        try self.collect(user, &reader)
        isDone[user] = true
      })
  }

  private func cost(_ user: Int) -> Double {
    let row = Int(asked.userRow[user])
    let scoring = Double(asked.count(ofUser: user)) * (1 + 0.1 * Double(job.historyLength))
    let fineTunes = tuner.saved == nil && job.fineTuning.methods.contains(where: \.fineTunes)
    return 1 + scoring + (fineTunes ? dataset.cost(ofUser: row, job: job) : 0)
  }

  private func process(_ user: Int, into results: ResultBuffer) throws {
    let makeSamples = { (arena: Arena) in
      self.asked.samples(ofUser: user, firstRow: self.dataset.train.count, in: arena)
    }
    try tuner.score(
      user: Int(asked.userRow[user]), mayBeSaved: mayBeSaved(user), makeSamples,
      emit: { _, used, logits in
        results.append(used.rawValue)
        guard let top else { return results.append(contentsOf: logits) }
        let ranked = self.ranked(logits, of: user, top)
        results.append(Int32(ranked.count))
        ranked.withUnsafeBufferPointer { results.append(contentsOf: $0) }
      })
  }

  /// Saved models of a user who has no row are those of the user of that name alone.
  private func mayBeSaved(_ user: Int) -> Bool {
    guard let ids = tuner.saved?.ids, let place = savedPlaces[asked.userRow[user]] else { return true }
    return ids[place] == asked.users[user]
  }

  /// The best of each ranking: all candidates of a user, or with all items those of each pair. Of equal ones the first
  /// comes first; what is no number comes last.
  private func ranked(_ logits: UnsafeBufferPointer<Float>, of user: Int, _ top: Int) -> [Ranked] {
    let size = asked.item == nil ? asked.width : logits.count
    var all: [Ranked] = []
    for start in stride(from: 0, to: logits.count, by: max(size, 1)) {
      let order = (start..<start + size).sorted { first, second in
        let (a, b) = (logits[first], logits[second])
        if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? first < second : b.isNaN }
        return a == b ? first < second : a > b
      }
      for (rank, number) in order.prefix(top).enumerated() {
        all.append(Ranked(number: Int32(number), rank: Int32(rank + 1), logit: logits[number]))
      }
    }
    return all
  }

  private func collect(_ user: Int, _ reader: inout ResultReader) throws {
    let count = asked.count(ofUser: user)
    var own = [Float](repeating: 0, count: top == nil ? count : 0)
    for method in 0..<methods {
      guard let used = UserFineTuner.UsedModel(rawValue: try reader.read(UInt8.self)) else {
        throw WorkError.foreign
      }
      self.used[method][used, default: 0] += 1
      guard top == nil else {
        for _ in 0..<Int(try reader.read(Int32.self)) {
          let ranked = try reader.read(Ranked.self)
          guard (0..<count).contains(Int(ranked.number)) else { throw WorkError.foreign }
          best[method][user].append(ranked)
        }
        continue
      }
      try own.withUnsafeMutableBufferPointer { try reader.read(into: $0) }
      let start = method * asked.pairCount * asked.width
      for number in 0..<count {
        let (pair, item) = asked.candidate(number, ofUser: user)
        logits.values[start + pair * asked.width + (asked.item == nil ? item : 0)] = own[number]
      }
    }
  }

  /// What a file of the scores says, by the models of `served`, on rank 0.
  func predictions(of served: ServedModel, checkpointDigest: String) -> Predictions {
    Predictions(
      users: asked.users, items: asked.items, methods: served.methodNames, rows: rows(),
      hasTimes: asked.time != nil, isRanked: top != nil, model: job.model.name,
      datasetDigest: served.outline.datasetDigest, checkpointDigest: checkpointDigest)
  }

  private func rows() -> [Predictions.Row] {
    var rows: [Predictions.Row] = []
    func append(_ method: Int, _ user: Int, _ pair: Int, _ item: Int, rank: Int32, _ logit: Float) {
      rows.append(
        Predictions.Row(
          user: Int32(user), item: Int32(item), method: Int32(method), rank: rank,
          time: asked.time?[pair] ?? 0, logit: logit))
    }
    guard top == nil else {
      for method in 0..<methods {
        for user in 0..<asked.users.count {
          for ranked in best[method][user] {
            let (pair, item) = asked.candidate(Int(ranked.number), ofUser: user)
            append(method, user, pair, item, rank: ranked.rank, ranked.logit)
          }
        }
      }
      return rows
    }
    let userOfPair = Column<Int32>(uninitialized: asked.pairCount)
    for user in 0..<asked.users.count {
      for place in Int(asked.offsets[user])..<Int(asked.offsets[user + 1]) {
        userOfPair.values[Int(asked.pairs[place])] = Int32(user)
      }
    }
    rows.reserveCapacity(logits.count)
    for method in 0..<methods {
      for pair in 0..<asked.pairCount {
        for place in 0..<asked.width {
          append(
            method, Int(userOfPair[pair]), pair, asked.item.map { Int($0[pair]) } ?? place, rank: 0,
            logits[(method * asked.pairCount + pair) * asked.width + place])
        }
      }
    }
    return rows
  }
}
