import IO
import Models
import Support
import YAML

/// A section of the job file: the table of its settings, and the sections below it.
///
/// Sendable although the compiler cannot tell: the tables are constants, and the functions in their rows hold
/// key paths and other constants only.
package struct JobSection: @unchecked Sendable {
  /// Empty for the root.
  package let key: String
  package let sentence: String
  package let settings: [JobSetting]
  package let subsections: [JobSection]
  /// Whether the subsections are one table under many keys: what those keys are called.
  let repeated: String?
  /// Keys that are refused, and why.
  private let refused: [(key: String, reason: String)]
  /// Refuses what the settings say together.
  private let check: (Job, YAMLSection) throws -> Void

  init(
    _ key: String, _ sentence: String, _ settings: [JobSetting], subsections: [JobSection] = [],
    repeated: String? = nil, refused: [(key: String, reason: String)] = [],
    check: @escaping (Job, YAMLSection) throws -> Void = { _, _ in }
  ) {
    self.key = key
    self.sentence = sentence
    self.settings = settings
    self.subsections = subsections
    self.repeated = repeated
    self.refused = refused
    self.check = check
  }

  /// Reads `section` into `job`. The subsections come first: what a section says may depend on them.
  func read(_ section: YAMLSection, into job: inout Job) throws {
    for part in subsections { try part.read(section.section(part.key), into: &job) }
    for setting in settings { try setting.read(section, into: &job) }
    for (key, reason) in refused { try section.refuse(key, because: reason) }
    try section.finish()
    try check(job, section)
  }

  /// All settings of the section and of those below it, with their names, such as `model.hidden`. `path` is
  /// that of the section above.
  package func all(below path: String = "") -> [(name: String, setting: JobSetting)] {
    let path = JobSection.join(path, key)
    return settings.map { (JobSection.join(path, $0.key), $0) } + subsections.flatMap { $0.all(below: path) }
  }

  static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

extension Job {
  /// The whole job file.
  package static let sections = JobSection(
    "", "",
    [
      JobSetting(
        "name", \.name, .text, affects: [], default: { $0.model.name }, defaultWords: "the model's name",
        "The name of the run in messages and summaries."),
      JobSetting(
        "seed", \.seed, .natural, affects: [.cloudModel, .outcomes, .groupModels],
        "Initial weights, orders of samples and intervals of differences are drawn from it."),
      JobSetting(
        "loss", \.loss, .choice(Loss.allCases), affects: [.cloudModel, .outcomes, .groupModels],
        "The loss of a sample, from its logit and its corrected label."),
    ],
    subsections: [
      modelSection, trainingSection, validationSection, fineTuningSection, metricsSection, groupingSection,
      searchSection,
    ])

  /// The settings that affect one of `effects` and that the job has, in the order of the tables; those that do because
  /// of another setting come last, so that a refusal names the other one.
  func settings(affecting effects: SettingEffects) -> Journal.Settings {
    let all = Job.sections.all()
    let always = all.filter { !$0.setting.affects.isDisjoint(with: effects) }
    let here = all.filter {
      $0.setting.affects.isDisjoint(with: effects) && !$0.setting.effects(in: self).isDisjoint(with: effects)
    }
    return (always + here).compactMap { name, setting in setting.text(self).map { (name, $0) } }
  }

  /// All settings that the job has, in the order of the tables.
  package var settingsInForce: Journal.Settings {
    Job.sections.all().compactMap { name, setting in setting.text(self).map { (name, $0) } }
  }
}
