import Foundation
import IO
import LCFT
import Support

/// `report.html`: everything in one file, which loads nothing else.
struct ReportPage {
  let configurations: [Configuration]
  let tables: [ReportTable]
  /// By local CTR; readers open them by their titles.
  let groupTables: [ReportTable]
  let figures: [Figure]
  /// The drawings by their figure's identifier, empty where they could not be drawn for the reason `notice`.
  let pictures: [String: String]
  let notice: String?

  /// A part of the page: its heading, what the contents list below it, and its content.
  private struct Section {
    var id: String
    var title: String
    var entries: [(id: String, title: String)] = []
    var html: String
  }

  func html(created: String = FileHeader.timestamp()) -> String {
    let sections = self.sections
    let names = configurations.map(\.name).joined(separator: ", ")
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>lcft report\(names.isEmpty ? "" : ": " + escapedHTML(names))</title>
      <style>
      \(style)</style>
      </head>
      <body>
      <h1>\(escapedHTML(heading))</h1>
      <p class="about">Made by lcft \(FileHeader.programVersion), \(created).</p>
      \(notice.map { "<p><b>\(escapedHTML($0))</b></p>\n" } ?? "")\
      \(contents(sections))\
      \(sections.map { "<section id=\"\($0.id)\">\n<h2>\($0.title)</h2>\n\($0.html)</section>\n" }.joined())\
      </body>
      </html>

      """
  }

  private var heading: String {
    let names = configurations.firstOfEachDataset.map(\.dataset)
    return names.isEmpty ? "lcft report" : "Per-user fine-tuning on \(names.joined(separator: ", "))"
  }

  private var style: String {
    """
    :root { \(FigureColours.css(\.light)) }
    @media screen and (prefers-color-scheme: dark) { :root { \(FigureColours.css(\.dark)) } }
    \(String(decoding: PackageResources.report_css, as: UTF8.self))
    """
  }

  private var sections: [Section] {
    var sections: [Section] = []
    if !configurations.isEmpty {
      sections.append(Section(id: "short", title: "In short", html: short))
      sections.append(
        Section(
          id: "tables", title: "Tables", entries: tables.map { ($0.id, $0.title) },
          html: tables.map(\.html).joined(separator: "\n")))
    }
    if !groupTables.isEmpty {
      sections.append(
        Section(
          id: "groups", title: "By local CTR", entries: groupTables.map { ($0.id, $0.title) },
          html: groupTables.map { $0.html(isFolded: true) }.joined()))
    }
    sections.append(
      Section(
        id: "figures", title: "Figures", entries: figures.map { ("\($0.id)-figure", $0.title) },
        html: figures.map(html).joined()))
    guard !configurations.isEmpty else { return sections }
    sections.append(Section(id: "methods", title: "Methods and measures", html: explanations))
    sections.append(
      Section(
        id: "origin", title: "Runs", html: ReportTables.runs(configurations).html + commands + jobs))
    return sections
  }

  private func contents(_ sections: [Section]) -> String {
    func link(_ id: String, _ title: String) -> String {
      "<a href=\"#\(escapedHTML(id))\">\(escapedHTML(title))</a>"
    }
    let items = sections.map { section in
      let entries = section.entries.map { "<li>\(link($0.id, $0.title))</li>\n" }.joined()
      return
        "<li>\(link(section.id, section.title))\(entries.isEmpty ? "" : "\n<ul>\n\(entries)</ul>")</li>\n"
    }
    return "<nav aria-label=\"Contents\">\n<ul>\n\(items.joined())</ul>\n</nav>\n"
  }

  private func html(_ figure: Figure) -> String {
    let picture = pictures[figure.id].map { "\($0)\n" } ?? "<p><b>\(escapedHTML(figure.title))</b></p>\n"
    return """
      <figure id="\(escapedHTML(figure.id))-figure">
      \(picture)<figcaption>\(escapedHTML(figure.caption))</figcaption>
      \(figure.table.html(isFolded: true))</figure>

      """
  }

  /// A line per configuration: the method of the highest user AUC, over the users that all methods cover.
  private var short: String {
    let lines = configurations.map { configuration in
      let scores = configuration.methods.map { ($0.name, configuration.commonScore($0.name, \.userAUC)) }
      let seeds = configuration.runs.count > 1 ? ", \(configuration.runs.count) seeds" : ""
      let about =
        "\(configuration.name) (\(configuration.model) on \(configuration.dataset), "
        + "\(counted(configuration.users.row.count, "user"))\(seeds)): "
      guard let best = scores.filter({ !$0.1.mean.isNaN }).max(by: { $0.1.mean < $1.1.mean }) else {
        return about + noAUC(configuration)
      }
      let against = [Method.cloud, .local].map(\.rawValue).compactMap { base in
        configuration.significance.comparison(of: best.0, against: base).map { found in
          return "\(comparisonText(found)) against \(base)\(found.isTold ? "" : ", which may be chance")"
        }
      }
      return about + "\(best.0) has the highest user AUC, \(best.1.text(4))"
        + (against.isEmpty ? "" : ": " + against.joined(separator: "; ")) + "."
    }
    return "<ul>\n\(lines.map { "<li>\(escapedHTML($0))</li>\n" }.joined())</ul>\n"
  }

  /// Why no user has an AUC under every method.
  private func noAUC(_ configuration: Configuration) -> String {
    let diverged = configuration.methods.map(\.name).filter { name in
      configuration.counts(name, \.aucUsers).allSatisfy { $0 == 0 }
        && configuration.counts(name, \.divergedUsers).contains { $0 > 0 }
    }
    guard !diverged.isEmpty else { return "no user has an AUC." }
    let cloud = configuration.score(Method.cloud.rawValue, \.summary.userAUC)
    return
      "the fine-tuning of all users diverged under \(diverged.joined(separator: ", ")): lower finetuning.learning_rate"
      + (cloud.mean.isNaN ? "." : "; cloud has the user AUC \(cloud.text(4)).")
  }

  private var explanations: String {
    var names: [String] = []
    for name in configurations.flatMap({ $0.methods.map(\.name) }) where !names.contains(name) {
      names.append(name)
    }
    let methods = names.map {
      ($0, Method(rawValue: $0)?.sentence ?? "A method that this version of lcft does not know.")
    }
    func list(_ entries: [(String, String)]) -> String {
      entries.map { "<dt>\(escapedHTML($0))</dt><dd>\(escapedHTML($1))</dd>\n" }.joined()
    }
    return "<dl>\n\(list(methods))</dl>\n<dl>\n\(list(MeasureText.all.map { ($0.name, $0.sentence) }))</dl>\n"
  }

  /// What was typed, where the summaries say it.
  private var commands: String {
    let known = configurations.flatMap(\.runs).filter { $0.command != nil }
    guard !known.isEmpty else { return "" }
    let items = known.map { run in
      "<dt>\(escapedHTML(run.name))\(run.ranks.map { ", \(counted($0, "rank"))" } ?? "")</dt>"
        + "<dd><code>\(escapedHTML(run.command ?? ""))</code></dd>\n"
    }
    return "<h3>Commands</h3>\n<dl>\n\(items.joined())</dl>\n"
  }

  /// The job files, folded.
  private var jobs: String {
    let items = configurations.map { configuration in
      let seeds =
        configuration.runs.count > 1
        ? ", seeds \(configuration.runs.map { "\($0.seed)" }.joined(separator: ", "))" : ""
      return "<details><summary>Job file of \(escapedHTML(configuration.name + seeds))</summary>\n"
        + "<pre>\(escapedHTML(configuration.first.results.job))</pre></details>\n"
    }
    return "<h3>Settings</h3>\n" + items.joined()
  }
}
