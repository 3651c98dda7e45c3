import LCFT
import Support
import YAML

/// One grid of a sweep file: what each run of it is made of.
struct SweepGrid {
  /// A file with a name for it.
  struct Named: Equatable {
    var name: String
    var path: String
  }

  /// A setting with its values; of a constant, which is no part of names, there is one.
  struct Setting {
    var key: String
    var values: [YAMLValue]
    var isConstant: Bool

    /// The setting with each of its values.
    var choices: [(key: String, value: YAMLValue)] { values.map { (key, $0) } }
  }

  var jobs: [Named]?
  var data: [Named]?
  /// Nil: the seed of each job.
  var seeds: [Int]?
  var settings: [Setting] = []

  /// How many values a list may have.
  static let most = 10_000

  /// Reads the keys of a grid from `section`: what it does not say is as in `base`. `known` are the data sets that the
  /// sweep names; where it is nil the grid is the sweep's own, which names them.
  init(_ section: YAMLSection, base: SweepGrid? = nil, known: [Named]? = nil) throws {
    jobs = try SweepGrid.files("jobs", section) ?? base?.jobs
    data =
      try SweepGrid.files("data", section)?.map { own in known?.first { $0.name == own.path } ?? own }
      ?? base?.data
    seeds = try SweepGrid.seeds(section) ?? base?.seeds
    settings = base?.settings ?? []
    guard section.has("set") else { return }
    let own = try section.section("set")
    for key in own.keys {
      let setting = try SweepGrid.setting(key, own)
      if let place = settings.firstIndex(where: { $0.key == key }) {
        settings[place] = setting
      } else {
        settings.append(setting)
      }
    }
  }

  /// Files: a text, a list of texts, or a mapping of names to texts. A file without a name has that of the file without
  /// folder and extension.
  static func files(_ key: String, _ section: YAMLSection) throws -> [Named]? {
    guard section.has(key) else { return nil }
    let wanted = "must be a file, a list of files, or files by name ({NAME: FILE, ...})"
    var files: [Named] = []
    if section.isSection(key) {
      let named = try section.section(key)
      for name in named.keys { files.append(Named(name: name, path: try named.string(name, default: ""))) }
    } else {
      let value = section.value(of: key)
      for element in value?.elements ?? [value].compactMap(\.self) {
        guard let path = element.scalar, !path.isEmpty else { throw section.refusal(key, wanted) }
        files.append(Named(name: name(of: path), path: path))
      }
    }
    guard !files.isEmpty, files.count <= most else { throw section.refusal(key, wanted) }
    return files
  }

  /// The file's name without folder and extension.
  private static func name(of path: String) -> String {
    let name = FileStatus.name(of: path)
    return name.lastIndex(of: ".").map { $0 > name.startIndex ? String(name[..<$0]) : name } ?? name
  }

  private static func seeds(_ section: YAMLSection) throws -> [Int]? {
    guard section.has("seeds") else { return nil }
    guard section.isList("seeds") else { return [try section.integer("seeds", default: 1, in: 0...Int.max)] }
    return try section.integers("seeds", default: [], in: 0...Int.max, counts: 1...most)
  }

  /// A list is one value per run. For a setting whose value is a list, that is a list of lists.
  private static func setting(_ key: String, _ section: YAMLSection) throws -> Setting {
    guard let value = section.value(of: key) else { throw section.missing(key, "a setting of the job") }
    if key == "seed" { throw section.refusal(key, "is not set here; give seeds") }
    if key == "name" { throw section.refusal(key, "is not set here: each run has its own") }
    let elements = value.elements
    let isList = (Job.setting(key)?.takesList ?? false) ? elements?.first?.elements != nil : elements != nil
    guard isList, let elements else { return Setting(key: key, values: [value], isConstant: true) }
    guard !elements.isEmpty, elements.count <= most else {
      throw section.refusal(key, "must have 1 to \(most) values")
    }
    return Setting(key: key, values: elements, isConstant: false)
  }
}
