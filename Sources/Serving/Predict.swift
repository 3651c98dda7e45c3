import Dist
import IO
import Import
import LCFT
import Models
import Runs
import Support

/// `lcft predict`: scores pairs by the cloud model, a group's model or users' own models, over all ranks, with the same
/// bits on any number of them.
package struct Predict {
  package struct Options: Sendable {
    package var checkpoint: String
    /// The file of pairs.
    package var pairs: String
    package var output: String
    package var columns = KnownTable.Columns()
    /// Whether every row stands for all items.
    package var allItems = false
    /// How many of each user's best candidates are kept; nil for all, unranked.
    package var top: Int?
    package var methods: [Method]?
    package var catalogue: String?
    package var data: String?
    package var models: String?
    package var job: String?
    package var labels: String?
    package var choice: String?
    package var settings: String?
    package var overwrites = false

    package init(checkpoint: String, pairs: String, output: String) {
      self.checkpoint = checkpoint
      self.pairs = pairs
      self.output = output
    }

    fileprivate var files: ServedModel.Files {
      ServedModel.Files(
        checkpoint: checkpoint, catalogue: catalogue, data: data, models: models, job: job, labels: labels,
        choice: choice, settings: settings)
    }
  }

  private let options: Options
  private let communicator: any Communicator
  private let sharing: NodeSharing
  private let scores: ScoresFile
  private let served: ServedModel
  private let asked: AskedData
  private let job: Job

  private var leads: Bool { communicator.rank == 0 }

  /// Reads everything but the weights, and changes nothing. Throws, on every rank alike, if any of it is wrong.
  /// Collective.
  package init(_ given: Options, _ communicator: any Communicator) throws {
    var options = given
    options.checkpoint = try communicator.collectively { try RunFolder.cloudCheckpoint(at: given.checkpoint) }
    self.options = options
    self.communicator = communicator
    let files = options.files
    scores = try communicator.collectively {
      let scores = try ScoresFile(
        OutputFile(
          options.output, inputs: [options.pairs] + files.allOfRun(), overwrites: options.overwrites)
      )
      if communicator.rank == 0 { try scores.output.check() }
      return scores
    }
    let served = try communicator.collectively {
      let served = try ServedModel(files, methods: options.methods) { _ in [.cloud] }
      for method in served.job.fineTuning.methods where options.data == nil {
        let name = method.rawValue
        if method == .popularity { throw ServingError.needsAllSamples(method: name) }
        if options.models != nil { continue }
        if method.fineTunes { throw ServingError.nothingToFineTune(method: name) }
        if method == .grouped { throw ServingError.noGroups(method: name) }
      }
      return served
    }
    self.served = served
    sharing = try NodeSharing(communicator)
    if let warning = sharing.warning { StandardError.write("rank \(communicator.rank): \(warning)\n") }
    asked = try sharing.once { try Predict.read(options, served, in: $0) }
    let data = asked
    job = try communicator.collectively { try served.fitted(to: data.dataset) }
  }

  private static func read(
    _ options: Options, _ served: ServedModel, in memory: any MemorySource
  ) throws -> AskedData {
    let known: (dataset: Dataset, globalCTR: Double, utcOffset: Int64, sameTime: SameTime)
    if let file = options.data {
      let dataset = try served.dataset(file, in: memory)
      let offset = dataset.provenance.settings["utc_offset"].flatMap { Int64($0) } ?? 0
      known = (dataset, dataset.globalCTR, offset, dataset.sameTime)
    } else {
      let catalogue = try served.catalogue(in: memory)
      known = (
        try catalogue.emptyDataset(in: memory), catalogue.globalCTR, catalogue.utcOffset, catalogue.sameTime
      )
    }
    var columns = options.columns
    columns.reading = LogReading(of: known.dataset)
    columns.user.need = .required
    columns.item.need = options.allItems ? .none : .required
    let table = try KnownTable(
      options.pairs, columns, known.dataset.features, of: [.samples], utcOffset: known.utcOffset)
    let names = KnownRowNumbers(users: table.users, items: table.items, in: known.dataset)
    let pairs = try AskedPairs(
      table, names, HistoryRule(dataset: known.dataset, sameTime: known.sameTime),
      allItems: options.allItems, in: memory)
    // Saved models may hold rows of unknown items.
    let mayHoldUnknown = options.models != nil
    var dataset = try known.dataset.askingFeatures(of: table, in: memory).addingUnknown(
      user: mayHoldUnknown || names.newUsers > 0, item: mayHoldUnknown || names.newItems > 0, in: memory)
    dataset.histories = try served.fitted(to: dataset).histories(of: dataset, in: memory)
    var account = table.account(names, hasUsers: true, hasItems: !options.allItems)
    account.append(
      accountLine(
        "histories",
        options.data == nil
          ? "empty: no data set is given (--data)"
          : "of \(options.data ?? "") "
            + (table.time.isEmpty ? "after each user's last event" : "at the times of the pairs")))
    return AskedData(
      dataset: dataset, pairs: pairs, globalCTR: known.globalCTR, account: account, newUsers: names.newUsers)
  }

  /// What `run` would do.
  package func preview() -> String {
    let pairs = asked.pairs
    let what =
      options.allItems
      ? "\(counted(pairs.pairCount, "row")) with all \(counted(pairs.items.count, "item"))"
      : counted(pairs.pairCount, "pair")
    let work =
      "score \(what) of \(counted(pairs.users.count, "user")) by \(job.model.name) under "
      + served.methodNames.joined(separator: ", ")
      + (options.top.map { ", and keep each \(options.allItems ? "row's" : "user's") best \($0)" } ?? "")
    let text = dryRunText([
      ("read", [options.pairs] + options.files.all), ("do", [work]), ("write", [options.output]),
      ("replace", [FileStatus.State(options.output) == nil ? "nothing" : options.output]),
    ])
    return ([text] + asked.account).joined(separator: "\n")
  }

  /// Scores and writes. Returns the account on rank 0. Collective.
  package func run() throws -> [String] {
    let (weights, digest) = try ServedModel.weights(options.checkpoint, job, asked.dataset, sharing)
    let run = PredictionRun(
      job, asked.dataset, asked.pairs, weights, globalCTR: asked.globalCTR,
      groups: job.fineTuning.methods.contains(.grouped) ? try groups(weights, digest) : nil,
      saved: served.saved, top: options.top, communicator: communicator)
    try run.run(progress: leads ? .standardError : .silent)
    return try communicator.collectively {
      guard leads else { return [] }
      let predictions = run.predictions(of: served, checkpointDigest: digest)
      try scores.write(predictions)
      return asked.account
        + (served.outline.group == nil ? run.account(served.methodNames) : [])
        + ["\(options.output): \(counted(predictions.rows.count, "score")) by \(job.model.name)"]
    }
  }

  /// The models of the job's groups, which lie beside the checkpoint; the cloud model stands in for a group without users.
  private func groups(_ cloud: Weights, _ digest: String) throws -> GroupModels {
    let groups = try communicator.collectively { UserGroups(job.grouping, of: asked.dataset) }
    let folder = FileStatus.folder(of: options.checkpoint)
    var models: [Weights] = []
    for (index, users) in groups.users.enumerated() {
      guard !users.isEmpty else {
        models.append(cloud)
        continue
      }
      let name = groups.intervals.name(index)
      let file = "\(folder)/group-\(name).h5"
      try communicator.collectively {
        guard FileStatus.State(file) != nil else { throw ServingError.noGroup(file: file, group: name) }
      }
      let loaded = try ServedModel.weights(file, job, asked.dataset, sharing) { checkpoint in
        let earlier = try Job.parse(checkpoint.job, file: "\(file):/job")
        try Journal.check(earlier.groupingSettings, are: job.groupingSettings, file: file)
        guard checkpoint.group?.cloudDigest == digest else {
          throw RunError.otherResults(file: file, what: "cloud model")
        }
      }
      models.append(loaded.weights)
    }
    return GroupModels(intervals: groups.intervals, weights: models)
  }
}

extension PredictionRun {
  /// By what users were scored, on rank 0.
  func account(_ names: [String]) -> [String] {
    zip(names, used).compactMap { name, used -> String? in
      let all = used.values.reduce(0, +)
      if let method = Method(rawValue: name), !method.fineTunes, method != .grouped { return nil }
      let (own, group) = (used[.own] ?? 0, used[.group] ?? 0)
      var parts: [String] = []
      if own > 0 { parts.append("\(own) by a model of their own") }
      if group > 0 { parts.append("\(group) by their group's") }
      if let cloud = used[.cloud] { parts.append("\(cloud) by the cloud model, as they have no other") }
      if let diverged = used[.cloudForDiverged] {
        parts.append("\(diverged) by the cloud model, as their fine-tuning diverged: lower its learning rate")
      }
      return accountLine(name, "\(counted(all, "user")): " + parts.joined(separator: ", "))
    }
  }
}
