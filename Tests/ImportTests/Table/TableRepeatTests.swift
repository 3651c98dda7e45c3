import IO
import Import
import Support
import TestSupport
import Testing

/// What the account says of rows of one user, item and time, and of the split.
@Suite struct TableRepeatTests {
  private let log = """
    user,item,label,timestamp
    u,a,1,10
    u,a,0,10
    u,a,1,10
    u,b,0,20
    v,b,0,20
    v,b,0,20
    """

  private func result(_ keys: String) throws -> TableResult {
    try TableResult("log: {files: log.csv}\nlabel: label\n\(keys)\n", ["log.csv": log])
  }

  @Test(arguments: ["first", "keep"]) func repeatsWithAnotherLabelAreWarnedOf(_ repeats: String) throws {
    let found = try result("repeats: \(repeats)\nsplit: {fraction: 0.5}")
    #expect(found.account.repeats == 3 && found.account.otherLabels.count == 1)
    #expect(found.account.otherLabels.example == "user u, item a, time 10: 1, then 0")
    #expect(
      found.account.lines.contains {
        $0.hasPrefix("repeats     3 repeats of") && $0.contains("1 of them with another label")
      })
    #expect(
      found.account.warnings.contains {
        "\($0)".contains("another label than a row of the same user, item and time")
      })
    #expect(found.dataset.events.count == (repeats == "first" ? 3 : 6))
  }

  @Test func repeatsWithTheSameLabelAreNoWarning() throws {
    let found = try TableResult(
      "log: {files: log.csv}\nlabel: label\nsplit: {fraction: 0.5}\n",
      ["log.csv": "user,item,label,timestamp\nu,a,1,1\nu,a,1,1\nu,b,0,2\nu,c,0,3\n"])
    #expect(found.account.repeats == 1 && found.account.otherLabels.count == 0)
    #expect(!found.account.warnings.contains { "\($0)".contains("another label") })
  }

  /// However many rows one second has, a sample that knows its second knows the rows before the first of its own item.
  @Test func keptRepeatsOfOneSecond() throws {
    let items = (0..<300).map { $0 * 7 % 90 }
    let rows = items.map { "u,i\($0),\($0 % 2),5\n" }.joined()
    let found = try TableResult(
      "log: {files: log.csv}\nlabel: label\nrepeats: keep\nsame_time: before\nsplit: {time: 9}\n",
      ["log.csv": "user,item,label,timestamp\n" + rows])
    let expected = items.indices.map { Int32(items.firstIndex(of: items[$0]) ?? -1) }
    #expect(found.dataset.train.eventPosition.elements == expected)
  }

  /// Half of five samples, of which the third and the fourth are of one second: the cut moves behind them.
  @Test func theShareThatTrainsIsTold() throws {
    let found = try TableResult(
      "log: {files: log.csv}\nlabel: label\nsplit: {fraction: 0.6}\n",
      ["log.csv": "user,item,label,timestamp\nu,a,1,1\nu,b,1,2\nu,c,0,3\nu,d,0,3\nu,e,0,4\n"])
    #expect(found.dataset.train.count == 4)
    #expect(
      found.account.lines.contains(
        "split       first 0.6 of each user's samples: 4 of 5 samples (80.0%) train"))
  }
}
