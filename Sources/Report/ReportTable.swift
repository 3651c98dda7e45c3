import Foundation
import IO
import LCFT
import Support

/// A table of a report: rounded for readers as text, Markdown and HTML, and with every digit as CSV.
struct ReportTable {
  struct Column {
    /// The name in CSV; nil for a column that only readers need.
    var key: String?
    /// The heading elsewhere; nil for a column that only programs need.
    var title: String?
    var isNumber = true
  }

  struct Cell {
    /// In CSV; empty for what is not known.
    var data: String
    var text: String
    /// The best of its row: in bold, and on a terminal with a star.
    var isBest = false

    init(data: String, text: String) {
      self.data = data
      self.text = text
    }

    init(_ name: String) { self.init(data: name, text: name) }
    init(_ count: Int) { self.init(data: "\(count)", text: "\(count)") }

    /// Readers see `digits` digits after the point.
    init(_ value: Double, _ digits: Int) {
      self.init(data: value.isFinite ? "\(value)" : "", text: Support.text(value, digits))
    }

    init(percent share: Double) {
      self.init(share, 0)
      text = share.isFinite ? "\(Support.text(100 * share, 1))%" : "-"
    }

    /// A difference in user AUC with its interval, as readers see it.
    init(_ comparison: Results.Comparison?) { self.init(data: "", text: comparisonText(comparison)) }
  }

  /// The name of its CSV file, without the ending.
  var id: String
  var title: String
  /// What the columns mean.
  var note: String
  /// What the cells are that are marked as the best.
  var bestNote: String?
  var columns: [Column]
  /// [rows][columns]
  var rows: [[Cell]] = []
  /// Rows that only programs need.
  private var hidden: Set<Int> = []

  init(id: String, title: String, note: String, columns: [Column]) {
    self.id = id
    self.title = title
    self.note = note
    self.columns = columns
  }

  /// Readers do not see the first and the last of `rows` as long as they are empty.
  mutating func hideEmptyEnds(of rows: Range<Int>, _ isEmpty: (Int) -> Bool) {
    hidden.formUnion(rows.prefix(while: isEmpty))
    hidden.formUnion(rows.reversed().prefix(while: isEmpty))
  }

  private var shown: [Int] { columns.indices.filter { columns[$0].title != nil } }
  private var shownRows: [[Cell]] { rows.indices.filter { !hidden.contains($0) }.map { rows[$0] } }

  var csv: String {
    let kept = columns.indices.filter { columns[$0].key != nil }
    func quoted(_ field: String) -> String {
      guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
      return "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
    let lines = [kept.map { columns[$0].key ?? "" }] + rows.map { row in kept.map { row[$0].data } }
    return lines.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
  }

  var plain: String {
    // The best cell of a row has a star; the others of its column leave room for one.
    let starred = Set(shown.filter { column in shownRows.contains { $0[column].isBest } })
    func room(_ column: Int) -> String { starred.contains(column) ? " " : "" }
    let lines =
      [shown.map { (columns[$0].title ?? "") + room($0) }]
      + shownRows.map { row in shown.map { row[$0].text + (row[$0].isBest ? "*" : room($0)) } }
    let widths = shown.indices.map { place in lines.map { terminalColumns($0[place]) }.max() ?? 0 }
    let table = lines.map { line in
      let cells = line.enumerated().map { place, cell in
        pad(cell, widths[place], right: columns[shown[place]].isNumber)
      }
      return withoutTrailingBlanks(cells.joined(separator: "  "))
    }
    let notes = noteText(best: starred.isEmpty ? nil : "*")
    return ([title] + table + [wrapped(notes, width: ReportTable.noteColumns)]).filter { !$0.isEmpty }
      .joined(separator: "\n")
  }

  /// Columns of a note on a terminal.
  private static let noteColumns = 100

  /// The note, and what the best cells are that `best` is the mark of.
  private func noteText(best: String? = "bold") -> String {
    guard let bestNote, let best else { return note }
    return "\(note); \(best): \(bestNote)"
  }

  var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    func escaped(_ text: String) -> String { text.replacingOccurrences(of: "|", with: "\\|") }
    let head = [
      "**\(title)**", "", line(shown.map { escaped(columns[$0].title ?? "") }),
      line(shown.map { columns[$0].isNumber ? "---:" : "---" }),
    ]
    let body = shownRows.map { row in
      line(shown.map { row[$0].isBest ? "**\(escaped(row[$0].text))**" : escaped(row[$0].text) })
    }
    let note = noteText()
    return (head + body + (note.isEmpty ? [] : ["", note])).joined(separator: "\n") + "\n"
  }

  /// Rows of the longest table that lies open on the page.
  private static let openRows = 30

  var html: String { html(isFolded: shownRows.count > ReportTable.openRows) }

  /// As an element of a page; folded, a reader opens it by its title.
  func html(isFolded: Bool) -> String {
    func cell(_ tag: String, _ column: Int, _ content: String) -> String {
      "<\(tag)\(columns[column].isNumber ? " class=\"number\"" : "")>\(content)</\(tag)>"
    }
    let head = shown.map { cell("th", $0, escapedHTML(columns[$0].title ?? "")) }.joined()
    let body = shownRows.map { row in
      let cells = shown.map { column in
        let text = escapedHTML(row[column].text)
        return cell("td", column, row[column].isBest ? "<b>\(text)</b>" : text)
      }
      return "<tr>\(cells.joined())</tr>\n"
    }
    let caption = isFolded ? "" : "<caption>\(escapedHTML(title))</caption>\n"
    let table = """
      <div class="scroll"><table id="\(escapedHTML(id))">
      \(caption)<thead><tr>\(head)</tr></thead>
      <tbody>
      \(body.joined())</tbody></table></div>
      \(note.isEmpty ? "" : "<p class=\"note\">\(escapedHTML(noteText()))</p>\n")
      """
    return isFolded ? "<details><summary>\(escapedHTML(title))</summary>\n\(table)</details>\n" : table
  }
}

/// `text` as the content of an HTML element or attribute.
func escapedHTML(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    default: result.append(character)
    }
  }
  return result
}
