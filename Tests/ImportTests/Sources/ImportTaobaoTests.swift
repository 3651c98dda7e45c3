import IO
import Import
import Support
import TestSupport
import Testing

/// The first second of 2017-11-25 in China.
private let start: Int64 = 1_511_539_200
private let day: Int64 = 86_400

@Suite struct ImportTaobaoTests {
  private func options(
    _ directory: FileTestFolder, _ rows: String, minimum: Int? = nil
  ) throws -> TaobaoImport.Options {
    var options = TaobaoImport.Options(.userBehavior(try directory.write(rows, to: "log.csv")))
    options.minimumTrainingSamples = minimum
    return options
  }

  /// Rows `user,item,category,behaviour,seconds since the first day began`.
  private func log(_ rows: (String, String, String, Int64)...) -> String {
    rows.map { "\($0.0),\($0.1),c-\($0.1),\($0.2),\(start + $0.3)\n" }.joined()
  }

  @Test func actionsAreCreditedToTheLastPageView() throws {
    let directory = try FileTestFolder()
    let rows = log(
      ("u", "a", "pv", 10), ("u", "b", "pv", 20), ("u", "a", "pv", 30), ("u", "b", "fav", 30),
      // Two actions on one exposure, one on none, and one on another user's.
      ("u", "a", "cart", 40), ("u", "a", "buy", 50), ("u", "c", "buy", 60), ("v", "b", "cart", 60),
      // Before its only page view.
      ("v", "d", "cart", 70), ("v", "d", "pv", 80))
    let log = EventLog()
    let dataset = try TaobaoImport.run(options(directory, rows)) { log.events.append($0) }
    func shifted(_ line: String) -> String {
      line.replacing(/@(\d+)/) { "@\(Int64($0.1)! - start)" }
    }
    #expect(
      dataset.lines.map(shifted) == [
        "u: a@10=0 b@20=0 a@30=0 b@30=3 a@40=2 a@50=4 c@60=4 | a#0=0 b#1=1 a#2=1 |",
        "v: b@60=2 d@70=2 d@80=0 | d#2=0 |",
      ])
    #expect(dataset.events.label.values.elementsEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 0]))
    #expect(dataset.itemLines == ["a: c-a", "b: c-b", "c: c-c", "d: c-d"])
    #expect(log.account?.labelSource.hasSuffix("; 3 actions are credited to no exposure") == true)
    #expect(dataset.provenance.settings["actions_without_exposure"] == "3")
    #expect(dataset.provenance.kind == "taobao")
  }

  @Test func eventsOfOneSecondComeAsInTheFile() throws {
    let directory = try FileTestFolder()
    let rows = log(("u", "a", "pv", 5), ("u", "b", "buy", 5), ("u", "a", "cart", 5), ("u", "b", "pv", 5))
    let dataset = try TaobaoImport.run(options(directory, rows))
    // A sample knows nothing of its own second.
    #expect(
      dataset.lines == [
        "u: a@\(start + 5)=0 b@\(start + 5)=4 a@\(start + 5)=2 b@\(start + 5)=0 | a#0=1 b#0=0 |"
      ])
  }

  @Test func theWindowEndsWithTheDayInChina() throws {
    let directory = try FileTestFolder()
    let rows = log(
      ("u", "a", "pv", day - 10), ("u", "b", "pv", day - 5), ("u", "b", "cart", day - 1),
      ("u", "a", "cart", day))
    var options = try options(directory, rows)
    func labels() throws -> [UInt8] {
      let labels = try TaobaoImport.run(options).train.label
      return (0..<labels.count).map { labels[$0] }
    }
    #expect(try labels() == [0, 1])
    #expect(try TaobaoImport.run(options).provenance.settings["action_window"] == "same day")
    options.actionWindow = .seconds(10)
    #expect(try labels() == [1, 1])
    options.actionWindow = .seconds(9)
    #expect(try labels() == [0, 1])
    options.actionWindow = .seconds(3)
    #expect(try labels() == [0, 0])
    #expect(try TaobaoImport.run(options).provenance.settings["action_window"] == "3 seconds")
  }

  @Test func splitsByDay() throws {
    let directory = try FileTestFolder()
    let rows = log(
      ("u", "a", "pv", -1), ("u", "a", "pv", 0), ("u", "b", "pv", 5 * day - 1), ("u", "c", "pv", 5 * day),
      ("u", "d", "pv", 9 * day - 1), ("u", "e", "pv", 9 * day))
    let log = EventLog()
    var options = try options(directory, rows + "u,x,c-x,pv,-1\nu,x,c-x,buy,9999999999999\n")
    let dataset = try TaobaoImport.run(options) { log.events.append($0) }
    #expect(dataset.lines.map { $0.suffix(22) } == ["| a#0=0 b#1=0 | c#2=0 d#3=0"].map { $0.suffix(22) })
    #expect(dataset.events.count == 4 && dataset.items.count == 4)
    #expect(dataset.provenance.splitRule == "timestamp <= \(start + 5 * day - 1)")
    #expect(dataset.provenance.settings["rows_outside_days"] == "4")
    let left = try #require(log.account?.files[0].leftOut)
    #expect(left.map(\.what) == ["outside the days 2017-11-25 to 2017-12-03"] && left.map(\.count) == [4])
    #expect(left[0].line == 1)
    func counts() throws -> [Int] {
      let dataset = try TaobaoImport.run(options)
      return [dataset.train.count, dataset.test.count]
    }
    options.firstDay = CalendarDay("2017-11-24")
    options.lastDay = CalendarDay("2017-12-04")
    options.trainingDays = 1
    #expect(try counts() == [1, 5])
    options.trainingDays = 10
    #expect(try counts() == [5, 1])
    options.split = .fraction(0.5)
    #expect(try counts() == [3, 3])
    #expect(try TaobaoImport.run(options).provenance.settings["training_days"] == nil)
    options.firstDay = CalendarDay("2017-12-05")
    options.lastDay = CalendarDay("2017-12-08")
    #expect(
      throws: ImportError.outsideDays(
        file: directory.path + "/log.csv", rows: 8, days: "2017-12-05 to 2017-12-08", unit: nil)
    ) { try TaobaoImport.run(options) }
  }

  @Test func usersNeedMoreThanTheMinimum() throws {
    let directory = try FileTestFolder()
    let rows = log(
      ("u", "a", "pv", 1), ("u", "a", "pv", 2), ("u", "a", "pv", 6 * day), ("v", "a", "pv", 1),
      ("v", "b", "pv", 2), ("v", "b", "cart", 3), ("v", "a", "pv", 4), ("v", "b", "pv", 6 * day))
    var options = try options(directory, rows, minimum: 2)
    var dataset = try TaobaoImport.run(options)
    // u keeps the events.
    #expect(dataset.users.count == 2 && dataset.events.count == 8)
    #expect(Array(dataset.train.offsets.values) == [0, 0, 3])
    #expect(Array(dataset.test.offsets.values) == [0, 0, 1])
    #expect(dataset.provenance.settings["minimum_training_samples"] == "2")
    options.minimumTrainingSamples = 1
    dataset = try TaobaoImport.run(options)
    #expect(Array(dataset.train.offsets.values) == [0, 2, 5])
    #expect(Array(dataset.test.offsets.values) == [0, 1, 2])
  }

  @Test func readsCopiesWithAHeader() throws {
    let directory = try FileTestFolder()
    let plain = try TaobaoImport.run(
      options(directory, log(("u", "a", "pv", 1), ("u", "a", "buy", 2), ("v", "b", "pv", 1))))
    for (index, header) in [
      "timestamp,behavior_type,user_id,item_id,category_id,extra", "timestamp,behaviour,user,item,category,x",
      "\"timestamp\",\"behavior\",\"userid\",\"itemid\",\"categoryid\",\"x\"",
    ].enumerated() {
      let rows =
        header + "\n\(start + 1),pv,u,a,c-a,0\n\(start + 2),buy,u,a,c-a,0\n\(start + 1),pv,v,b,c-b,0\n"
      let path = try directory.gzip("headed-\(index).csv.gz", rows)
      var options = TaobaoImport.Options(.userBehavior(path))
      options.minimumTrainingSamples = nil
      #expect(try TaobaoImport.run(options).contentDigest() == plain.contentDigest())
    }
    let short = try options(directory, "user,item,timestamp\nu,a,1\n")
    #expect(throws: ImportError.self) { try TaobaoImport.run(short) }
  }

  @Test func anItemsFirstCategoryStands() throws {
    let directory = try FileTestFolder()
    let log = EventLog()
    let dataset = try TaobaoImport.run(
      options(directory, "u,a,y,pv,\(start + 1)\nu,a,x,pv,\(start)\nu,b,y,pv,\(start)\n")
    ) { log.events.append($0) }
    #expect(dataset.itemLines == ["a: x", "b: y"])
    #expect(log.account?.files[0].lostValues.map(\.count) == [1])
  }

  @Test func refusesLinesThatDoNotFit() throws {
    let directory = try FileTestFolder()
    let good = log(("u", "a", "pv", 1))
    for (line, reason) in [
      ("u,b,c,pv", MalformedLine.fieldCount(found: 4, expected: 5)),
      (
        "u,b,c,view,\(start)",
        .outOfRange(field: "behavior", text: #""view""#, allowed: "pv, cart, fav or buy")
      ),
      ("u,b,c,pv,x", .notATime(field: "timestamp", text: #""x""#)),
      ("u,,c,pv,\(start)", .emptyField("item")),
      (",b,c,pv,\(start)", .emptyField("user")),
    ] {
      var options = try options(directory, good + line)
      let file = directory.path + "/log.csv"
      #expect(throws: ImportError.malformedLine(file: file, line: 2, reason: reason)) {
        try TaobaoImport.run(options)
      }
      options.malformed = .skip
      let dataset = try TaobaoImport.run(options)
      // Nothing of the line stays.
      #expect(dataset.events.count == 1 && dataset.items.count == 1 && dataset.categoryNames.count == 1)
      #expect(dataset.provenance.skippedLines == 1)
    }
  }

  @Test func aBadCategoryCostsThatCategory() throws {
    let directory = try FileTestFolder()
    let long = String(repeating: "x", count: 257)
    let log = EventLog()
    let dataset = try TaobaoImport.run(
      options(directory, "u,a,x,pv,\(start)\nu,b,,pv,\(start)\nu,c,\(long),pv,\(start + 1)\n")
    ) { log.events.append($0) }
    #expect(dataset.itemLines == ["a: x", "b:", "c:"])
    #expect(dataset.events.count == 3)
    #expect(
      log.account?.files[0].lostValues.map(\.what) == ["category has more than 256 bytes"])
  }

  @Test func refusesOptionsOutOfRange() throws {
    let directory = try FileTestFolder()
    let good = try options(directory, log(("u", "a", "pv", 1)))
    _ = try TaobaoImport.run(good)
    for change: (inout TaobaoImport.Options) -> Void in [
      { $0.trainingDays = 0 }, { $0.trainingDays = 9 }, { $0.minimumTrainingSamples = -1 },
      { $0.actionWindow = .seconds(-1) }, { $0.historyDays = -1 }, { $0.split = .fraction(2) },
      { $0.firstDay = CalendarDay("2017-12-04") },
    ] {
      var options = good
      change(&options)
      let error = #expect(throws: ImportError.self) { try TaobaoImport.run(options) }
      guard case .option = error else {
        Issue.record("another error: \(String(describing: error))")
        continue
      }
    }
  }
}
