import IO
import Report
import Support
import TestSupport
import Testing

/// What a reader of a report meets: what failed, few users, and a terminal.
extension ReportTests {
  /// A run that is given twice, or with the folder above it, is one run.
  @Test func aRunCountsOnce() throws {
    let path = try run("a")
    let once = try Report([path]).text
    #expect(try Report([path, path + "/"]).text == once)
    #expect(try Report([path, folder.path]).text == once)
    #expect(try Report([folder.path, path]).text == once)
  }

  /// A fine-tuning that diverged for everybody is told as such, and not as if no user had an AUC.
  @Test func fineTuningsThatDivergedForAll() throws {
    let path = try run("a", ["cloud": 0.625, "local": .nan]) { results in
      for user in 0..<40 {
        results.methods[1].auc[changing: user] = .nan
        results.methods[1].aucStatus[changing: user] = .notFinite
      }
      results.methods[1].summary.undefinedAUC = 40
    }
    _ = try Report([path]).write(to: folder.file("out"))
    let page = try String(contentsOfFile: folder.file("out/report.html"), encoding: .utf8)
    #expect(
      page.contains("the fine-tuning of all users diverged under local: lower finetuning.learning_rate"))
    #expect(page.contains("cloud has the user AUC 0.6250.") && !page.contains("no user has an AUC"))
  }

  /// The difference of few users has no interval, and is told by no reader from chance.
  @Test(arguments: [(1, false), (5, false), (6, true)])
  func fewUsersHaveNoInterval(_ users: Int, _ hasInterval: Bool) throws {
    let path = try run("a", ["cloud": 0.5, "local": 0.625]) { results in
      for method in results.methods.indices {
        for user in users..<40 {
          results.methods[method].auc[changing: user] = .nan
          results.methods[method].aucStatus[changing: user] = .onlyNegatives
        }
        for user in 0..<users { results.methods[method].auc[changing: user] = 0.5 + 0.125 * Double(method) }
      }
      results.significance = results.compareMethods(seed: 4)
    }
    let report = try Report([path])
    #expect(report.text.contains("+0.1250 [+0.1250, +0.1250]") == hasInterval, "\(report.text)")
    let printed = "\(ResultsTable(try ResultsFile.read(path + "/results.h5"), title: "a"))"
    #expect(printed.contains("+0.1250") && printed.contains("+0.1250 [") == hasInterval, "\(printed)")
    _ = try report.write(to: folder.file("out"))
    let page = try String(contentsOfFile: folder.file("out/report.html"), encoding: .utf8)
    #expect(page.contains("which may be chance") == !hasInterval)
  }

  /// A bucket of one user has no interval; its table and figure do without.
  @Test func anABTestWithABucketOfOneUser() throws {
    let path = try run("a")
    try """
    bucket,method,day,impressions,clicks,users,ctr,ctr_low,ctr_high,clicks_per_user,clicks_per_user_low,clicks_per_user_high
    A,cloud,1,5,1,1,,,,,,
    B,local,1,15,3,2,0.2,0.1,0.3,1.5,1,2

    """.write(toFile: path + "/ab-days.csv", atomically: true, encoding: .utf8)
    _ = try Report([path]).write(to: folder.file("out"))
    let table = try rows("figure5-a.csv")
    let (value, low) = try (
      #require(table[0].firstIndex(of: "ctr")), #require(table[0].firstIndex(of: "ctr_low"))
    )
    #expect(table[1][value] == "0.2" && table[1][low].isEmpty && table[2][low] == "0.1")
  }

  /// Notes are wrapped, the best of a row has a star, and what may not be replaced is told before anything is printed.
  @Test func onATerminal() throws {
    let path = try run("a", ["cloud": 0.5, "local": 0.6])
    let report = try Report([path])
    #expect(report.text.contains("0.6000*"), "\(report.text)")
    #expect(report.text.contains("*: the best of a row") && !report.text.contains("bold"))
    #expect(!report.text.contains("Where fine-tuning acts"))
    try report.check(output: folder.file("out"), overwrites: false)
    _ = try report.write(to: folder.file("out"))
    #expect(throws: OutputError.self) { try report.check(output: folder.file("out"), overwrites: false) }
    try report.check(output: folder.file("out"), overwrites: true)
    let tables = try String(contentsOfFile: folder.file("out/tables.md"), encoding: .utf8)
    #expect(tables.contains("bold: the best of a row, and what rounds to the same"))
  }
}
