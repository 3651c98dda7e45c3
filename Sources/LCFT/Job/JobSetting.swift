import Support
import YAML

/// One row of a section's table: a key of the job file, its value, what the value may be, what it
/// affects, and one sentence on it.
///
/// The row drives all that is done with the setting: reading and refusing it, comparing it when a run is
/// resumed, the job reference, and the tests of all three.
package struct JobSetting {
  package let key: String
  /// What a value must be.
  package let words: String
  /// In every job.
  let affects: SettingEffects
  private let conditionalEffects: ConditionalEffects?
  package let sentence: String
  /// When a job has the setting; nil: always.
  let condition: SettingCondition?
  /// The default in words, where it depends on other settings.
  let defaultWords: String?
  private let readValue: (YAMLSection, inout Job) throws -> Void
  private let textOfValue: (Job) -> String?
  private let changeValue: (inout Job) -> Void

  /// `path` leads to the value, whose default is what a new job has there, or what `fallback` makes of the
  /// settings of the rows before. `problem` says what the value must be together with those, where it is not;
  /// a refusal is "KEY must be PROBLEM".
  init<Value>(
    _ key: String, _ path: WritableKeyPath<Job, Value>, _ value: SettingValue<Value>,
    affects: SettingEffects, also conditionalEffects: ConditionalEffects? = nil,
    when condition: SettingCondition? = nil,
    default fallback: ((Job) -> Value)? = nil,
    defaultWords: String? = nil, must problem: ((Job) -> String?)? = nil, _ sentence: String
  ) {
    self.key = key
    self.affects = affects
    self.conditionalEffects = conditionalEffects
    self.sentence = sentence
    self.condition = condition
    self.defaultWords = defaultWords
    words = value.words
    readValue = { section, job in
      let present = fallback?(job) ?? job[keyPath: path]
      job[keyPath: path] = try value.read(section, key, present)
      if let problem = problem?(job) { throw section.refusal(key, "must be \(problem)") }
    }
    textOfValue = { value.text($0[keyPath: path]) }
    changeValue = { $0[keyPath: path] = value.other(than: $0[keyPath: path]) }
  }

  /// Whether a value is a list.
  package var takesList: Bool { words.hasPrefix("a list ") }

  /// Whether a value is a whole number.
  package var takesWholeNumber: Bool { words.hasPrefix("a whole number ") }

  /// What the setting affects in `job`.
  package func effects(in job: Job) -> SettingEffects {
    guard let conditionalEffects, conditionalEffects.holds(job) else { return affects }
    return affects.union(conditionalEffects.effects)
  }

  /// The names of what the setting affects, for the job reference.
  var effectNames: [String] { affects.names + [conditionalEffects?.words].compactMap(\.self) }

  /// Whether `job` has the setting.
  package func applies(to job: Job) -> Bool { condition?.holds(job) ?? true }

  /// The value in `job` as YAML; nil where the job does not have the setting, or has it by leaving the key
  /// out.
  package func text(_ job: Job) -> String? { applies(to: job) ? textOfValue(job) : nil }

  /// The default as YAML, whether or not a standard job has the setting; nil where the key is left out.
  var standardText: String? { textOfValue(Job.standard) }

  /// Gives `job` another allowed value.
  package func change(_ job: inout Job) { changeValue(&job) }

  /// Reads the value from `section`. Where the job does not have the setting, its key is refused.
  func read(_ section: YAMLSection, into job: inout Job) throws {
    guard let condition, !condition.holds(job) else { return try readValue(section, &job) }
    if let reason = condition.refusal?(job) { try section.refuse(key, because: reason) }
  }
}

/// What a setting affects in some jobs only.
struct ConditionalEffects {
  /// For the job reference.
  let words: String
  let effects: SettingEffects
  let holds: (Job) -> Bool
}

/// When a job has a setting.
struct SettingCondition {
  /// For the job reference, after the key: "DIN and EdgeRec" or "optimizer adam".
  let words: String
  let holds: (Job) -> Bool
  /// Why the key is refused elsewhere, after the key's name; nil: it is an unknown key there.
  let refusal: ((Job) -> String)?
}
