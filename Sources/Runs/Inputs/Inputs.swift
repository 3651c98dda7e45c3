import Dist
import Foundation
import IO
import LCFT
import Models
import Plan
import Support
import YAML

/// What a command works on, the same on every rank: the job, fitted to the data set, and the data set, held
/// once per host.
package struct Inputs {
  package var job: Job
  package let dataset: Dataset
  /// Identity of the data set's content.
  package let datasetDigest: String
  package let dataPath: String
  /// What the run will need; nil where the data set's sizes could not be read in advance.
  package let estimate: ResourceEstimate?
  /// On rank 0, where the memory has no room for the outcomes of all users.
  let spilledOutcomes: SpilledOutcomes?
  /// Which hosts have which users' rows; nil where every host has all.
  let spread: SpreadUsers?
  /// The models that the job was read from, where it was read from saved models.
  let savedModels: PersonalModelsFile.Reader?

  /// The tables that were found in the output folder, none of which the command line or the job names.
  var fromFolder: RunOutputs = []

  /// What the command line adds to the job and the data set.
  package struct Options {
    /// Instead of the job's methods.
    package var methods: [Method]?
    /// The file of settings by method that a search wrote.
    package var settings: String?
    /// The table of hard correction's labels, instead of the job's or the output folder's.
    package var labels: String?
    /// The choice of methods, instead of the output folder's.
    package var choice: String?
    /// Methods that need the table or the choice, where these are not the job's.
    package var labelledMethods: [Method]?
    /// Whether a missing table, choice or search of settings is an error; otherwise the command makes one.
    package var requiresLabels = true
    /// Whether users are fine-tuned with the job's settings of single methods.
    package var tunes = true
    /// What needs the rows of all users on every host, as the user names it; nil where the command works with the rows of
    /// a host's own users.
    package var needsAllRows: String? = "this command"

    package init(
      methods: [Method]? = nil, settings: String? = nil, labels: String? = nil, choice: String? = nil,
      labelledMethods: [Method]? = nil, requiresLabels: Bool = true, tunes: Bool = true,
      needsAllRows: String? = "this command"
    ) {
      self.tunes = tunes
      self.needsAllRows = needsAllRows
      self.methods = methods
      self.settings = settings
      self.labels = labels
      self.choice = choice
      self.labelledMethods = labelledMethods
      self.requiresLabels = requiresLabels
    }
  }

  /// Reads the job, the data set and what searches found, and changes nothing. Throws, on every rank alike,
  /// if any of them is wrong, and `LimitError` where the run cannot fit. Collective.
  package init(
    job source: JobSource, dataPath: String, _ options: Options = Options(), in session: Session
  ) throws {
    let communicator = session.communicator
    session.reads([source.file, dataPath, options.settings])
    let content = try communicator.collectively { try source.read(mustExist: session.leads) }
    // Rank 0's job file is the job: hosts may hold different versions of it.
    let text = try communicator.broadcast(content?.text ?? "", from: 0)
    savedModels = content?.models
    let own = try communicator.broadcast(content?.methods.joined(separator: ",") ?? "", from: 0)
    var job = try Job.parse(text, file: source.path)
    try communicator.collectively { try job.take(content?.findings ?? SearchFindings(), file: source.file) }
    let saved = own.split(separator: ",").compactMap { Method(rawValue: String($0)) }
    if let methods = options.methods ?? (saved.isEmpty ? nil : saved) { job.fineTuning.methods = methods }
    let search = try Inputs.findSettings(options, into: &job, session)
    if options.settings == nil, try session.leaderFinds(!job.findings.settings.isEmpty && savedModels == nil)
    {
      fromFolder.insert(.search)
    }
    try communicator.collectively {
      _ = try ShardMap(shards: job.training.virtualShards, ranks: communicator.size)
    }
    let layout = try HostLayout(communicator, node: session.sharing.node)
    let hasHosts = layout.count > 1
    let obstacle = hasHosts ? try Inputs.obstacleToSpreading(job, options, dataPath, communicator) : nil
    let spreads = hasHosts && obstacle == nil
    let eachHost = "each of the \(layout.count) hosts has"
    if let obstacle { session.say("\(eachHost) the whole data set, as \(obstacle)") }
    let (estimate, spilled, sharesTables) = try Inputs.checkLimits(
      job, dataPath, hosts: spreads ? layout.count : 1, session)
    (self.estimate, spilledOutcomes) = (estimate, spilled)

    let loaded = try session.clock.measure(.load) { [job] in
      try session.sharing.once(writable: spreads) { memory in
        guard spreads else { return try DatasetFile.load(dataPath, in: memory) }
        return try DatasetFile.load(dataPath, in: memory) { outline in
          let own = try RowOwners(job, of: outline, on: layout).held(byHostOf: communicator.rank).users
          // The first host writes the catalogue, which has all users.
          return (own, layout.hosts[communicator.rank] == layout.hosts[0] ? 0..<outline.users.count : own)
        }
      }
    }
    var dataset = loaded.dataset
    datasetDigest = loaded.digest
    spread =
      spreads
      ? SpreadUsers(
        owners: try RowOwners(job, of: dataset, on: layout, sharesTables: sharesTables), dataPath: dataPath,
        datasetDigest: loaded.digest)
      : nil
    let expected = try communicator.broadcast(loaded.digest, from: 0)
    try communicator.collectively {
      guard loaded.digest == expected else { throw RunError.differentFiles(file: dataPath) }
      guard search == nil || search?.datasetDigest == loaded.digest else {
        throw RunError.otherResults(file: session.folder.search, what: "data set")
      }
      job = try job.fitted(to: dataset, file: dataPath)
    }
    dataset.histories = try session.clock.measure(.load) {
      try session.sharing.once(writable: spreads) { try job.histories(of: dataset, in: $0) }
    }
    self.job = job
    self.dataset = dataset
    self.dataPath = dataPath
    let holdsLabels = try session.leaderFinds(job.findings.labels != nil)
    if !(options.labelledMethods ?? job.fineTuning.methods).contains(.hard) {
      try checkUnused(options.labels, "hard is not among the methods", session) {
        _ = try LabelTable.read($0)
      }
    } else if options.labels != nil || !holdsLabels {
      let found = try findLabels(options, session)
      guard found || !options.requiresLabels else { throw RunError.noLabels(folder: session.folder.path) }
    }
    try findChoice(options, session)
    session.say(
      "\(job.name): \(job.model.name) on \(counted(dataset.users.count, "user")), "
        + "\(counted(dataset.items.count, "item")), "
        + "\(dataset.train.count) training and \(counted(dataset.test.count, "test sample")), \(session.ranksText)"
    )
    if spreads {
      session.say(
        "\(eachHost) the rows of its own users only"
          + (sharesTables ? ", and a part of those of items and values" : ""))
    }
    if let features = try Inputs.featuresText(job, dataset, dataPath) { session.say(features) }
    try session.tellAboutRanks(source, jobText: text, own: content?.text)
  }

  /// Why no host may have the rows of its own users only; nil where each may. Collective.
  private static func obstacleToSpreading(
    _ job: Job, _ options: Options, _ dataPath: String, _ communicator: any Communicator
  ) throws -> String? {
    if let needs = options.needsAllRows ?? job.obstacleToSpreading(methods: options.labelledMethods) {
      return "\(needs) needs it"
    }
    // A file that cannot be read is refused later, by its reader.
    let hasParts = (try? DatasetFile.hasParts(dataPath)) ?? true
    return try communicator.allreduce(hasParts ? 1 : 0, .minimum) == 1
      ? nil : "\(dataPath) cannot be checked in parts: its format is an older one, or another program's"
  }

  /// Which features the model takes, and which the data set has besides; nil without any.
  private static func featuresText(_ job: Job, _ dataset: Dataset, _ dataPath: String) throws -> String? {
    let selection = try FeatureSelection(job, of: dataset.features.outlines, file: dataPath)
    func list(_ outlines: [FeatureOutline]) -> String {
      outlines.map { outline in
        if case .vector(let width) = outline.kind { "\(outline.path) (\(width))" } else { outline.path }
      }.joined(separator: ", ")
    }
    guard !selection.used.isEmpty || !selection.unused.isEmpty else { return nil }
    return "features: " + (selection.used.isEmpty ? "none" : list(selection.used))
      + (selection.unused.isEmpty ? "" : "; not used (model.features): \(list(selection.unused))")
  }

  /// Tells that no method needs the file at `path`, for this `reason`. Throws where it is not what `read` reads: the name
  /// may be a slip. Collective.
  func checkUnused(
    _ path: String?, _ reason: String, _ session: Session, _ read: (String) throws -> Void
  ) throws {
    guard let path else { return }
    session.reads([path])
    try session.communicator.collectively { if session.leads { try read(path) } }
    session.say("\(path): not used, as \(reason)")
  }

  /// Takes hard correction's table from `path`, from the job's, or from the output folder. Returns whether
  /// there is one; throws where a table that was named cannot be read.
  private mutating func findLabels(_ options: Options, _ session: Session) throws -> Bool {
    let inFolder = try session.keeps(session.folder.labels)
    let named = options.labels ?? job.fineTuning.labelTable
    guard let path = named ?? (inFolder ? session.folder.labels : nil) else { return false }
    let table: LabelTable? = try session.communicator.collectively {
      session.leads ? try LabelTable.read(path) : nil
    }
    if named == nil {
      guard try session.takes(table?.origin, options, job) else { return false }
      fromFolder.insert(.labels)
    }
    session.reads([path])
    try take(labels: table, name: path, session)
    return true
  }

  /// Gives every rank rank 0's table and lets the fine-tuning use it. Returns the table, without its scores
  /// on ranks other than 0. Collective.
  @discardableResult
  mutating func take(labels table: LabelTable?, name: String, _ session: Session) throws -> LabelTable {
    let text = try session.communicator.broadcast(table?.yaml ?? "", from: 0)
    let shared = try LabelTable(yaml: text, file: name)
    let digest = try session.communicator.broadcast(table?.contentDigest() ?? "", from: 0)
    job.findings.labels = SearchFindings.Labels(
      pairs: shared.pairs, tableDigest: digest, datasetDigest: shared.origin.datasetDigest)
    if shared.origin.datasetDigest != datasetDigest {
      session.say("warning: \(name): the labels were found on another data set; they are used as they are")
    }
    return table ?? shared
  }

  /// Whether a method needs hard correction's table, and there is none.
  package var needsLabels: Bool { job.fineTuning.methods.contains(.hard) && job.findings.labels == nil }

  /// The data set's name in summaries and reports: the file's name without folder and extension.
  package var datasetName: String {
    URL(fileURLWithPath: dataPath).deletingPathExtension().lastPathComponent
  }
}
