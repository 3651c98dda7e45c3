import IO
import LCFT
import Support

/// Where a run's job comes from.
package enum JobSource: Sendable {
  /// A job file.
  case file(String)
  /// The job that users' saved models were made by.
  case models(String)

  /// The file that holds the job.
  var file: String {
    switch self {
    case .file(let path), .models(let path): path
    }
  }

  /// Where the job is, as messages name it.
  var path: String {
    switch self {
    case .file(let path): path
    case .models(let path): "\(path):/job"
    }
  }

  func text() throws -> String {
    switch self {
    case .file(let path): try Job.read(path).text
    case .models(let path): try PersonalModelsFile.Reader(path).layout.job
    }
  }

  /// The methods that the source itself names besides the job, joined by commas: cloud and the saved ones.
  func methods() throws -> String {
    guard case .models(let path) = self else { return "" }
    return ([Method.cloud.rawValue] + (try PersonalModelsFile.Reader(path).layout.methods))
      .joined(separator: ",")
  }

  /// What searches found and the source itself names: of saved models, what they were fine-tuned with.
  func findings() throws -> SearchFindings {
    guard case .models(let path) = self else { return SearchFindings() }
    return try PersonalModelsFile.Reader(path).layout.findings ?? SearchFindings()
  }
}
