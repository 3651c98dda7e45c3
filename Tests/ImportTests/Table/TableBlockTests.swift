import IO
import Import
import Support
import TestSupport
import Testing

/// Logs of many rows, which are read in blocks: every row keeps its line, its place and its values.
@Suite struct TableBlockTests {
  private static let schema = """
    log: {files: log.csv, user: u, item: i, time: t}
    label: y
    sample_features: {c: {}, n: {kind: numeric}}
    split: {time: 100000}
    on_error: skip

    """

  @Test(arguments: [255, 256, 257, 1025])
  func rowsKeepTheirLinesAndTheirOrder(_ count: Int) throws {
    // Each user comes again in the next block; every 64th row is without a label, every 100th has no number.
    let rows = (0..<count).map { row in
      "user-\(row % 200),item number \(row % 37),\(row),\(row % 64 == 63 ? "?" : "1"),"
        + "c\(row % 300),\(row % 100 == 99 ? "x" : "\(row).5")"
    }
    let result = try TableResult(
      Self.schema, ["log.csv": "u,i,t,y,c,n\n\n" + rows.joined(separator: "\n")])
    let kept = (0..<count).filter { $0 % 64 != 63 }
    let file = result.account.files[0]
    #expect(file.rows == count)
    #expect(file.leftOut.map(\.count) == [count / 64] && file.leftOut.map(\.line) == [66])
    #expect(file.lostValues.map(\.count) == [kept.count { $0 % 100 == 99 }])
    #expect(file.lostValues.map(\.line) == [102])

    var users: [Int] = []
    for row in kept where !users.contains(row % 200) { users.append(row % 200) }
    #expect((0..<users.count).map { result.dataset.users.id[$0] } == users.map { "user-\($0)" })
    let order = kept.sorted { left, right in
      let (first, second) = (users.firstIndex(of: left % 200) ?? 0, users.firstIndex(of: right % 200) ?? 0)
      return first == second ? left < right : first < second
    }
    let train = result.dataset.train
    #expect(
      train.item.elements.map { result.dataset.items.id[Int($0)] } == order.map { "item number \($0 % 37)" })
    #expect(result.values(.samples, "c") == order.map { "c\($0 % 300)" })
    #expect(result.values(.samples, "n") == order.map { $0 % 100 == 99 ? "(0.0)" : "\(Double($0) + 0.5)" })
  }

  @Test func objectsOfManyLines() throws {
    let count = 700
    let rows = (0..<count).map { row in
      row % 150 == 149
        ? "{\"u\": 1"
        : "{\"u\": \"\(row % 90)\", \"i\": \(row % 11), \"t\": \(row), \"g\": [\"a\(row % 7)\", \"b\"]}"
    }
    let result = try TableResult(
      """
      log: {files: log.jsonl, user: u, item: i, time: t}
      event_features: {g: {list: "|"}}
      split: {time: 100000}
      on_error: skip

      """, ["log.jsonl": rows.joined(separator: "\n") + "\n"])
    let kept = (0..<count).filter { $0 % 150 != 149 }
    #expect(result.account.files[0].leftOut.map(\.line) == [150])
    #expect(result.account.files[0].leftOut.map(\.count) == [count - kept.count])
    let order = kept.sorted { ($0 % 90, $0) < ($1 % 90, $1) }
    #expect(result.values(.events, "g") == order.map { "a\($0 % 7)+b" })
  }

  @Test func timesMoreThanACenturyApart() throws {
    let times = [200_000_000_000, 5, 250_000_000_000, 1_600_000_000, 5]
    let rows = times.enumerated().map { "u,i\($0),\($1)" }.joined(separator: "\n")
    let result = try TableResult(
      "log: {files: log.csv, user: u, item: i, time: {column: t, unit: s}}\nlabel: none\n",
      ["log.csv": "u,i,t\n\(rows)\n"])
    #expect(result.dataset.events.timestamp.elements == times.sorted().map(Int64.init))
    #expect(
      result.dataset.events.item.elements.map { result.dataset.items.id[Int($0)] }
        == ["i1", "i4", "i3", "i0", "i2"])
  }
}
