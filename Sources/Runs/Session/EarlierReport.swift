import Foundation
import IO
import Support

/// The files that a report has left in its folder, by the list that it keeps there. Others in the folder are not its
/// own.
package struct EarlierReport {
  /// Those of the files that are there.
  package let files: [String]

  /// The list's name in the folder.
  package static let manifest = "figures.json"
  /// The page's.
  package static let page = "report.html"

  private struct Manifest: Decodable {
    struct Figure: Decodable { var id: String }
    var figures: [Figure]
    /// Missing in lists of earlier versions, whose tables were always the same.
    var tables: [String]?
  }

  /// Throws where the list is there and cannot be read.
  package init(in folder: String) throws {
    let bytes = try TextFile.start(of: "\(folder)/\(EarlierReport.manifest)")
    guard let found = bytes.flatMap({ try? JSONDecoder().decode(Manifest.self, from: Data($0)) }) else {
      files = []
      return
    }
    files = EarlierReport.files(
      of: found.figures.map(\.id), tables: found.tables ?? EarlierReport.tables, in: folder
    ).filter { FileManager.default.fileExists(atPath: $0) }
  }

  private static let tables = ["table1", "table2", "differences", "significance"]

  /// The files of a report with these figures and tables, by their names. The list is the last, so that what a kill
  /// leaves of a removal is found again.
  package static func files(of figures: [String], tables: [String], in folder: String) -> [String] {
    let drawn = figures.flatMap { figure in ["csv", "svg", "png"].map { "\(figure).\($0)" } }
    return (tables.map { "\($0).csv" } + drawn + ["tables.md", page, manifest])
      .filter { !$0.contains("/") }.map { "\(folder)/\($0)" }
  }
}
