import IO
import LCFT
import Models

/// The memory and the disk that a run will need, from the job and the sizes of the data set: what `lcft plan`
/// prints, and what a run compares with the machine before it begins.
///
/// Everything large is counted by its formula; what is left (the program with its libraries, MPI's buffers)
/// are measured constants. Formulas follow the code that takes the memory, which is named next to each.
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
    /// Whether it may lie in temporary files instead (`Spill`).
    package var maySpill = false
  }

  /// A stage of a run and all that is in memory at its fullest moment.
  package struct Stage: Sendable {
    package var name: String
    package var parts: [Part]

    /// What may lie in temporary files does not count where it does.
    package func bytes(_ scope: Scope, spilled: Bool = false) -> Int {
      parts.reduce(0) { $0 + ($1.scope == scope && !(spilled && $1.maySpill) ? $1.bytes : 0) }
    }

    /// What may lie in temporary files.
    package var spillableBytes: Int { parts.reduce(0) { $0 + ($1.maySpill ? $1.bytes : 0) } }
  }

  package private(set) var stages: [Stage] = []
  /// Files in the output folder, and the bytes of each.
  package private(set) var files: [(name: String, bytes: Int)] = []
  /// The columns of the data set that no work reads.
  private let loadedBytes: Int
  /// A checkpoint with its optimiser's state.
  package let checkpointBytes: Int
  /// The program's files and those of its libraries, which the ranks of a host share.
  package static let programFiles = 40 << 20
  /// What the program and its libraries hold besides, per rank.
  package static let program = 6 << 20
  /// MPI's buffers, per rank where there are several.
  package static let messages = 8 << 20
  /// What so many ranks of a host have taken before they do anything.
  package static func running(ranks: Int) -> Int { programFiles + ranks * program }
  /// What the HDF5 library keeps where files are read and written: on rank 0, in addition.
  package static let ofFiles = 4 << 20

  /// For `ranks` ranks; `work` is what the command does, and `hosts` over how many hosts it spreads the rows of users,
  /// and, with `sharesTables`, those of items and values.
  /// Users' models that are kept are not among them: `modelsBytes`.
  package init(
    job: Job, sizes: DatasetSizes, ranks: Int, hosts: Int = 1, sharesTables: Bool = false, work: PlannedWork
  ) {
    // A job that does not fit the data set is refused when that is read.
    let fitted = (try? job.fitted(to: sizes.features, file: "")) ?? job
    let chooses =
      work.contains(.choosing)
      && (!work.contains(.fineTuning) || fitted.fineTuning.methods.contains(where: \.isChoice))
    let searched = fitted.searchSize(work)
    let need = ResourceNeeds(
      job: fitted, sizes: sizes, ranks: ranks, hosts: hosts, sharesTables: sharesTables && hosts > 1,
      searched: searched, chooses: chooses)
    loadedBytes = sizes.loadedBytes / hosts
    checkpointBytes = need.checkpointFile
    let trains = chooses || !work.isDisjoint(with: [.training, .searching])
    let tunes = !work.isDisjoint(with: [.fineTuning, .simulation])
    if trains {
      stages.append(Stage(name: "cloud training", parts: need.base + need.training))
      stages.append(Stage(name: "writing a checkpoint", parts: need.base + need.checkpointing))
    }
    if tunes && !trains {
      stages.append(Stage(name: "reading a checkpoint", parts: need.base + need.loading))
    }
    // A search keeps AUCs, which are counted apart, and no results.
    let scoring = need.fineTuning.filter { !$0.maySpill }
    if chooses {
      let beside = need.choosing + (work.contains(.training) ? need.anotherModel : [])
      stages.append(
        Stage(name: "the search of methods, training", parts: need.base + need.checkpointing + beside))
      stages.append(Stage(name: "the search of methods", parts: need.base + scoring + beside))
      // Each fold's model stays until the choice is made; one more exists while it is written.
      let models = job.search.choice.folds * (job.validation.last == nil ? 1 : 2) + 1
      files.append(("the models of the folds", models * need.checkpointFile))
    }
    if searched != nil {
      let beside = need.searching + (work.contains(.training) ? need.anotherModel : [])
      stages.append(Stage(name: "the search, training", parts: need.base + need.checkpointing + beside))
      stages.append(Stage(name: "the search", parts: need.base + scoring + beside))
      // Of the search's model, which is there until its tables are; beside it the one that replaces it.
      if work.contains(.training) { files.append(("the model of the search", 2 * need.checkpointFile)) }
    }
    if tunes { stages.append(Stage(name: "fine-tuning", parts: need.base + need.fineTuning)) }
    if work.contains(.training) {
      // One more exists while it is written.
      // The best one, where there is one, is kept besides, and once more while it is written.
      let further = job.validation.last == nil ? 1 : 3
      files.append(("checkpoints", (job.training.epochs + further) * need.checkpointFile))
      files.append(("catalogue.h5", need.catalogueFile))
    }
    if work.contains(.fineTuning) { files.append(("results", 2 * need.resultsFile)) }
  }

  /// What the fine-tuned models of `users` users take on disk: dense weights as differences, which deflate to
  /// half at best.
  package static func modelsBytes(job: Job, users: Int, parameters: Int) -> Int {
    users * job.fineTuning.methods.filter(\.fineTunes).count * parameters * 2
  }

  /// The most that may lie in temporary files in any stage; 0 where nothing may.
  package var spillableBytes: Int { stages.map(\.spillableBytes).max() ?? 0 }

  package var diskBytes: Int { files.reduce(0) { $0 + $1.bytes } }

  /// The stage that needs most on a host with `ranks` ranks, rank 0 among them or not; `spilled`: with all in files that
  /// may be.
  package func fullest(ranks: Int, leader: Bool, spilled: Bool = false) -> (stage: Stage, bytes: Int) {
    let all = stages.map { ($0, hostBytes($0, ranks: ranks, leader: leader, spilled: spilled)) }
    guard let most = all.max(by: { $0.1 < $1.1 }) else {
      return (Stage(name: "start", parts: []), ResourceEstimate.running(ranks: ranks))
    }
    return most
  }

  /// What the resident set of one rank by itself reaches, shared memory included.
  /// A rank that did not load the data set sees only what it works with.
  /// `spilled` as in `fullest`.
  package func rankBytes(leader: Bool, spilled: Bool = false) -> Int {
    fullest(ranks: 1, leader: leader, spilled: spilled).bytes - (leader ? 0 : loadedBytes)
  }

  func hostBytes(_ stage: Stage, ranks: Int, leader: Bool, spilled: Bool) -> Int {
    let own = ranks * stage.bytes(.rank) + stage.bytes(.host)
    guard leader else { return own }
    let working = spilled && stage.spillableBytes > 0 ? SpilledOutcomes.least : 0
    return own + stage.bytes(.leader, spilled: spilled) + working
  }
}
