import IO
import Models
import Support

extension Job {
  /// The job for one data set: with what the model takes from it. Throws `JobDatasetMismatch` where the data
  /// set lacks what the job needs, or the model cannot be built for its features; `file` names it in errors.
  package func fitted(to dataset: Dataset, file: String) throws -> Job {
    let job = try fitted(to: dataset.features.outlines, file: file)
    try checkHistories(hasActions: dataset.actions != nil, file: file)
    return job
  }

  /// Throws where a history needs the actions of a data set that has none.
  package func checkHistories(hasActions: Bool, file: String) throws(JobDatasetMismatch) {
    for kind in model.histories where kind.needsActions && !hasActions {
      throw JobDatasetMismatch.noActions(file: file, history: kind.rawValue)
    }
  }

  /// The same from what the features are, without their columns. Whether there are actions is not looked at, so that all
  /// but `JobDatasetMismatch.noActions` is thrown.
  package func fitted(to features: [FeatureOutline], file: String) throws -> Job {
    var job = self
    let selection = try FeatureSelection(self, of: features, file: file)
    job.model.features = try selection.modelFeatures(named: featureWidths.named, file: file)
    do {
      try ModelRegistry.check(job.model)
    } catch {
      throw JobDatasetMismatch.model(file: file, error)
    }
    return job
  }

  /// The rows of every row space of the job's model, which is fitted to `dataset`.
  package func rowCounts(of dataset: Dataset) -> [Int] {
    model.features.rowCounts(users: dataset.users.count, items: dataset.items.count)
  }
}

/// What a job needs and a data set lacks.
package enum JobDatasetMismatch: Error, Equatable, CustomStringConvertible {
  case noGenome(file: String)
  case noActions(file: String, history: String)
  /// The job names a feature that the data set does not have.
  case unknownFeature(file: String, name: String, nearest: String?, known: [String])
  case ambiguousFeature(file: String, name: String, found: [String])
  /// By its name and by `OWNER/NAME`.
  case widthGivenTwice(file: String, name: String)
  /// The job's model cannot take the data set's features.
  case model(file: String, ModelError)

  package var description: String {
    switch self {
    case .noGenome(let file):
      "\(file): has no tag genome (/features/items/genome), which the job requires (model.genome), or model.features "
        + "leaves it out; import MovieLens with its genome-scores.csv, or set model.genome: if_present"
    case .noActions(let file, let history):
      "\(file): has no actions (/features/events/action), which the job's history '\(history)' needs; import a log with "
        + "exposures and actions (lcft import taobao), or use a model with histories [positive, negative]"
    case .unknownFeature(let file, let name, let nearest, let known):
      "\(file): has no feature \(name), which the job names"
        + Suggestion.hint(nearest)
        + (known.isEmpty ? "; it has none" : "; it has \(known.joined(separator: ", "))")
    case .ambiguousFeature(let file, let name, let found):
      "\(file): has several features \(name); write \(found.joined(separator: " or "))"
    case .widthGivenTwice(let file, let name):
      "\(file): the feature \(name) has two widths in model.feature_embedding, which names it with and without its owner; "
        + "leave one out"
    case .model(let file, let error): "\(file): the job does not fit the features of this data set: \(error)"
    }
  }
}
