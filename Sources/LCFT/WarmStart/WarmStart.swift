import IO
import Models
import Support

/// How a training goes on from the model of an earlier one, on a data set whose users, items and values may be others:
/// which row of the earlier tables each row of the new ones goes on from. Rows are matched by identifiers and values.
package struct WarmStart {
  /// The choice, the earlier trainings' lengths and what becomes of the rows. Whether an unknown row is kept is found when
  /// the weights are taken over.
  package private(set) var parent: Checkpoint.Parent
  let choice: WarmStartChoice
  let seed: UInt64
  /// What new rows are drawn from, as in a training by itself.
  let embeddings: Initializer
  let file: String
  /// By `RowSpace.index`; nil for spaces without a table.
  let matches: [RowMatch?]
  private let names: [String]

  /// For a `job` that is fitted to `dataset`, the file `data`. `checkpoint`, at `file`, may be an outline, `digest` is
  /// that of its content, and `catalogue` says what its rows are. Throws `WarmStartError` and `CheckpointMismatch.model`
  /// where the model is another, and what parsing its job throws.
  package init(
    _ choice: WarmStartChoice, _ job: Job, on dataset: Dataset, data: String, from checkpoint: Checkpoint,
    digest: String, catalogue: Catalogue, file: String
  ) throws {
    guard checkpoint.group == nil else {
      throw WarmStartError.group(file: file, name: checkpoint.group?.name ?? "")
    }
    guard checkpoint.model == job.model.name else {
      throw CheckpointMismatch.model(file: file, found: checkpoint.model, wanted: job.model.name)
    }
    let earlier = try Job.parse(checkpoint.job, file: "\(file):/job")
      .fitted(to: catalogue.features.outlines, file: file)
    try WarmStart.check(earlier, is: job, file: file, data: data)
    if choice.optimizer == .kept, earlier.training.optimizer.name != job.training.optimizer.name {
      throw WarmStartError.optimizer(
        file: file, found: earlier.training.optimizer.name, wanted: job.training.optimizer.name)
    }
    let progress = checkpoint.progress
    guard max(progress.epoch, progress.step) <= Checkpoint.Parent.mostSteps else {
      throw WarmStartError.progress(file: file)
    }

    let changed = try WarmStart.changedNumbers(
      job, dataset.features, data: data, from: catalogue.features, file: file)
    self.choice = choice
    self.file = file
    seed = job.seed
    embeddings = job.training.embeddings
    let layout = job.makeModel().layout
    let used = Set(layout.tables.map(\.space) + layout.denseTables.map(\.space))
    let spaces = job.model.features.spaces
    matches = try spaces.map { space in
      guard used.contains(space) else { return nil }
      switch space {
      case .user: return RowMatch(dataset.users.id, in: catalogue.users)
      case .item: return RowMatch(dataset.items.id, in: catalogue.items)
      case .values(let table):
        return try WarmStart.match(
          table, of: job, dataset.features, data: data, in: catalogue.features, file: file)
      }
    }
    names = spaces.map { space in
      switch space {
      case .user: "users"
      case .item: "items"
      case .values(let table): WarmStart.name(ofTable: table, job)
      }
    }
    let before = checkpoint.parent
    parent = Checkpoint.Parent(
      digest: digest, datasetDigest: checkpoint.datasetDigest, optimizer: choice.optimizer.rawValue,
      newRows: choice.newRows.rawValue,
      // An epoch under way has used its order.
      epochs: (before?.epochs ?? 0) + progress.epoch + (progress.shardLosses.isEmpty ? 0 : 1),
      steps: (before?.steps ?? 0) + progress.step,
      optimizerSteps: choice.optimizer == .reset ? 0 : (before?.optimizerSteps ?? 0) + progress.step,
      changedNumbers: changed, rows: [])
    setRows(trained: [])
  }

  /// Fills in what becomes of the rows; `trained` are the indices of the row spaces whose unknown row was trained.
  mutating func setRows(trained: Set<Int>) {
    parent.rows = matches.indices.compactMap { index in
      matches[index]?.account(names[index], trained: trained.contains(index))
    }
  }

  static func name(ofTable table: Int, _ job: Job) -> String {
    EarlierTraining.tablePrefix + job.model.features.tables[table].name
  }

  /// The match of the rows of a table of features.
  private static func match(
    _ table: Int, of job: Job, _ features: Features, data: String, in earlier: Features, file: String
  ) throws -> RowMatch {
    guard let feature = job.model.features.all.first(where: { $0.table == table }),
      let owner = FeatureOwner(rawValue: feature.owner.rawValue),
      let new = features.feature(owner, feature.name), let old = earlier.feature(owner, feature.name)
    else { preconditionFailure("both models take the feature") }
    let (found, wanted) = (earlier.rowsText(of: old), features.rowsText(of: new))
    guard found == wanted else {
      throw WarmStartError.rows(
        file: file, table: name(ofTable: table, job), found: found, data: data, wanted: wanted)
    }
    guard let vocabulary = features.vocabulary(of: new), let earlierVocabulary = earlier.vocabulary(of: old)
    else { return RowMatch(intervals: new.edges, in: old.edges) }
    return RowMatch(vocabulary, in: earlierVocabulary)
  }
}

extension Features {
  /// How a value of the feature finds its row.
  fileprivate func rowsText(of feature: Feature) -> String {
    guard let vocabulary = vocabulary(of: feature) else { return "intervals of a number" }
    return vocabulary.values == nil ? "hashed into \(counted(vocabulary.tableRows, "row"))" : "listed"
  }
}

extension Feature {
  /// Between the intervals that a model makes of a number; none for other features.
  fileprivate var edges: [Double] {
    guard case .numeric(let steps) = kind, case .quantiles(let edges)? = steps.last else { return [] }
    return edges
  }
}
