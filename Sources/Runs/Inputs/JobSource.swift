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

  /// What a source says.
  struct Content {
    /// The job file's text.
    var text: String
    /// The methods that the source itself names besides the job: cloud and the saved ones.
    var methods: [String] = []
    /// What the saved models were fine-tuned with.
    var findings = SearchFindings()
    /// The saved models.
    var models: PersonalModelsFile.Reader?
  }

  /// Reads the source. A job file that need not exist on this host, and cannot be read, is nil.
  func read(mustExist: Bool) throws -> Content? {
    switch self {
    case .file(let path):
      guard mustExist else { return (try? Job.read(path).text).map { Content(text: $0) } }
      return Content(text: try Job.read(path).text)
    case .models(let path):
      let models = try PersonalModelsFile.Reader(path)
      let layout = models.layout
      return Content(
        text: layout.job, methods: [Method.cloud.rawValue] + layout.methods,
        findings: layout.findings ?? SearchFindings(), models: models)
    }
  }
}
