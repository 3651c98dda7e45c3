import IO
import Import
import TestSupport
import Testing

/// What is probably a mistake is said, with the option that mends it.
@Suite struct ImportWarningTests {
  private func warnings(
    _ text: String, items: String? = nil, _ change: (inout CSVImport.Options) -> Void = { _ in }
  ) throws -> [ImportWarning] {
    let directory = try FileTestFolder()
    var options = CSVImport.Options(
      interactions: try directory.write(text, to: "log.csv"),
      items: try items.map { try directory.write($0, to: "items.csv") }, split: .fraction(0.5), seed: 1)
    change(&options)
    let log = EventLog()
    _ = try CSVImport.run(options) { log.events.append($0) }
    return try #require(log.account).warnings
  }

  private let anime =
    "user,item,rating,timestamp\nu1,a,-1,100\nu1,b,9,200\nu1,c,-1,300\nu1,d,5,400\n"
    + "u1,e,0,500\nu1,f,10,600\n"

  /// Dates without separators are numbers, too, and no seconds.
  @Test(arguments: [
    ("20200101", "%Y%m%d"), ("20200101123000", "%Y%m%d%H%M%S"), ("202206030326", "%Y%m%d%H%M"),
    ("2020010112", "%Y%m%d%H"), ("14102100", "%y%m%d%H"),
  ])
  func datesThatAreReadAsSeconds(_ time: String, _ format: String) throws {
    let found = try warnings("user,item,timestamp,label\nu,a,\(time),0\nu,b,\(time),1\n")
    #expect(found.contains { "\($0)".contains("log.time.format: \"\(format)\"") }, "\(found)")
  }

  @Test func timesOfADistantFuture() throws {
    let found = try warnings(
      "user,item,timestamp,label\nu,a,132345678901234567,0\nu,b,132345678901234568,1\n")
    #expect(found.contains { "\($0)".contains("times run up to the year 6163") }, "\(found)")
    #expect(try warnings("user,item,timestamp,label\nu,a,1700000000,0\nu,b,1750000000,1\n").isEmpty)
  }

  /// Dates that stand for none, among true ones.
  @Test func datesThatAreNotKnown() throws {
    func warnings(_ dates: String...) throws -> [ImportWarning] {
      let rows = dates.enumerated().map { "u,i\($0),\($1),\($0 % 2)\n" }
      return try self.warnings("user,item,timestamp,label\n" + rows.joined())
    }
    #expect(
      try warnings("2024-01-02", "2024-01-03", "2099-12-31")
        == [.unlikelyTimes("run up to 2099-12-31, which is yet to come")])
    #expect(
      try warnings("1970-01-01", "2024-01-02", "2024-01-03") == [.unlikelyTimes("begin on 1970-01-01")])
    #expect(try warnings("1970-01-01", "1970-01-02").isEmpty, "a log that counts from 1")
  }

  @Test func manyNegativesOfOneItem() throws {
    let log = "user,item,timestamp\nA,a,100\nA,b,101\nA,c,102\nA,d,103\nA,e,104\nB,a,200\nB,f,201\nC,g,50\n"
    let found = try warnings(log) { $0.negatives.ratios = 5...5 }
    #expect(found.contains { "\($0)".contains("drawn before for the same positive") }, "\(found)")
  }

  /// Lists of categories as Python and JSON write them.
  @Test func listsOfCategories() throws {
    let directory = try FileTestFolder()
    let log = try directory.write("user,item,timestamp,label\nu,1,1,0\nu,2,2,1\n", to: "log.csv")
    let items = try directory.write("item,category\n1,\"['A', 'B']\"\n2,\"['B']\"\n", to: "items.csv")
    let dataset = try CSVImport.run(
      CSVImport.Options(interactions: log, items: items, split: .fraction(0.5), seed: 1))
    let feature = try #require(dataset.features.feature(.items, "category"))
    let values = try #require(dataset.features.vocabulary(of: feature)?.values)
    let names = (0..<2).map { row in feature.column.values(ofRow: row).map { values[Int($0)] } }
    #expect(names == [["A", "B"], ["B"]])
  }

  @Test func notRatedIsNoRating() throws {
    let found = try warnings(anime)
    #expect(found.contains(.ratingScale(lowest: -1, highest: 10, threshold: 4, mend: "--threshold")))
    #expect(
      found.contains(.notRated(value: -1, ratings: 2, of: 6, mend: "--not-rated -1"))
        && found.contains(.notRated(value: 0, ratings: 1, of: 6, mend: "--not-rated 0")))
    #expect(found.contains { "\($0)".contains("--not-rated -1") })

    let directory = try FileTestFolder()
    var options = CSVImport.Options(
      interactions: try directory.write(anime, to: "log.csv"), split: .fraction(0.5), seed: 1, threshold: 7)
    options.notRated = [-1, 0]
    let log = EventLog()
    let dataset = try CSVImport.run(options) { log.events.append($0) }
    #expect(dataset.lines == ["u1: b@200=1 d@400=0 f@600=1 | b#0=1 | d#1=0 f#2=1"])
    #expect(log.warnings.isEmpty)
    #expect(log.account?.files[0].leftOut.map(\.what) == ["not rated"])
    #expect(log.account?.files[0].leftOutRows == 3)
    #expect(dataset.provenance.settings["labels"] == "rating >= 7.0; not rated: -1.0, 0.0")
  }

  @Test func aScaleThatFitsIsNotWarnedOf() throws {
    let log = "user,item,rating,timestamp\nu,a,0.5,1\nu,b,5,2\nu,c,4,3\nu,d,1,4\n"
    #expect(try warnings(log).isEmpty)
    // A 0 or -1 within a scale that goes on below is a rating.
    let centred = "user,item,rating,timestamp\nu,a,-2,1\nu,b,2,2\nu,c,0,3\nu,d,-1,4\n"
    #expect(try warnings(centred) { $0.threshold = 1 }.isEmpty)
  }

  @Test func oneClassIsWarnedOf() throws {
    let low = "user,item,rating,timestamp\nu,a,3,1\nu,b,1,2\n"
    let found = try warnings(low)
    #expect(found.contains(.ratingScale(lowest: 1, highest: 3, threshold: 4, mend: "--threshold")))
    #expect(found.contains { "\($0)".contains("none of 2 samples is positive") })
    let clicked = try warnings("user,item,label,timestamp\nu,a,1,1\nu,b,1,2\n")
    #expect(clicked.count == 1 && "\(clicked[0])".contains("all samples are positive, 2 of them"))
    #expect("\(clicked[0])".contains("--label-column"))
    let positives = try warnings("user,item,timestamp\nu,a,1\nu,b,2\nu,a,3\nv,c,1\n") {
      $0.negatives.ratios = 0...0
    }
    #expect(positives.contains { "\($0)".contains("--negatives 1-9") })
  }

  @Test func aSplitThatLeavesNobodyIsWarnedOf() throws {
    let log = "user,item,label,timestamp\nu,a,1,10\nu,b,0,20\nv,a,1,30\nv,b,0,40\n"
    for (time, part) in [(50, "no test samples"), (5, "no training samples"), (25, "no user has both")] {
      let found = try warnings(log) { $0.split = .timestamp(Int64(time)) }
      #expect(found.count == 1)
      #expect(found.contains { "\($0)".contains(part) && "\($0)".contains("--split-fraction 0.8") })
    }
    // A fraction that is there already is no advice.
    let one = try warnings("user,item,label,timestamp\nu,a,1,1\nv,b,0,2\n") { $0.split = .fraction(0.8) }
    #expect(one.count == 1 && "\(one[0])".contains("no test samples"))
    #expect("\(one[0])".hasSuffix("give a log with more rows per user, of more than one time"))
    let short = try warnings("user,item,timestamp\nu,a,1\nv,b,2\n")
    #expect(short.count == 1 && "\(short[0])".contains("--keep-first"))
  }

  @Test func categoriesOfOneItemAreWarnedOf() throws {
    let log = "user,item,timestamp\n" + (0..<12).map { "u,\($0),\($0)\nv,\($0),\($0 + 1)\n" }.joined()
    let own = "item,category\n" + (0..<12).map { "\($0),c\($0)\n" }.joined()
    let shared = "item,category\n" + (0..<12).map { "\($0),c\($0 / 2)\n" }.joined()
    let found = try warnings(log, items: own)
    #expect(found.contains { "\($0)".contains("12 of 12 categories have a single item") })
    #expect(!(try warnings(log, items: shared)).contains { "\($0)".contains("single item") })
    let others = try warnings(log, items: "item,category\nx1,c\nx2,c\n")
    #expect(others.contains { "\($0)".contains("12 of 12 items have no row in the file of items") })
  }

  @Test func positivesWithoutNegativesAreWarnedOf() throws {
    let found = try warnings("user,item,timestamp\nu,a,1\nu,b,2\nu,a,3\nu,b,4\n")
    #expect(found.count == 1 && "\(found[0])".hasPrefix("3 of 3 positives have no negatives"))
    #expect("\(found[0])".contains("--own-items as-negatives"))
  }

  @Test func aLogThatIsMostlyLeftOutIsWarnedOf() throws {
    let rows = (0..<10).map { "u,a\($0),\($0),\($0 % 2)\n" }.joined()
    let log = "user,item,timestamp,label\n" + rows + "u,a,x,1\n"
    #expect(try warnings(log) { $0.malformed = .skip }.isEmpty)
    let bad = log + String(repeating: "u,a,x,1\n", count: 10)
    let found = try warnings(bad) { $0.malformed = .skip }
    #expect(found.count == 1)
    #expect("\(found[0])".contains("11 of 21 rows are left out"))
    // Items that nobody has seen are no mistake, however many there are.
    let items = "item,category\n" + (0..<50).map { "a\($0),c\n" }.joined()
    #expect(try warnings(log, items: items) { $0.malformed = .skip }.isEmpty)
  }

  @Test func timesOfTwoUnitsAreWarnedOf() throws {
    let log = "user,item,label,timestamp\nu,a,1,1588687728923\nu,b,0,1588687728\nu,c,1,1588687729923\n"
    #expect(
      try warnings(log).contains(
        .mixedTimes(1, unit: "milliseconds", mend: "give --time-unit, or correct the file")))
  }
}
