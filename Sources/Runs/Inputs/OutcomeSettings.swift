import IO
import LCFT

/// What the outcomes of fine-tuned users depend on, as the files and journals of earlier runs say it.
struct OutcomeSettings {
  let inputs: Inputs
  /// Content digest of the cloud model; nil where there is none yet.
  let cloudModel: String?

  /// What fine-tuned models depend on.
  var models: Journal.Settings {
    inputs.contentSettings(cloudModel: cloudModel ?? "") + inputs.job.fineTuningSettings
  }

  /// What their scores depend on.
  var scores: Journal.Settings {
    models + [("models applied", inputs.savedModels == nil ? "no" : "yes")]
  }

  /// Throws `RunError.otherMethods` or `FileError.otherSettings`, which name `file`, unless `found` are the settings
  /// `wanted`. What is not
  /// known before there is a cloud model, a search of settings, a table of labels or a choice of methods, is not compared.
  func check(_ found: Journal.Settings, are wanted: Journal.Settings, file: String) throws {
    var unknown: [String] = []
    if cloudModel == nil { unknown.append(Inputs.cloudModelSetting) }
    if inputs.needsLabels { unknown.append(Job.labelsSetting) }
    if inputs.needsChoice { unknown.append(Job.choiceSetting) }
    let searches = inputs.job.needsSettings
    let known = [found, wanted].map {
      $0.filter { !unknown.contains($0.name) && !(searches && Job.isOfOneMethod($0.name)) }
    }
    do {
      try Journal.check(known[0], are: known[1], file: file)
    } catch FileError.otherSettings(_, Job.methodsSetting, let found, let wanted) {
      throw RunError.otherMethods(file: file, found: found, wanted: wanted)
    }
  }
}

extension Inputs {
  /// The name of the setting that says which cloud model outcomes come from.
  static let cloudModelSetting = "the cloud model's content"

  /// What everything depends on that is made from the data set and the cloud model with the content `cloudModel`.
  func contentSettings(cloudModel: String) -> Journal.Settings {
    [("the data set's content", datasetDigest), (Inputs.cloudModelSetting, cloudModel)]
  }

  /// Throws where the file `path`, which names the data set `digest`, was made with another one.
  func checkDataset(_ digest: String, of path: String) throws {
    guard digest == datasetDigest else { throw RunError.otherResults(file: path, what: "data set") }
  }

  /// Users with training and test samples, by row; of those, where the job was read from saved models, the ones
  /// that have some.
  var evaluatedUsers: [Int32] {
    let rows = savedModels.map { Set($0.rows) }
    return dataset.evaluatedUsers.filter { rows?.contains($0) ?? true }
  }
}
