import IO
import Support
import YAML

/// What searches found, in addition to what the job file says.
extension Job {
  /// The settings that the fine-tuning of `method` has instead of those for all methods: the found ones, or
  /// else the job file's.
  package func tuning(of method: Method) -> TuningOverrides? {
    findings.settings[method.rawValue] ?? fineTuning.perMethod[method]
  }

  /// Whether methods have the settings that a search finds, and it has not found them yet.
  package var needsSettings: Bool {
    fineTuning.settings == .searched && findings.settings.isEmpty && !searchedMethods.isEmpty
  }

  /// The methods whose settings a search finds for the job's methods.
  package var searchedMethods: [Method] {
    tunedMethods(fineTuning.methods).filter(Method.choosable.contains)
  }

  /// Takes the settings by method, `per_method`, of the text of a file that `lcft search` wrote; `file` names
  /// it in errors.
  package mutating func takeSettings(_ text: String, file: String) throws {
    let root = try YAMLSection.parse(text, file: file)
    guard root.has("per_method") else {
      throw YAMLError.invalid(
        file: file, line: 1, message: "has no per_method, the settings by method that lcft search writes")
    }
    var taken = self
    taken.fineTuning.perMethod = [:]
    try Job.perMethodSection.read(try root.section("per_method"), into: &taken)
    findings.settings = [:]
    for (method, own) in taken.fineTuning.perMethod { findings.settings[method.rawValue] = own }
  }

  /// The job with the settings that a search found in the place of its own, and their text: what a search at these
  /// settings ran on.
  package var withFoundSettings: Job {
    guard !findings.settings.isEmpty else { return self }
    var job = self
    for (name, own) in findings.settings { Method(rawValue: name).map { job.fineTuning.perMethod[$0] = own } }
    job.fineTuning.settings = .job
    job.findings.settings = [:]
    job.text = job.yaml
    return job
  }

  /// Without the settings that a search found.
  package var withoutFoundSettings: Job {
    var job = self
    job.findings.settings = [:]
    return job
  }

  /// The part of `findings` that outcomes under `methods` depend on, for their files.
  package func findings(usedBy methods: [Method]) -> SearchFindings {
    let tuned = tunedMethods(methods)
    return SearchFindings(
      labels: methods.contains(.hard) ? findings.labels : nil,
      choice: methods.contains(where: \.isChoice) ? findings.choice : nil,
      settings: findings.settings.filter { name, _ in tuned.contains { $0.rawValue == name } })
  }

  /// The job of a file with outcomes: its text, and what searches had found in addition. `file` names the
  /// file in errors. Throws `JobError.unknownFindings` where the file does not say.
  package static func parse(_ text: String, findings: SearchFindings?, file: String) throws -> Job {
    guard let findings else { throw JobError.unknownFindings(file: file) }
    var job = try parse(text, file: "\(file):/job")
    try job.take(findings, file: file)
    return job
  }
}
