import IO
import Import
import Support
import TestSupport
import Testing

/// Rows that hold a page of items, and what a user had before without times.
@Suite struct TablePageTests {
  private static let schema = """
    log:
      files: behaviors.tsv
      delimiter: tab
      columns: [impression, user, time, history, impressions]
      item: {column: impressions, list: " ", label: "-"}
      history: {column: history, list: " "}
      time: {column: time, unit: s}
    sample_features: {impression: {}}
    items: {file: news.tsv, delimiter: tab, columns: [news, category], key: news, features: {category: {}}}
    split: {time: 150}
    """

  private func result(
    _ rows: String, schema: String = schema, news: String = "N1\tsport\nN-2\tnews\n"
  ) throws -> TableResult {
    try TableResult(schema, ["behaviors.tsv": rows, "news.tsv": news])
  }

  @Test func eachItemOfARowIsASample() throws {
    let found = try result("1\tU\t100\tN8 N9\tN1-1 N-2-0\n2\tU\t200\tN8 N9\tN3-0\n")
    // What is listed as history is a second each before the first row, and no sample.
    #expect(
      found.dataset.lines == [
        "U: N8@98=1 N9@99=1 N1@100=1 N-2@100=0 N3@200=0 | N1#2=1 N-2#2=0 | N3#4=0"
      ])
    #expect(found.values(.samples, "impression") == ["1", "1"])
    #expect(found.values(.samples, "impression", part: 1) == ["2"])
    #expect(found.values(.items, "category") == ["sport", "news", "-", "-", "-"])
    #expect(found.dataset.provenance.settings["listed_history_events"] == "2")
  }

  /// The first row in time says what came before, wherever it stands in the file.
  @Test func theFirstRowsHistoryCounts() throws {
    let found = try result(
      "2\tU\t200\tN8 N9\tN3-0\n1\tU\t100\tN8\tN1-1\n3\tV\t120\t\tN1-0\n4\tV\t130\tN7\tN1-1\n")
    #expect(
      found.dataset.lines == [
        "U: N8@99=1 N1@100=1 N3@200=0 | N1#1=1 | N3#2=0", "V: N1@120=0 N1@130=1 | N1#0=0 N1#1=1 |",
      ])
  }

  @Test(arguments: [
    ("N1", MalformedLine.noLabel(field: "impressions", text: #""N1""#)),
    ("N1-1 N2-x", .noLabel(field: "impressions", text: #""N2-x""#)), ("", .emptyField("impressions")),
  ])
  func itemsNeedLabels(_ page: String, _ reason: MalformedLine) throws {
    let row = "1\tU\t100\tN8\tN1-1\n"
    do {
      _ = try result(row + "2\tU\t200\tN8\t\(page)\n")
      Issue.record("accepted")
    } catch let error as ImportError {
      guard case .malformedLine(_, 2, let found) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(found == reason)
    }
    // A row that is left out leaves nothing.
    let kept = try result(row + "2\tV\t200\tN8\t\(page)\n", schema: Self.schema + "\non_error: skip")
    #expect(kept.dataset.lines == ["U: N8@99=1 N1@100=1 | N1#1=1 |"])
  }

  @Test func oneBadItemCostsThatItem() throws {
    let long = String(repeating: "x", count: 300)
    let found = try result("1\tU\t100\tN8 \(long)\tN1-1 \(long)-0 N2-0\n")
    #expect(found.dataset.lines == ["U: N8@98=1 N1@100=1 N2@100=0 | N1#1=1 N2#1=0 |"])
    #expect(found.values(.samples, "impression") == ["1", "1"])
    #expect(found.account.files[0].lostValues.map(\.count) == [1, 1])
  }

  @Test func jsonListsArePages() throws {
    let found = try TableResult(
      """
      log: {files: log.jsonl, item: {column: shown, list: true, label: ":"}, history: {column: had, list: true}}
      split: {fraction: 0.9}
      """,
      [
        "log.jsonl":
          "{\"user\": \"U\", \"timestamp\": 100, \"shown\": [\"a:1\", \"b:0\"], \"had\": [\"c\"]}\n"
      ])
    #expect(found.dataset.lines == ["U: c@99=1 a@100=1 b@100=0 | a#1=1 b#1=0 |"])
  }
}
