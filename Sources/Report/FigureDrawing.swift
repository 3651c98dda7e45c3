import Foundation
import IO
import Runs
import Support

/// The colours of a report's page and figures. A drawing is made in the light ones, for files that stand by
/// themselves; on the page they are variables that follow the reader's scheme.
struct FigureColours {
  /// Name, light and dark.
  typealias Colour = (name: String, light: String, dark: String)

  static let page: [Colour] = [
    ("ink", "#1f2328", "#e8e8e6"), ("muted", "#5c636b", "#a3a8ae"), ("grid", "#dfe2e6", "#3a3e44"),
    ("paper", "#ffffff", "#17191c"), ("faint", "#d3d7dc", "#4b5058"),
  ]

  /// Can be told apart with the common kinds of colour blindness, at least up to the sixth (after Okabe and
  /// Ito).
  static let series: [Colour] = [
    ("#0072b2", "#56b4f0"), ("#c8500a", "#ff9152"), ("#008a66", "#3ccba0"), ("#a8508a", "#e6a0cc"),
    ("#b07d00", "#f2bd42"), ("#4a6fdc", "#9fb4ff"), ("#7a5440", "#cf9f88"), ("#6e7781", "#aab2bb"),
    ("#7d8600", "#cbd250"), ("#6a48b8", "#b99cf5"),
  ].enumerated().map { ("series-\($0 + 1)", $1.0, $1.1) }

  /// The variables' values in CSS.
  static func css(_ colour: KeyPath<Colour, String>) -> String {
    (page + series).map { "--\($0.name): \($0[keyPath: colour]);" }.joined(separator: " ")
  }
}

/// Draws figures with matplotlib, which runs as a separate program.
///
/// The script is part of this executable. It reads the figures' CSV files, so that what is drawn is what the
/// tables say.
enum FigureDrawing {
  /// Whether figures were drawn, or why not.
  enum Outcome {
    case drawn
    case unavailable(String)
  }

  private struct Manifest: Encodable {
    struct Colours: Encodable {
      var ink, muted, grid, paper, faint: String
      var series: [String]
    }
    var colours: Colours
    /// Of fewer users no interval is drawn.
    var fewestUsers = Results.Comparison.fewestUsers
    var figures: [Figure]
    /// The tables beside the figures, so that a later report knows what is an earlier one's.
    var tables: [String]

    private enum CodingKeys: String, CodingKey {
      case colours, figures, tables
      case fewestUsers = "fewest_users"
    }
  }

  /// Draws `figures` from their CSV files in `folder` as SVG and PNG next to them. Throws
  /// `ReportError.drawing` where matplotlib is installed but fails.
  static func draw(_ figures: [Figure], tables: [String], in folder: String) throws -> Outcome {
    let light = Dictionary(uniqueKeysWithValues: FigureColours.page.map { ($0.name, $0.light) })
    func colour(_ name: String) -> String { light[name] ?? "#000000" }
    let manifest = Manifest(
      colours: .init(
        ink: colour("ink"), muted: colour("muted"), grid: colour("grid"), paper: colour("paper"),
        faint: colour("faint"), series: FigureColours.series.map(\.light)),
      figures: figures, tables: tables)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(
      String(decoding: try encoder.encode(manifest), as: UTF8.self) + "\n",
      to: "\(folder)/\(EarlierReport.manifest)")
    switch python() {
    case .missing(let reason): return .unavailable(reason)
    case .found(let program): return try run(program, folder)
    }
  }

  private enum Python {
    case found(String)
    case missing(String)
  }

  /// The Python that LCFT_PYTHON names, else `python3` on the PATH.
  private static func python() -> Python {
    let environment = ProcessInfo.processInfo.environment
    let name = environment["LCFT_PYTHON"] ?? "python3"
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let candidates = name.contains("/") ? [name] : name.isEmpty ? [] : folders.map { "\($0)/\(name)" }
    if let found = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) {
      return .found(found)
    }
    return .missing(
      environment["LCFT_PYTHON"] == nil
        ? "there is no python3 on the PATH" : "LCFT_PYTHON names no program ('\(name)')")
  }

  private static func run(_ program: String, _ folder: String) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["-c", String(decoding: PackageResources.figures_py, as: UTF8.self), folder]
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw ReportError.drawing(program: program, reason: "it cannot be started")
    }
    let told = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationReason == .exit {
      if process.terminationStatus == 0 { return .drawn }
      if process.terminationStatus == 3 { return .unavailable("\(program) has no matplotlib") }
    }
    let last = told.split(whereSeparator: \.isNewline).last.map(String.init)
    throw ReportError.drawing(program: program, reason: last ?? "status \(process.terminationStatus)")
  }

  /// The drawing in the file `path` as part of a page: colours as variables, names made unique to the figure.
  static func inline(_ path: String, id: String, label: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ReportError.drawing(program: path, reason: "the picture is missing")
    }
    var svg = String(decoding: data, as: UTF8.self)
    guard let start = svg.range(of: "<svg") else {
      throw ReportError.drawing(program: path, reason: "the picture is no SVG")
    }
    svg = String(svg[start.lowerBound...])
    if let open = svg.range(of: "<metadata>"), let close = svg.range(of: "</metadata>") {
      svg.removeSubrange(open.lowerBound..<close.upperBound)
    }
    for (name, text) in [("xmlns", ""), ("xmlns:xlink", "")] {
      guard let found = svg.range(of: " \(name)=\"[^\"]*\"", options: .regularExpression) else { continue }
      svg.replaceSubrange(found, with: text)
    }
    for (old, new) in [
      ("id=\"", "id=\"\(id)-"), ("url(#", "url(#\(id)-"), ("href=\"#", "href=\"#\(id)-"),
    ] { svg = svg.replacingOccurrences(of: old, with: new) }
    for colour in FigureColours.page + FigureColours.series {
      svg = svg.replacingOccurrences(of: colour.light, with: "var(--\(colour.name))")
    }
    return svg.replacingOccurrences(
      of: "<svg", with: "<svg role=\"img\" aria-label=\"\(escapedHTML(label))\"",
      options: .anchored)
  }
}
