import Foundation
import IO
import Runs
import Support

/// Tables and figures over any number of runs: what `lcft report` makes.
package struct Report {
  /// Where it is written unless told otherwise is below the first.
  private let folders: [String]
  /// Folders with something of a run, but no results yet, which the report leaves out.
  package let unfinished: [String]
  private let configurations: [Configuration]
  private var figures: [Figure] = []
  private let tables: [ReportTable]
  /// Of each configuration by local CTR.
  private var groupTables: [ReportTable] = []
  /// All tables but those of the figures.
  private let written: [ReportTable]

  /// Reads the runs in `folders`: output folders of runs, or folders above them, such as a sweep's. Throws
  /// `ReportError`, and what reading their files throws.
  package init(_ folders: [String], grouping: LocalCTRGrouping = .auto) throws {
    self.folders = folders
    let found = try ReportedFolders(folders)
    unfinished = found.unfinished
    var runs: [ReportedRun] = []
    var tests: [(name: String, days: ABTestDays)] = []
    for (folder, name) in zip(found.folders, Report.names(found.folders)) {
      let files = RunFolder(folder)
      if ReportedFolders.hasResults(files) { runs.append(try ReportedRun(folder, name: name)) }
      if ReportedFolders.hasTest(files) { tests.append((name, try ABTestDays(files.abTestDays))) }
    }
    let configurations = Configuration.list(runs)
    self.configurations = configurations
    tables = ReportTables.all(configurations)

    var identifiers = Identifiers()
    let scored = configurations.filter { !$0.users.localCTR.isEmpty }
    for first in scored.firstOfEachDataset {
      figures.append(Figures.histogram(first.first, id: identifiers.make("figure1-\(first.dataset)")))
    }
    for configuration in scored {
      let groups = try LocalCTRGroups(configuration.first, grouping)
      let id = "figure2-\(configuration.name)"
      if let figure = Figures.gain(configuration, groups, id: identifiers.make(id)) { figures.append(figure) }
      let table = ReportTables.groups(
        configuration, groups, id: identifiers.make("groups-\(configuration.name)"))
      if let table { groupTables.append(table) }
    }
    for configuration in configurations {
      let id = "figure3-\(configuration.name)"
      if let figure = Figures.changes(configuration, id: identifiers.make(id)) { figures.append(figure) }
    }
    for (name, days) in tests {
      figures.append(Figures.days(days, name: name, id: identifiers.make("figure5-\(name)")))
    }
    for first in configurations.firstOfEachDataset {
      let same = configurations.filter { $0.first.results.datasetDigest == first.first.results.datasetDigest }
      if let figure = Figures.loss(same, id: identifiers.make("loss-\(first.dataset)")) {
        figures.append(figure)
      }
    }
    written =
      tables + groupTables
      + (configurations.isEmpty
        ? [] : [ReportTables.pairs(configurations), ReportTables.runs(configurations)])
  }

  /// Throws `OutputError` where a file of the report is there and may not be replaced (`overwrites`). `output` as in
  /// `write`.
  package func check(output: String?, overwrites: Bool) throws {
    let output = folder(output)
    let files = EarlierReport.files(of: figures.map(\.id), tables: written.map(\.id), in: output)
    let earlier = try EarlierReport(in: output).files
    if !overwrites, let first = (earlier + files).first(where: { FileStatus.State($0) != nil }) {
      throw OutputError.exists(output: first, option: "--output")
    }
  }

  private func folder(_ output: String?) -> String {
    output ?? folders.first.map { RunFolder($0).report } ?? "report"
  }

  /// Table 1 and Table 2.
  package var text: String { tables.map(\.plain).joined(separator: "\n\n") }

  /// Writes tables, figures and the page into `output` (the folder `report` in the first run's if nil), which
  /// is created if it does not exist. Returns what to tell the user. Throws `OutputError` where a file of it is there
  /// and may not be replaced (`overwrites`), and where `output` cannot be written, before anything is touched; and, with
  /// everything but the pictures written, where matplotlib is installed but fails.
  package func write(to output: String?, overwrites: Bool = false) throws -> String {
    try check(output: output, overwrites: overwrites)
    let output = folder(output)
    let earlier = try EarlierReport(in: output).files
    let lock = try RunFolder(output).prepare(.resume, outputs: [])
    defer { withExtendedLifetime(lock) {} }
    let notice = try ReportExchange(in: output).replace(earlier) { try writeFiles(in: $0) }
    let told = try notice.get()
    let drawn = (told == nil ? "" : "the numbers of ") + counted(figures.count, "figure")
    return "\(output)/report.html: \(counted(tables.count, "table")), \(drawn)"
      + (told.map { "\n\($0)" } ?? "")
  }

  /// Writes everything into `folder`. Returns what to tell of the pictures, and as a failure that matplotlib is installed
  /// and has failed: everything else is written then.
  private func writeFiles(in folder: String) throws -> Result<String?, any Error> {
    for table in written + figures.map(\.table) {
      try AtomicFile.write(table.csv, to: "\(folder)/\(table.id).csv")
    }
    if !tables.isEmpty {
      try AtomicFile.write(tables.map(\.markdown).joined(separator: "\n"), to: "\(folder)/tables.md")
    }
    let drawing: Result<FigureDrawing.Outcome, any Error>
    do {
      drawing = .success(try FigureDrawing.draw(figures, tables: written.map(\.id), in: folder))
    } catch let error as ReportError {
      drawing = .failure(error)
    }
    var notice: String?
    var pictures: [String: String] = [:]
    switch drawing {
    case .success(.drawn):
      for figure in figures {
        pictures[figure.id] = try FigureDrawing.inline(
          "\(folder)/\(figure.id).svg", id: figure.id, label: figure.title)
      }
    case .success(.unavailable(let reason)):
      notice =
        "Figures are not drawn: \(reason). Install matplotlib (pip install matplotlib, or apt-get install "
        + "python3-matplotlib; LCFT_PYTHON names another Python) and give the command again with --overwrite."
    case .failure(let error): notice = "Figures are not drawn: \(error)."
    }
    try AtomicFile.write(
      ReportPage(
        configurations: configurations, tables: tables, groupTables: groupTables, figures: figures,
        pictures: pictures, notice: notice
      ).html(), to: "\(folder)/\(EarlierReport.page)")
    return drawing.map { _ in notice }
  }

  /// The folders' names; where two are the same, the paths as they were given.
  private static func names(_ folders: [String]) -> [String] {
    let names = folders.map { URL(fileURLWithPath: $0).standardizedFileURL.lastPathComponent }
    return zip(folders, names).map { folder, name in names.count { $0 == name } > 1 ? folder : name }
  }
}

/// Names of files and of elements: letters and digits of any script and hyphens, each given out once.
private struct Identifiers {
  private var given: Set<String> = []
  /// Bytes of a name, so that an ending and what marks an unfinished file fit into a file's name.
  private static let longest = 150

  mutating func make(_ text: String) -> String {
    var plain = ""
    for character in text {
      let next = character.isLetter || character.isNumber ? "\(character)" : "-"
      if plain.utf8.count + next.utf8.count > Identifiers.longest { break }
      plain += next
    }
    var name = plain
    var number = 2
    while !given.insert(name).inserted {
      name = "\(plain)-\(number)"
      number += 1
    }
    return name
  }
}
