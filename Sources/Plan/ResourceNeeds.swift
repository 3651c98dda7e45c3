import IO
import LCFT
import Models
import Studies

/// The formulas of `ResourceEstimate`.
struct ResourceNeeds {
  let job: Job
  let sizes: DatasetSizes
  let ranks: Int
  /// Hosts over which the rows of users are spread; 1 where every host has all. `sharesTables`: those of items and values as
  /// well.
  let hosts: Int
  let sharesTables: Bool
  /// The points of a search of settings or labels that are tried, and its columns of outcomes; nil: there is none.
  let searched: (points: Int, columns: Int)?
  /// Whether methods are chosen on held-out samples.
  let chooses: Bool
  let layout: ModelLayout
  /// Of each `RowSpace.index`.
  private let rowCounts: [Int]

  init(
    job: Job, sizes: DatasetSizes, ranks: Int, hosts: Int, sharesTables: Bool = false,
    searched: (points: Int, columns: Int)?, chooses: Bool = false
  ) {
    self.searched = searched
    self.hosts = hosts
    self.sharesTables = sharesTables
    self.chooses = chooses
    self.job = job
    self.sizes = sizes
    self.ranks = ranks
    layout = (try? ModelRegistry.make(job.model))?.layout ?? ModelLayout()
    rowCounts = job.model.features.rowCounts(users: sizes.users, items: sizes.items)
  }

  private var tableBytes: Int {
    layout.tables.reduce(0) { $0 + 4 * rowCounts[$1.space.index] * $1.width }
  }
  /// What a host has of them.
  private var hostTableBytes: Int {
    layout.tables.reduce(0) { bytes, table in
      let own = 4 * rowCounts[table.space.index] * table.width
      return bytes + (table.space == .user || sharesTables ? share(own) : own)
    }
  }
  /// A host's part of what is spread, somewhat more than an equal one: shards are whole blocks of users.
  func share(_ bytes: Int) -> Int { hosts == 1 ? bytes : bytes / hosts * 11 / 10 }
  var modelBytes: Int { tableBytes + 4 * (layout.parameterCount + layout.statisticCount) }
  private var stateTableBytes: Int { job.training.optimizer.slots.count * hostTableBytes }
  var stateBytes: Int { job.training.optimizer.slots.count * modelBytes }
  func part(
    _ what: String, _ bytes: Int, _ scope: ResourceEstimate.Scope = .rank, maySpill: Bool = false
  ) -> ResourceEstimate.Part {
    ResourceEstimate.Part(what: what, scope: scope, bytes: bytes, maySpill: maySpill)
  }

  private var keepsEvents: Bool { !job.model.features.of(.events).isEmpty }

  /// `Dataset.Histories`: histories of all events are the events themselves, as they are in most data sets.
  private var historyBytes: Int {
    job.model.histories == [.positive]
      ? 0 : job.model.histories.count * ((keepsEvents ? 16 : 8) * sizes.events + 4 * sizes.users)
  }

  /// There from beginning to end. The ranks of a host share what `NodeSharing` holds.
  var base: [ResourceEstimate.Part] {
    [
      part("program", ResourceEstimate.program + (ranks > 1 ? ResourceEstimate.messages : 0)),
      part("files of the program and its libraries", ResourceEstimate.programFiles, .host),
      part("reading and writing files", ResourceEstimate.ofFiles, .leader),
      part(
        "data set",
        sizes.columnBytes - sizes.rowBytes - sizes.nameBytes
          + share(sizes.rowBytes + sizes.nameBytes + historyBytes), .host),
      part("names of all users", hosts == 1 ? 0 : sizes.nameBytes, .leader),
      part("dense weights", modelBytes - tableBytes), part("embedding tables", hostTableBytes, .host),
    ]
  }

  /// `RowNumbering`: a number per row of every row space.
  var numbering: Int {
    4
      * rowCounts.enumerated().reduce(0) {
        $0 + ($1.offset == RowSpace.user.index ? share($1.element) : $1.element)
      }
  }

  /// Entries of a sample's histories, on average.
  private var historyEntries: Double {
    let limit = job.model.histories.count * job.historyLength
    // Histories of several kinds share the user's events.
    let positives = sizes.positions.positiveShare ?? 1
    let means = job.model.histories.compactMap { kind in
      let share = kind == .positive || kind == .actions ? positives : 1 - positives
      return sizes.positions.meanHistory(limit: job.historyLength, share: share)
    }
    if !means.isEmpty { return max(1.1 * means.reduce(0, +), 1) }
    // Users with many events have more samples.
    let mean = 1.5 * Double(sizes.events) / Double(max(sizes.users, 1))
    return min(Double(limit), max(mean, 1))
  }

  /// A step's batch, the next one's, and its pass, forward and backward. Histories of different users have no entry in
  /// common, those of one user may have all.
  private func step(samples: Double) -> Int {
    let pairs = samples * historyEntries
    let entries = min(pairs, Double(sizes.events))
    let pass = PassMemory(job, trains: true)
    return PassMemory.held(
      pass.forward(samples: samples, pairs: pairs, entries: entries, shards: Double(shardsOfRank))
        + pass.backward(samples: samples, pairs: pairs, entries: entries)
        + 2 * pass.batch(samples: samples, entries: entries))
  }

  /// `UserModel` on the user with the most samples: all batches of a fine-tuning and of the scoring are kept; the largest
  /// pass is a batch of the scoring, or the first look at all samples; `FirstStep` keeps a step, or the scoring of a
  /// user whose test samples are one batch.
  var largestUser: Int {
    let (user, pass, tuning) = (sizes.largestUser, PassMemory(job), job.fineTuning)
    let (train, test) = (Double(user.trainSamples), Double(user.testSamples))
    // Of a sample, and of all samples of a batch together.
    let events = Double(user.events)
    let length = min(Double(job.model.histories.count * job.historyLength), events)
    func entries(_ samples: Double) -> Double { min(samples * length, events) }
    func batches(_ samples: Double, of size: Int) -> Double {
      let one = min(samples, Double(size))
      guard one > 0 else { return 0 }
      return samples / one * pass.batch(samples: one, entries: entries(one))
    }
    let scoring = UserModel.scoringBatch
    let kept =
      passes.reduce(batches(test, of: scoring)) { $0 + Double($1.value) * batches(train, of: $1.key) }
      + (tuning.losses ? batches(train, of: scoring) : 0)
    let size = passes.keys.max() ?? 1
    func forward(_ samples: Double) -> Double {
      pass.forward(samples: samples, pairs: samples * length, entries: entries(samples))
    }
    let (scored, step) = (min(max(train, test), Double(scoring)), min(train, Double(size)))
    let stepped =
      forward(step) + pass.backward(samples: step, pairs: step * length, entries: entries(step))
    let rows =
      Double(layout.tables.reduce(0) { $0 + $1.width } * (2 + builders)) * 4 * (train + test + events)
    // `FirstStep` sums the gradients of up to three fine-tunings, or of a basis, and keeps weights transposed.
    let sums = 4 * 4 * Double(layout.parameterCount)
    return PassMemory.held(
      kept + rows + sums + max(stepped, forward(min(test, Double(scoring))))
        + max(forward(scored), stepped, pass.batch(samples: train, entries: entries(train))))
  }

  /// By batch size the most epochs of a fine-tuning, and of a search where there is one.
  private var passes: [Int: Int] {
    let tuning = job.fineTuning
    var passes: [Int: Int] = [:]
    func add(_ settings: TuningOverrides?) {
      passes[settings?.batchSize ?? tuning.batchSize, default: 0].raise(to: settings?.epochs ?? tuning.epochs)
    }
    let tried = chooses ? job.search.choice.methods : []
    for method in job.tunedMethods(tuning.methods) + tried where method.fineTunes {
      add(job.tuning(of: method))
    }
    guard searched != nil else { return passes }
    for size in job.search.batchSizes ?? [tuning.batchSize] {
      for epochs in job.search.epochs ?? [tuning.epochs] {
        add(TuningOverrides(learningRate: nil, epochs: epochs, batchSize: size))
      }
    }
    return passes
  }

  /// `SubmodelBuilder`s of a `UserModel`.
  var builders: Int { job.fineTuning.optimizer.slots.isEmpty ? 1 : 2 }

  /// Virtual shards of the rank that has the most.
  private var shardsOfRank: Int { (job.training.virtualShards + ranks - 1) / ranks }

  /// `EpochOrder`, `SubmodelBuilder`, gradients, `SparseTreeSum`, the arenas of the batches and the pass.
  var training: [ResourceEstimate.Part] {
    let shards = shardsOfRank
    let batch = Double(min(job.training.batchSize, sizes.trainSamples))
    // Rows that so many parts of a batch touch, one of them.
    func touched(_ parts: Int) -> Int {
      Int(min(Double(sizes.items), batch / Double(parts) * (1 + historyEntries)))
    }
    // A rank's own rows twice, before and after they are joined, and the sum's.
    let summed = 2 * touched(ranks) + (sharesTables ? touched(hosts) : touched(1))
    let width = layout.tables.reduce(0) { $0 + ($1.space == .user ? 0 : $1.width + 4) }
    return [
      part("optimiser's state", job.training.optimizer.slots.count * (modelBytes - tableBytes)),
      part("optimiser's tables", stateTableBytes, .host),
      part("order of samples", 8 * sizes.trainSamples / ranks),
      part("gradients", 4 * shards * layout.parameterCount),
      part("numbers of rows", numbering + 12 * sizes.users),
      part("sums of rows", summed * width * 4),
      part("rows of other hosts", sharesTables ? touched(hosts) * width * 4 : 0, .host),
      part("a step", step(samples: batch / Double(ranks))),
    ] + (job.validation.last == nil ? [] : [part("samples, some held out", heldOut, .host)])
  }

  /// `Dataset.holdingOut`: the training samples once more, without their features.
  private var heldOut: Int { 9 * sizes.trainSamples + 16 * sizes.users }

  /// What a fold holds out, and its outcomes, `SearchScores` and `MethodChoiceTable.Measured`.
  var choosing: [ResourceEstimate.Part] {
    let (folds, tried) = (job.search.choice.folds, job.search.choice.methods.count)
    return [
      part("samples, some held out", heldOut, .host),
      part(
        "outcomes of the folds",
        sizes.users * (8 * SearchPlan.ofChoice(job).points.count + folds * (20 + 16 * (tried + 1))),
        .leader),
    ]
  }

  /// What a search holds out, `SearchScores` and the columns of them that are compared.
  var searching: [ResourceEstimate.Part] {
    guard let searched else { return [] }
    return [
      part("samples, some held out", heldOut, .host),
      part("users of the search", 16 * sizes.users),
      part("outcomes of the search", sizes.users * 8 * (searched.points + 2 * searched.columns), .leader),
    ]
  }

  /// A cloud model beside the one that is counted.
  var anotherModel: [ResourceEstimate.Part] {
    [part("the cloud model", tableBytes, .host), part("its dense weights", modelBytes - tableBytes)]
  }

  /// `CheckpointFile` writes and reads a few pieces of a tensor at a time.
  var checkpointing: [ResourceEstimate.Part] { training + [part("pieces of tensors", 16 << 20, .leader)] }

  var loading: [ResourceEstimate.Part] { [part("pieces of tensors", 8 << 20, .host)] }
}

extension Int {
  fileprivate mutating func raise(to other: Int) { self = Swift.max(self, other) }
}
