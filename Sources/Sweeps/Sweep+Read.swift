import LCFT
import Support
import YAML

extension Sweep {
  /// Reads a sweep file and the job of each run. Files of jobs are looked for beside the sweep file, data sets and the output
  /// folder from the folder where the command is given.
  ///
  /// Throws `YAMLError`, with file and line, for what is wrong with the sweep or with a job, and `SweepError`.
  package init(_ file: String, _ options: Options = Options()) throws {
    try self.init(try YAMLSection.text(of: file, kind: "sweep file"), file: file, options)
  }

  /// Reads the text of a sweep file.
  package init(_ text: String, file: String, _ options: Options = Options()) throws {
    let root = try YAMLSection.parse(text, file: file, kind: "a sweep")
    self.file = file
    let ownOutput = root.has("output") ? try root.string("output", default: "") : nil
    let ownLauncher = try Sweep.launcher(root)
    var base = try SweepGrid(root)
    let known = try Sweep.data(base.data ?? [], options, file)
    if base.data != nil { base.data = known }
    var grids: [(grid: SweepGrid, section: YAMLSection)] = []
    if root.has("runs") {
      for section in try root.sections("runs") {
        grids.append((try SweepGrid(section, base: base, known: known), section))
        try section.finish()
      }
    } else {
      grids.append((base, root))
    }
    try root.finish()
    guard let output = options.output ?? ownOutput, !output.isEmpty else {
      throw SweepError.noOutput(file: file)
    }
    self.output = output
    launcher = options.launcher ?? ownLauncher

    var builder = Builder(file: file, settings: options.settings)
    for (grid, section) in grids { try builder.add(grid, section) }
    runs = builder.runs
  }

  /// A text is cut at its spaces; a list is taken as it is.
  private static func launcher(_ root: YAMLSection) throws -> [String] {
    let words = try root.texts("launcher", default: [])
    return root.isList("launcher") ? words : words.flatMap { $0.split(separator: " ").map(String.init) }
  }

  /// The data sets that the sweep names, with the files of the command line in place of its own.
  private static func data(
    _ own: [SweepGrid.Named], _ options: Options, _ file: String
  ) throws -> [SweepGrid.Named] {
    var known = own
    for (name, path) in options.data {
      guard let place = known.firstIndex(where: { $0.name == name }) else {
        throw SweepError.noData(file: file, name: name, known: known.map(\.name))
      }
      known[place].path = path
    }
    return known
  }
}

/// Makes the runs of grids, one after the other.
private struct Builder {
  let file: String
  let settings: [(key: String, value: YAMLValue)]
  private(set) var runs: [SweepRun] = []
  private var numbers: [String: Int] = [:]
  private var texts: [String: String] = [:]

  init(file: String, settings: [(key: String, value: YAMLValue)]) {
    self.file = file
    self.settings = settings
  }

  mutating func add(_ grid: SweepGrid, _ section: YAMLSection) throws {
    guard let jobs = grid.jobs else { throw section.missing("jobs", "the job files to run") }
    guard let data = grid.data else { throw section.missing("data", "the data sets to run on") }
    for (key, value) in settings where grid.settings.contains(where: { $0.key == key && !$0.isConstant }) {
      throw YAMLError.invalid(
        file: value.file, line: value.line, message: "\(key) has several values in \(file); change it there")
    }
    let varied = grid.settings.filter { !$0.isConstant }
    let counts = [jobs.count, data.count, grid.seeds?.count ?? 1] + varied.map(\.values.count)
    let count = counts.reduce(1) { min($0 * $1, SweepGrid.most + 1) }
    guard runs.count + count <= SweepGrid.most else {
      throw section.refusal("jobs", "and the other lists make more than \(SweepGrid.most) runs")
    }
    for job in jobs {
      let text = try text(of: job)
      for one in data {
        for values in combinations(varied.map(\.choices)) {
          for seed in grid.seeds.map({ $0.map(Optional.some) }) ?? [nil] {
            try add(
              job, text, one, grid.settings.filter(\.isConstant).map { ($0.key, $0.values[0]) }, values, seed)
          }
        }
      }
    }
  }

  private mutating func text(of job: SweepGrid.Named) throws -> (path: String, text: String) {
    let path = job.path.hasPrefix("/") ? job.path : beside(job.path)
    if let text = texts[path] { return (path, text) }
    let text = try YAMLSection.text(of: path, kind: "job file")
    texts[path] = text
    return (path, text)
  }

  /// A path that is told from the folder of the sweep file.
  private func beside(_ path: String) -> String {
    file.contains("/") ? "\(FileStatus.folder(of: file))/\(path)" : path
  }

  private mutating func add(
    _ named: SweepGrid.Named, _ job: (path: String, text: String), _ data: SweepGrid.Named,
    _ constants: [(key: String, value: YAMLValue)], _ varied: [(key: String, value: YAMLValue)], _ seed: Int?
  ) throws {
    var values = constants + varied + settings
    if let seed { values.append(("seed", try YAMLValue.parse("\(seed)", file: file))) }
    let parsed = try Job.parse(job.text, replacing: values, file: job.path)
    let name = SweepName.make(job: named.name, data: data.name, settings: varied, seed: parsed.seed)
    guard !name.isEmpty, name.utf8.count <= SweepName.longest else {
      throw SweepError.run(
        name: String(name.prefix(60)) + "...",
        reason:
          "the run's name is longer than \(SweepName.longest) bytes; give fewer lists, or shorter values, in \(file)"
      )
    }
    let number = runs.count + 1
    if let first = numbers[name] {
      throw SweepError.sameName(file: file, name: name, first: first, second: number)
    }
    numbers[name] = number
    var own = parsed
    own.name = name
    own.text = own.yaml
    runs.append(SweepRun(number: number, name: name, job: own, data: data.path))
  }
}
