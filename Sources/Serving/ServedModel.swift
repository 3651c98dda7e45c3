import Dist
import IO
import LCFT
import Models
import Runs
import Studies
import Support

/// The model that scores, before its weights are read: the checkpoint's job, or that of users' saved models, the methods,
/// and the names of rows, from the data set or the catalogue beside the checkpoint.
struct ServedModel {
  let path: String
  /// The checkpoint without its tensors, and the digest of its content as it states it; empty where it does not.
  let outline: Checkpoint
  let statedDigest: String
  let saved: PersonalModelsFile.Reader?
  /// Not yet fitted to the features.
  private(set) var job: Job

  /// Where things are, as options name them.
  struct Files {
    var checkpoint: String
    var catalogue: String?
    var data: String?
    var models: String?
    var job: String?
    var labels: String?
    var choice: String?
    var settings: String?
    /// Whether the command has an option for the data set.
    var mayTakeData = true

    /// Those that options name.
    var all: [String] {
      [checkpoint, catalogue, data, models, job, labels, choice, settings].compactMap(\.self)
    }

    /// Those, and what may be read besides: every file of a run beside the checkpoint and beside the models.
    func allOfRun() throws -> [String] {
      let folders = Set([checkpoint, models].compactMap(\.self).map(FileStatus.folder(of:)))
      return try all + folders.flatMap(RunFolder.files(of:))
    }
  }
  let files: Files

  /// Reads what the files say of themselves. `methods`, where given, are asked for instead of the usual ones: those of the
  /// saved models, or `usual`. Throws where they do not fit together.
  init(_ files: Files, methods: [Method]?, usual: (Job) -> [Method]) throws {
    self.files = files
    path = files.checkpoint
    outline = try CheckpointFile.readOutline(path)
    statedDigest = try FileHeader.read(path).contentDigest ?? ""
    saved = try files.models.map { try PersonalModelsFile.Reader($0) }
    if let saved {
      job = try Job.parse(saved.layout.job, file: "\(saved.path):/job")
      try job.take(saved.layout.findings ?? SearchFindings(), file: saved.path)
    } else if let file = files.job {
      job = try Job.read(file)
    } else {
      job = try Job.parse(outline.job, file: "\(path):/job")
    }
    let trained = try Job.parse(outline.job, file: "\(path):/job")
    do { try Journal.check(trained.trainingSettings, are: job.trainingSettings, file: path) } catch {
      // The models' job is not the user's to change.
      throw saved.map { RunError.otherResults(file: $0.path, what: "cloud model") } ?? error
    }
    job.fineTuning.methods =
      methods ?? saved?.layout.methods.compactMap(Method.init(rawValue:)) ?? usual(job)
    if let file = files.settings {
      try job.takeSettings(SearchTable.text(of: file), file: file)
    }
    if saved == nil, job.needsSettings { try takeSettings() }
    if outline.group != nil {
      guard methods == nil || methods == [.grouped], saved == nil else {
        throw files.mayTakeData
          ? ServingError.groupModelAlone(file: path) : .groupModelOfUser(file: path)
      }
      job.fineTuning.methods = [.cloud]
    }
    try checkSaved()
    if saved == nil, job.fineTuning.methods.contains(.hard) { try takeLabels() }
    if job.findings.choice == nil, let method = job.fineTuning.methods.first(where: \.isChoice) {
      try takeChoice(method)
    }
  }

  /// What output calls the methods: a group's model scores as the cloud model does.
  var methodNames: [String] {
    outline.group == nil ? job.fineTuning.methods.map(\.rawValue) : [Method.grouped.rawValue]
  }

  private func checkSaved() throws {
    guard let saved else { return }
    guard saved.layout.datasetDigest == outline.datasetDigest else {
      throw RunError.otherResults(file: saved.path, what: "data set")
    }
    try saved.check(cloudModel: statedDigest)
    try saved.check(job.fineTuning.methods)
  }

  /// The file of that `name` in the folder of the checkpoint; nil where there is none.
  private func beside(_ name: String) -> String? {
    let file = "\(FileStatus.folder(of: path))/\(name)"
    return FileStatus.State(file) != nil ? file : nil
  }

  private mutating func takeSettings() throws {
    guard let file = beside("search.h5") else {
      throw RunError.noSettings(folder: FileStatus.folder(of: path))
    }
    try job.takeSettings(SearchTableFile.read(file).yaml, file: file)
  }

  private mutating func takeLabels() throws {
    guard let file = files.labels ?? job.fineTuning.labelTable ?? beside("labels.h5") else {
      throw ServingError.noLabels(folder: FileStatus.folder(of: path))
    }
    let table = try LabelTable.read(file)
    job.findings.labels = SearchFindings.Labels(
      pairs: table.pairs, tableDigest: table.contentDigest(), datasetDigest: table.origin.datasetDigest)
  }

  private mutating func takeChoice(_ method: Method) throws {
    guard let file = files.choice ?? beside("choice.h5") else {
      throw RunError.noChoice(folder: FileStatus.folder(of: path), method: method.rawValue)
    }
    var findings = job.findings
    findings.choice = SearchFindings.Choice(try MethodChoiceFile.read(file))
    try job.take(findings, file: file)
  }

  /// The catalogue that the checkpoint names, or the one that is given, or the one that lies beside it, in `memory`.
  func catalogue(in memory: any MemorySource) throws -> Catalogue {
    let file = try files.catalogue ?? catalogueBeside()
    let catalogue = try CatalogueFile.read(file, in: memory)
    guard catalogue.belongs(to: outline) else {
      throw ServingError.otherCatalogue(file: file, checkpoint: path)
    }
    return catalogue
  }

  private func catalogueBeside() throws -> String {
    let file =
      outline.catalogue == nil
      ? "\(FileStatus.folder(of: path))/\(RunFolder.catalogueName)"
      : try CatalogueFile.path(of: outline, at: path)
    guard FileStatus.State(file) != nil else {
      throw ServingError.noCatalogue(checkpoint: path, looked: file, mayTakeData: files.mayTakeData)
    }
    return file
  }

  /// The data set that is given, in `memory`.
  func dataset(_ file: String, in memory: any MemorySource) throws -> Dataset {
    let loaded = try DatasetFile.load(file, in: memory)
    guard loaded.digest == outline.datasetDigest else {
      throw CheckpointMismatch.dataset(
        file: path, found: outline.datasetDigest, wanted: loaded.digest)
    }
    return loaded.dataset
  }

  /// The job for the features of `dataset`, the same for every number of users and items.
  func fitted(to dataset: Dataset) throws -> Job {
    let job = try job.fitted(to: dataset, file: files.data ?? path)
    try saved?.check(job.makeModel().layout)
    return job
  }

  /// The weights of the checkpoint `file` for the fitted `job` and `dataset`. Collective.
  static func weights(
    _ file: String, _ job: Job, _ dataset: Dataset, _ sharing: NodeSharing,
    check: (Checkpoint) throws -> Void = { _ in }
  ) throws -> (weights: Weights, digest: String) {
    let layout = job.makeModel().layout
    let weights = try sharing.together {
      try Weights(layout: layout, rowCounts: job.rowCounts(of: dataset), tablesIn: $0)
    }
    let loaded = try sharing.load(file, into: weights) { checkpoint in
      guard checkpoint.model == job.model.name else {
        throw CheckpointMismatch.model(file: file, found: checkpoint.model, wanted: job.model.name)
      }
      try check(checkpoint)
    }
    return (weights, loaded.digest)
  }
}
