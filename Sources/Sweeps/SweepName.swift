import YAML

/// The names of runs. A name depends on its run and the keys of its grid alone: it stays what it is when values and grids
/// are added.
enum SweepName {
  /// Bytes of the longest name, so that endings fit into a file's name.
  static let longest = 200

  /// `job` and `data` are their names, `settings` those that are lists in the sweep file, with this run's values:
  /// `amazon-din-sports-learning_rate=0.1-seed1`. The data set's name is left out where the job's name has it already.
  static func make(job: String, data: String, settings: [(key: String, value: YAMLValue)], seed: UInt64)
    -> String
  {
    let (job, data) = (plain(job), plain(data))
    var parts = [job]
    if !words(job).contains(words(data)) { parts.append(data) }
    for (key, value) in settings {
      let last = lastPart(key)
      let isAlone = settings.count { lastPart($0.key) == last } == 1
      parts.append("\(isAlone ? last : key)=\(plain(text(value)))")
    }
    return (parts + ["seed\(seed)"]).joined(separator: "-")
  }

  private static func words(_ name: String) -> [Substring] { name.split(separator: "-") }

  private static func lastPart(_ key: String) -> String { String(key.split(separator: ".").last ?? "") }

  /// `[200, 80]` as `200x80`.
  private static func text(_ value: YAMLValue) -> String {
    guard let elements = value.elements else { return value.scalar ?? value.text }
    return elements.map(text).joined(separator: "x")
  }

  /// Letters, digits and what needs no quotes in a shell.
  private static func plain(_ text: String) -> String {
    var name = ""
    var isGap = false
    for character in text {
      let fits = character.isLetter || character.isNumber || "._+=-".contains(character)
      if fits {
        if isGap, !name.isEmpty { name += "_" }
        name.append(character)
      }
      isGap = !fits
    }
    // A name that begins so is hidden, or an option.
    return name.hasPrefix(".") || name.hasPrefix("-") ? "_" + name : name
  }
}
