/// The job reference, made of the tables that read job files.
package enum JobReference {
  /// `docs/jobs.md`.
  package static var markdown: String {
    let lines = introduction + chapters(of: Job.sections, below: "")
    return lines.joined(separator: "\n") + "\n"
  }

  private static let introduction = [
    "# Job files",
    "",
    "<!-- Written by JobReference.markdown from the tables in Sources/LCFT/Job; CONTRIBUTING.md says how. -->",
    "",
    "A job file is YAML: the sections below and their keys. Every key may be left out. Unknown keys and wrong",
    "values are refused with file, line and what is allowed. The files in `jobs/` mark which values are the",
    "paper's, the reference implementation's and ours.",
    "",
    "The column *resume* names the parts of a run that depend on a key. With another value of the key",
    "`--resume` is refused there; a key without an entry may change. What was made from one cloud model",
    "cannot be used with another, and a search trains a cloud model of its own. So both also depend on the keys marked",
    "*training*.",
    "",
  ]

  private static func chapters(of section: JobSection, below path: String) -> [String] {
    let path = JobSection.join(path, section.key)
    var lines = path.isEmpty ? ["## Top level", ""] : ["## `\(path)`", "", section.sentence, ""]
    if section.settings.isEmpty, let name = section.repeated, let one = section.subsections.first {
      lines[0] = "## `\(path).\(name)`"
      lines += [
        "`\(name)` is one of \(section.subsections.map { "`\($0.key)`" }.joined(separator: ", ")).", "",
      ]
      return lines + table(one.settings) + [""]
    }
    lines += table(section.settings) + [""]
    return lines + section.subsections.flatMap { chapters(of: $0, below: path) }
  }

  private static func table(_ settings: [JobSetting]) -> [String] {
    ["| key | value | default | resume | meaning |", "|---|---|---|---|---|"]
      + settings.map { setting in
        let condition = setting.condition.map { " (\($0.words))" } ?? ""
        return "| `\(setting.key)`\(condition) | \(setting.words) | \(defaultText(setting)) | "
          + "\(setting.effectNames.joined(separator: ", ")) | \(setting.sentence) |"
      }
  }

  private static func defaultText(_ setting: JobSetting) -> String {
    setting.defaultWords ?? setting.standardText ?? "not set"
  }
}
