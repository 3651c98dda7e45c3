import Dist
import IO
import Import
import LCFT
import Models
import Runs
import Support

/// `lcft fine-tune-user`: one user's model from that user's samples, as a device makes it: with the cloud model, its
/// catalogue and the table of labels, and without the data set.
package struct FineTuneUser {
  package struct Options: Sendable {
    package var checkpoint: String
    package var user: String
    package var samples: String
    /// The file of the user's models.
    package var output: String
    /// What the user did before, and since: events that are no samples.
    package var history: String?
    /// Whether samples are no events.
    package var onlyHistory = false
    /// Candidates to score, and where the scores go.
    package var score: String?
    package var scores: String?
    package var top: Int?
    package var columns = KnownTable.Columns()
    package var methods: [Method]?
    package var catalogue: String?
    package var job: String?
    package var labels: String?
    package var choice: String?
    package var settings: String?
    /// Instead of the samples' share of positives.
    package var localCTR: Double?
    package var sameTime: SameTime?
    package var overwrites = false

    package init(checkpoint: String, user: String, samples: String, output: String) {
      self.checkpoint = checkpoint
      self.user = user
      self.samples = samples
      self.output = output
    }
  }

  private let options: Options
  private let communicator = SoloCommunicator()
  private let sharing: NodeSharing
  private let served: ServedModel
  private let models: OutputFile
  private let scores: ScoresFile?
  private let asked: AskedData
  private let job: Job
  private let user: Int
  private let account: [String]

  /// Reads everything but the weights, and changes nothing.
  package init(_ given: Options) throws {
    var options = given
    options.checkpoint = try RunFolder.cloudCheckpoint(at: given.checkpoint)
    self.options = options
    guard !options.user.isEmpty else { throw ServingError.noUser }
    let files = ServedModel.Files(
      checkpoint: options.checkpoint, catalogue: options.catalogue, job: options.job, labels: options.labels,
      choice: options.choice, settings: options.settings, mayTakeData: false)
    let inputs =
      try files.allOfRun() + [options.samples, options.history, options.score].compactMap(\.self)
    models = OutputFile(options.output, inputs: inputs, overwrites: options.overwrites)
    try models.check()
    scores = try options.scores.map {
      try ScoresFile(
        OutputFile($0, option: "--scores", inputs: inputs + [options.output], overwrites: options.overwrites))
    }
    try scores?.output.check()
    served = try ServedModel(files, methods: options.methods) { job in
      job.fineTuning.methods.filter { $0 != .grouped && !$0.needsAllSamples }
    }
    guard served.outline.group == nil else {
      throw ServingError.groupModelOfUser(file: options.checkpoint)
    }
    for method in served.job.usedMethods(served.job.fineTuning.methods) {
      if method == .grouped { throw ServingError.groupsNeedData(method: method.rawValue) }
      if method.needsAllSamples { throw ServingError.needsAllSamples(method: method.rawValue) }
    }
    guard served.job.fineTuning.methods.contains(where: \.fineTunes) else {
      throw ServingError.nothingOfUser
    }
    sharing = try NodeSharing(communicator)
    (asked, user, account) = try FineTuneUser.read(options, served)
    job = try served.fitted(to: asked.dataset)
  }

  private static func read(
    _ options: Options, _ served: ServedModel
  ) throws -> (asked: AskedData, user: Int, account: [String]) {
    let memory = OwnMemory()
    let catalogue = try served.catalogue(in: memory)
    var dataset = try catalogue.emptyDataset(in: memory)
    let names = dataset
    let reading = LogReading(of: dataset)
    func read(_ file: String, label: KnownTable.Need, time: KnownTable.Need, _ owners: [FeatureOwner]) throws
      -> KnownTable
    {
      var columns = options.columns
      // The given column of users must be in the samples; other files may be of the user alone.
      let isOfUsers = columns.user.name != nil && file == options.samples
      (columns.user.need, columns.label.need, columns.time.need) = (
        isOfUsers ? .required : .optional, label, time
      )
      columns.onlyUser = options.user
      columns.reading = reading
      return try KnownTable(file, columns, names.features, of: owners, utcOffset: catalogue.utcOffset)
    }
    let samples = try read(options.samples, label: .required, time: .required, [.samples, .events])
    let history = try options.history.map {
      try read($0, label: .optional, time: .required, [.events])
    }
    let candidates = try options.score.map { try read($0, label: .none, time: .optional, [.samples]) }
    let id = StringColumn([options.user])
    func rows(_ table: KnownTable) -> KnownRowNumbers {
      KnownRowNumbers(users: id, items: table.items, in: names)
    }
    let (sampleRows, historyRows, candidateRows) = (
      rows(samples), history.map(rows), candidates.map(rows)
    )
    let user = Int(sampleRows.users[0])
    dataset = try dataset.addingUnknown(user: user == names.users.count, item: true, in: memory)
    let sameTime = options.sameTime ?? catalogue.sameTime
    let events = DeviceEvents(
      samples, sampleRows.items, history, historyRows?.items ?? [],
      onlyHistory: options.onlyHistory)
    events.put(into: &dataset, user: user, samples, history)
    dataset.setTraining(samples, items: sampleRows.items, user: user, sameTime: sameTime)

    var account: [String] = []
    for (table, rows) in [(samples, sampleRows), (history, historyRows), (candidates, candidateRows)] {
      guard let table, let rows else { continue }
      account += table.account(rows, hasUsers: false, hasItems: true)
    }
    account.append(
      accountLine(
        "user", options.user + (user == names.users.count ? ": new, begins as an unknown user" : ": known")))
    account.append(
      accountLine(
        "events",
        "\(events.count)" + (events.shared > 0 ? ", \(events.shared) of which are samples as well" : "")))
    let asked =
      if let candidates, let candidateRows {
        try AskedPairs(
          candidates, candidateRows, HistoryRule(dataset: dataset, sameTime: sameTime), allItems: false,
          only: options.user, in: memory)
      } else {
        AskedPairs(nobodyBut: options.user, row: Int32(user))
      }
    if let candidates { dataset = try dataset.askingFeatures(of: candidates, in: memory) }
    return (
      AskedData(
        dataset: dataset, pairs: asked, globalCTR: catalogue.globalCTR, account: [],
        newUsers: user == names.users.count ? 1 : 0), user, account
    )
  }

  /// What `run` would do.
  package func preview() -> String {
    let outputs = [options.output, options.scores].compactMap(\.self)
    let replaced = outputs.filter { FileStatus.State($0) != nil }
    let work =
      "fine-tune \(job.model.name) on \(counted(asked.dataset.train.count, "sample")) under "
      + served.methodNames.joined(separator: ", ")
      + (options.score == nil ? "" : " and score \(counted(asked.pairs.pairCount, "candidate"))")
    let text = dryRunText([
      ("read", [options.checkpoint, options.samples] + [options.history, options.score].compactMap(\.self)),
      ("do", [work]), ("write", outputs), ("replace", replaced.isEmpty ? ["nothing"] : replaced),
    ])
    return ([text] + account).joined(separator: "\n")
  }

  /// Fine-tunes, scores and writes. Returns the account.
  package func run() throws -> [String] {
    let (weights, digest) = try ServedModel.weights(options.checkpoint, job, asked.dataset, sharing)
    let run = PredictionRun(
      job, asked.dataset, asked.pairs, weights, globalCTR: asked.globalCTR, top: options.top,
      communicator: communicator)
    var made: PersonalModels.User?
    run.prepare { tuner in
      tuner.knownLocalCTR = options.localCTR
      tuner.recorder = PersonalModelRecorder(users: [Int32(user)]) { made = $0 }
    }
    try run.run()
    guard let made else { preconditionFailure("the user's models are recorded") }
    for (method, values) in zip(job.fineTuning.methods.filter(\.fineTunes), made.values)
    where !values.joined().allSatisfy(\.isFinite) {
      throw ServingError.diverged(method: method.rawValue)
    }
    try models.check()
    let methods = job.fineTuning.methods
    try PersonalModelsFile.write(
      PersonalModels(
        job, methods: methods, weights.layout, datasetDigest: served.outline.datasetDigest,
        checkpointDigest: digest), to: options.output
    ) { try $0.append(made, id: options.user) }
    let localCTR = options.localCTR ?? asked.dataset.localCTR(ofUser: user)
    var lines = account
    lines.append(
      accountLine(
        "labels",
        "local CTR \(text(localCTR, 4))\(options.localCTR == nil ? " of the samples" : ", as given"), global "
          + "\(text(asked.globalCTR, 4))"))
    lines.append(
      "\(options.output): models of \(options.user) under "
        + methods.filter(\.fineTunes).map(\.rawValue).joined(separator: ", "))
    guard let scores else { return lines }
    let predictions = run.predictions(of: served, checkpointDigest: digest)
    try scores.write(predictions)
    return lines + ["\(scores.output.path): \(counted(predictions.rows.count, "score"))"]
  }
}

extension AskedPairs {
  /// One user, of whom nothing is asked.
  fileprivate init(nobodyBut user: String, row: Int32) {
    users = StringColumn([user])
    userRow = Column([row])
    offsets = Column([0, 0])
    pairs = Column([])
    items = StringColumn([String]())
    itemRow = Column([])
    item = Column([])
    time = nil
    position = Column([])
  }
}
