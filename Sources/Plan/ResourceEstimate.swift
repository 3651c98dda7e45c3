import IO
import LCFT
import Models

/// The memory and the disk that a run will need, from the job and the sizes of the data set: what `lcft plan`
/// prints, and what a run compares with the machine before it begins.
///
/// Everything large is counted by its formula; what is left (the program with its libraries, MPI's buffers)
/// is one measured constant. Formulas follow the code that takes the memory, which is named next to each.
package struct ResourceEstimate: Sendable {
  /// Who holds a piece of memory.
  package enum Scope: Sendable {
    /// Every rank.
    case rank
    /// Rank 0, in addition.
    case leader
    /// The ranks of a host together, once.
    case host
  }

  package struct Part: Sendable {
    package var what: String
    package var scope: Scope
    package var bytes: Int
  }

  /// A stage of a run and all that is in memory at its fullest moment.
  package struct Stage: Sendable {
    package var name: String
    package var parts: [Part]

    package func bytes(_ scope: Scope) -> Int {
      parts.reduce(0) { $0 + ($1.scope == scope ? $1.bytes : 0) }
    }
  }

  package private(set) var stages: [Stage] = []
  /// Files in the output folder, and the bytes of each.
  package private(set) var files: [(name: String, bytes: Int)] = []
  /// The program, its libraries and MPI's buffers, per rank.
  package static let program = 46 << 20

  /// For `ranks` ranks; `work` is what the command does. Users' models that are
  /// kept are not among them (`modelsBytes`).
  package init(job: Job, sizes: DatasetSizes, ranks: Int, work: PlannedWork) {
    // A job that does not fit the data set is refused when that is read.
    let fitted = (try? job.fitted(to: sizes.features, file: "")) ?? job
    let need = Needs(job: fitted, sizes: sizes, ranks: ranks)
    let trains = !work.isDisjoint(with: [.training, .searching])
    let tunes = !work.isDisjoint(with: [.fineTuning, .simulation])
    if trains {
      stages.append(Stage(name: "cloud training", parts: need.base + need.training))
      stages.append(Stage(name: "writing a checkpoint", parts: need.base + need.checkpointing))
    }
    if tunes && !trains {
      stages.append(Stage(name: "reading a checkpoint", parts: need.base + need.loading))
    }
    if tunes || work.contains(.searching) {
      stages.append(Stage(name: "fine-tuning", parts: need.base + need.fineTuning))
    }
    if work.contains(.training) {
      // One more exists while it is written.
      files.append(("checkpoints", (job.training.epochs + 1) * need.checkpointFile))
    }
    if work.contains(.fineTuning) { files.append(("results", 2 * need.resultsFile)) }
  }

  /// What the fine-tuned models of `users` users take on disk: dense weights as differences, which deflate to
  /// half at best.
  package static func modelsBytes(job: Job, users: Int, parameters: Int) -> Int {
    users * job.fineTuning.methods.filter(\.fineTunes).count * parameters * 2
  }

  package var diskBytes: Int { files.reduce(0) { $0 + $1.bytes } }

  /// The stage that needs most on a host with `ranks` ranks, rank 0 among them or not.
  package func fullest(ranks: Int, leader: Bool) -> (stage: Stage, bytes: Int) {
    let all = stages.map { ($0, hostBytes($0, ranks: ranks, leader: leader)) }
    guard let most = all.max(by: { $0.1 < $1.1 }) else {
      return (Stage(name: "start", parts: []), ranks * ResourceEstimate.program)
    }
    return most
  }

  /// What the resident set of one rank by itself reaches, shared memory included.
  package func rankBytes(leader: Bool) -> Int { fullest(ranks: 1, leader: leader).bytes }

  private func hostBytes(_ stage: Stage, ranks: Int, leader: Bool) -> Int {
    ranks * stage.bytes(.rank) + (leader ? stage.bytes(.leader) : 0) + stage.bytes(.host)
  }
}

/// The formulas.
private struct Needs {
  let job: Job
  let sizes: DatasetSizes
  let ranks: Int
  let layout: ModelLayout
  /// Of each `RowSpace.index`.
  private let rowCounts: [Int]

  init(job: Job, sizes: DatasetSizes, ranks: Int) {
    self.job = job
    self.sizes = sizes
    self.ranks = ranks
    layout = (try? ModelRegistry.make(job.model))?.layout ?? ModelLayout()
    rowCounts = job.model.features.rowCounts(users: sizes.users, items: sizes.items)
  }

  private var tableBytes: Int {
    layout.tables.reduce(0) { $0 + 4 * rowCounts[$1.space.index] * $1.width }
  }
  private var modelBytes: Int { tableBytes + 4 * (layout.parameterCount + layout.statisticCount) }
  private var stateTableBytes: Int { job.training.optimizer.slots.count * tableBytes }
  private var stateBytes: Int { job.training.optimizer.slots.count * modelBytes }
  private func part(_ what: String, _ bytes: Int, _ scope: ResourceEstimate.Scope = .rank)
    -> ResourceEstimate.Part
  {
    ResourceEstimate.Part(what: what, scope: scope, bytes: bytes)
  }

  private var keepsEvents: Bool { !job.model.features.of(.events).isEmpty }

  /// `Dataset.Histories`: histories of all events are the events themselves, as they are in most data sets.
  private var historyBytes: Int {
    job.model.histories == [.positive]
      ? 0 : job.model.histories.count * ((keepsEvents ? 16 : 8) * sizes.events + 12 * sizes.users)
  }

  /// There from beginning to end. The ranks of a host share what `NodeSharing` holds.
  var base: [ResourceEstimate.Part] {
    [
      part("program", ResourceEstimate.program),
      part("data set", sizes.columnBytes + historyBytes, .host),
      part("dense weights", modelBytes - tableBytes), part("embedding tables", tableBytes, .host),
    ]
  }

  /// `RowNumbering`: a number per row of every row space.
  private var numbering: Int { 4 * rowCounts.reduce(0, +) }

  /// Entries of a sample's history, on average; users with long ones have more samples.
  private var historyEntries: Double {
    let mean = 1.5 * Double(sizes.events) / Double(max(sizes.users, 1))
    return Double(job.model.histories.count) * min(Double(job.historyLength), max(mean, 1))
  }

  /// `Arena` of a pass: values and gradients of the layers, per sample and per pair of a sample and an entry.
  private func passBytes(samples: Double, trains: Bool) -> Int {
    let settings = ModelRegistry.settings(job.model.name)
    let encoded = Double(job.model.encodedItemWidth)
    // Values or numbers of a sample, and its field.
    let features = job.model.features.fields.reduce(0.0) { sum, feature in
      if case .vector(let width) = feature.kind { sum + Double(width) } else { sum + 4 * encoded }
    }
    var perPair = 2 * encoded
    if settings?.attention == true {
      perPair += (1.5 + layerCopies) * Double(job.model.attention.reduce(0, +)) + 2 * encoded
    }
    if settings?.recurrent == true { perPair += 12 * Double(job.model.recurrent) }
    let widths = settings?.hidden == true ? job.model.hidden.reduce(0, +) : 0
    // Values and gradients of normalisations; masks and what they leave.
    let own =
      6.0 + (job.model.batchNormalization ? 2 : 0) + (trains && job.training.dropout > 0 ? 2 : 0)
    let perSample = own * Double(widths) + 16 * encoded + features
    return Int(4 * samples * (perSample + historyEntries * perPair))
  }

  /// What an attention's activation that is a layer keeps per input (`PairActivation`).
  private var layerCopies: Double {
    switch job.model.attentionActivation {
    case .sigmoid: 0
    case .prelu, .relu: 2
    case .dice: 4
    }
  }

  /// `EpochOrder`, `SubmodelBuilder`, gradients, `SparseTreeSum`, the pass's arena.
  var training: [ResourceEstimate.Part] {
    let shards = (job.training.virtualShards + ranks - 1) / ranks
    let batch = Double(min(job.training.batchSize, sizes.trainSamples))
    let touched = min(Double(sizes.items), batch * (1 + historyEntries))
    let width = layout.tables.reduce(0) { $0 + ($1.space == .user ? 0 : $1.width + 4) }
    return [
      part("optimiser's state", stateBytes - stateTableBytes),
      part("optimiser's tables", stateTableBytes, .host),
      part("order of samples", 8 * sizes.trainSamples / ranks),
      part("gradients", 4 * shards * layout.parameterCount),
      part("numbers of rows", numbering + 12 * sizes.users),
      part("sums of rows", Int(touched) * width * 4 * 3),
      part("a step", passBytes(samples: batch / Double(ranks), trains: true)),
    ]
  }

  /// `Checkpoint` holds copies of all tensors.
  var checkpointing: [ResourceEstimate.Part] {
    training + [part("copies for the checkpoint", modelBytes + stateBytes, .leader)]
  }

  /// `CheckpointFile.read`: one rank of a host reads all of it.
  var loading: [ResourceEstimate.Part] {
    [part("copies from the checkpoint", modelBytes + stateBytes, .host)]
  }

  /// `UserModel`, `OutcomeTable`, `Results`, the sorting of all test samples for the pooled AUC.
  var fineTuning: [ResourceEstimate.Part] {
    let methods = job.fineTuning.methods.count
    let users = sizes.users
    let predictions = 4 * methods * sizes.testSamples
    let builders = job.fineTuning.optimizer.slots.isEmpty ? 1 : 2
    var parts = [
      part("numbers of rows", builders * numbering),
      part("a user", 4 << 20),
      part("order of users", 20 * users),
      part("outcomes", (72 * methods + 16) * users + predictions, .leader),
      part(
        "results",
        48 * methods * users + predictions + (sizes.userIDBytes + 120) * users
          + 17 * sizes.testSamples, .leader),
    ]
    if job.fineTuning.methods.contains(.grouped) {
      let groups = job.grouping.edges.isEmpty ? job.grouping.quantiles : job.grouping.edges.count + 1
      parts.append(part("models of groups", groups * modelBytes))
    }
    return parts
  }

  /// Weights are nearly random bits: shuffled and deflated they take nine tenths.
  var checkpointFile: Int { (modelBytes + stateBytes) * 9 / 10 }

  var resultsFile: Int {
    let methods = job.fineTuning.methods.count
    let predictions = job.fineTuning.savePredictions ? sizes.testSamples * (4 * methods + 1) : 0
    return (34 * methods * sizes.users + predictions) * 9 / 10 + 40 * sizes.users
  }
}
