import IO
import Import
import Support
import TestSupport
import Testing

/// Rows are in the order of their whole times, though data sets keep seconds; pandas sorts them the same.
@Suite struct TableFineTimeTests {
  private func items(
    _ rows: [(user: String, item: String, time: String)], _ time: String = "timestamp"
  ) throws -> (items: [String], account: ImportAccount) {
    let found = try TableResult(
      "log: {files: log.csv, time: \(time)}\nlabel: label\nsame_time: before\nsplit: {fraction: 0.5}\n",
      [
        "log.csv": "user,item,label,timestamp\n"
          + rows.map { "\($0.user),\($0.item),1,\($0.time)\n" }.joined()
      ])
    return (found.dataset.events.item.elements.map { found.dataset.items.id[Int($0)] }, found.account)
  }

  @Test(arguments: [
    ("timestamp", ["1369800000900", "1369800000100", "1369800000500"]),
    ("timestamp", ["1369800000000900", "1369800000000100", "1369800000000500"]),
    ("timestamp", ["1369800000000000900", "1369800000000000100", "1369800000000000500"]),
    ("timestamp", ["1369800000.75", "1369800000", "1369800000.5"]),
    ("timestamp", ["2013-05-29T04:00:00.9Z", "2013-05-29T04:00:00.08Z", "2013-05-29T04:00:00.10Z"]),
    (
      "{column: timestamp, format: \"%d.%m.%Y %H:%M:%S.%f\"}",
      ["29.05.2013 04:00:00.9", "29.05.2013 04:00:00.08", "29.05.2013 04:00:00.10"]
    ),
  ])
  func rowsOfOneSecondAreInOrder(_ unit: String, _ times: [String]) throws {
    let found = try items(zip(["a", "b", "c"], times).map { ("u", $0, $1) }, unit)
    #expect(found.items == ["b", "c", "a"])
    #expect(found.account.fractionalTimes >= 2)
    #expect(
      found.account.lines.contains { $0.contains("have a fraction of a second: rows are in its order") })
  }

  /// Rows of one time keep the order of the file, and whole seconds stand before later parts of them.
  @Test func equalTimesKeepTheFilesOrder() throws {
    let found = try items([
      ("u", "a", "10.5"), ("v", "x", "3"), ("u", "b", "10.5"), ("u", "c", "10"), ("v", "y", "2.25"),
    ])
    #expect(found.items == ["c", "a", "b", "y", "x"])
  }

  /// What says first what a user is, within one second.
  @Test func theFirstRowIsFirstInTheWholeTime() throws {
    let found = try TableResult(
      """
      log: {files: log.csv}
      label: label
      users: {features: {city: {}}}
      split: {fraction: 0.5}
      """,
      [
        "log.csv": "user,item,label,timestamp,city\nu,a,1,1369800000900,B\nu,b,0,1369800000100,A\n"
      ])
    #expect(found.values(.users, "city") == ["A"])
  }

  /// An action within the second of its exposure is after it or not as the whole times say.
  @Test func actionsAreCreditedByWholeTimes() throws {
    let found = try TableResult(
      """
      log: {files: log.csv}
      label: {credit: {column: what, exposures: [pv], actions: [buy], window: 60}}
      split: {fraction: 0.5}
      """,
      [
        "log.csv": "user,item,what,timestamp\nu,a,buy,1369800000900\nu,a,pv,1369800000100\n"
          + "u,b,buy,1369800005100\nu,b,pv,1369800005900\n"
      ])
    let labels = found.dataset.train.label.elements + found.dataset.test.label.elements
    #expect(labels == [1, 0])
  }
}
