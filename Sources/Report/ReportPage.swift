import Foundation
import IO

/// `report.html`: everything in one file, which loads nothing else.
enum ReportPage {
  /// `pictures` are the drawings by their figure's identifier, empty where they could not be drawn for the
  /// reason `notice`.
  static func html(
    runs: [ReportedRun], tables: [ReportTable], figures: [Figure], pictures: [String: String],
    notice: String?, created: String = FileHeader.timestamp()
  ) -> String {
    let style = """
      :root { \(FigureColours.css(\.light)) }
      @media screen and (prefers-color-scheme: dark) { :root { \(FigureColours.css(\.dark)) } }
      \(String(decoding: PackageResources.report_css, as: UTF8.self))
      """
    let drawn = figures.map { figure in
      let picture = pictures[figure.id].map { "\($0)\n" } ?? "<p><b>\(escapedHTML(figure.title))</b></p>\n"
      return """
        <figure id="\(escapedHTML(figure.id))-figure">
        \(picture)<figcaption>\(escapedHTML(figure.caption))</figcaption>
        \(figure.table.html)</figure>

        """
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>lcft report: \(escapedHTML(runs.map(\.name).joined(separator: ", ")))</title>
      <style>
      \(style)</style>
      </head>
      <body>
      <h1>lcft report</h1>
      <p class="about">Made by lcft \(FileHeader.programVersion), \(created).</p>
      \(notice.map { "<p><b>\(escapedHTML($0))</b></p>\n" } ?? "")\
      <h2>Tables</h2>
      \(tables.map(\.html).joined(separator: "\n"))
      <h2>Figures</h2>
      \(drawn.joined())\
      \(runs.isEmpty ? "" : "<h2>Runs</h2>\n" + self.runs(runs).html)</body>
      </html>

      """
  }

  private static func runs(_ runs: [ReportedRun]) -> ReportTable {
    var table = ReportTable(
      id: "runs", title: "Where the numbers come from", note: "",
      columns: ["run", "folder", "job", "model", "content of results.h5 (SHA-256)"].map {
        .init(title: $0, isNumber: false)
      })
    for run in runs {
      table.rows.append([
        .init(run.name), .init(run.folder), .init(run.job), .init(run.results.model),
        .init(run.results.contentDigest()),
      ])
    }
    return table
  }
}
