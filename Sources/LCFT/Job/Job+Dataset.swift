import IO

extension Job {
  /// The job for one data set: with what the model takes from it. Throws `JobDatasetMismatch` where the data
  /// set lacks what the job needs; `file` names it in errors.
  package func fitted(to dataset: Dataset, file: String) throws -> Job {
    var job = self
    switch genome {
    case .none: job.model.genomeWidth = 0
    case .ifPresent: job.model.genomeWidth = dataset.genome?.width ?? 0
    case .required:
      guard let genome = dataset.genome else { throw JobDatasetMismatch.noGenome(file: file) }
      job.model.genomeWidth = genome.width
    }
    for kind in model.histories where kind.needsActions && dataset.actions == nil {
      throw JobDatasetMismatch.noActions(file: file, history: kind.rawValue)
    }
    return job
  }
}

/// What a job needs and a data set lacks.
package enum JobDatasetMismatch: Error, Equatable, CustomStringConvertible {
  case noGenome(file: String)
  case noActions(file: String, history: String)

  package var description: String {
    switch self {
    case .noGenome(let file):
      "\(file): has no tag genome (/features/items/genome), which the job requires (model.genome); import MovieLens "
        + "with its genome-scores.csv, or set model.genome: if_present"
    case .noActions(let file, let history):
      "\(file): has no actions (/features/events/action), which the job's history '\(history)' needs; import a log with "
        + "exposures and actions (lcft import taobao), or use a model with histories [positive, negative]"
    }
  }
}
