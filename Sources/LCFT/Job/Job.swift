import IO
import Models
import Support
import YAML

/// What a job file says: the model, how the cloud model is trained and how users' models are fine-tuned; and
/// what searches found in addition.
package struct Job: Sendable, Equatable {
  package var name: String
  package var seed: UInt64 = 1
  package var model: ModelConfiguration
  /// Entries of a history that the model sees, the latest ones.
  package var historyLength = 50
  /// Which features of the data set the model takes; `fitted` turns them into `model.features`.
  package var features = FeatureChoice.all
  package var featureWidths = FeatureWidthSetting()
  package var genome = GenomeUse.ifPresent
  package var loss: Loss = .crossEntropy
  package var training = Training()
  package var validation = Validation()
  package var fineTuning = FineTuning()
  package var metrics = Results.MeasureSettings(cutoffs: [1, 5, 10], bins: 15)
  package var grouping = Grouping()
  package var search = Search()
  /// The file's text as it was read, kept in every output.
  package var text = ""
  /// What searches found, which replaces what the file says; empty unless a run takes it.
  package var findings = SearchFindings()

  /// Reads and checks a job file.
  package static func read(_ path: String) throws -> Job {
    try parse(try YAMLSection.text(of: path, kind: "job file"), file: path)
  }

  /// Checks a job file's text; `file` names it in errors.
  package static func parse(_ text: String, file: String) throws -> Job {
    var job = try parse(text, replacing: [], file: file)
    job.text = text
    return job
  }

  /// Checks a job file's text with other values for some settings, by their names: `training.epochs`. What is wrong with
  /// one of these is told with its own place. The job's text is its whole YAML.
  package static func parse(
    _ text: String, replacing values: [(key: String, value: YAMLValue)], file: String
  ) throws -> Job {
    for (key, value) in values where setting(key) == nil {
      let hint = Suggestion.hint(Suggestion.nearest(to: key, among: sections.all().map(\.name)))
      throw YAMLError.invalid(
        file: value.file, line: value.line,
        message: "\(key) is no setting of a job\(hint); docs/jobs.md lists them, as training.epochs")
    }
    var job = Job.standard
    try sections.read(try YAMLSection.parse(text, file: file, replacing: values), into: &job)
    job.text = job.yaml
    return job
  }

  /// The setting of that name, such as `model.hidden`; nil where no job has it.
  package static func setting(_ name: String) -> JobSetting? {
    sections.all().first { $0.name == name }?.setting
  }

  /// What an empty job file would say, except for the name.
  static var standard: Job { Job(name: "", model: ModelRegistry.configuration("DIN")) }
}
