import IO
import Import
import Support
import TestSupport
import Testing

@Suite struct ImportCSVTests {
  private func options(
    _ directory: FileTestFolder, _ interactions: String, items: String? = nil,
    split: SplitRule = .fraction(0.5)
  ) throws -> CSVImport.Options {
    // Where there are labels, no negatives are drawn.
    let columns = interactions.prefix { $0 != "\n" }.split(separator: ",")
    let isLabelled = columns.contains("label") || columns.contains("rating")
    return CSVImport.Options(
      interactions: try directory.write(interactions, to: "interactions.csv"),
      items: try items.map { try directory.write($0, to: "items.csv") }, split: split, seed: 1,
      negatives: isLabelled
        ? NegativeSampling() : NegativeSampling(ratios: 1...1, ownItems: .asNegatives))
  }

  @Test func exposuresDoNotSeeTheirOwnPage() throws {
    let directory = try FileTestFolder()
    let dataset = try CSVImport.run(
      options(
        directory,
        """
        label,timestamp,item,user
        0,20,c,u
        1,20,d,u
        0,10,a,u
        1,10,b,u
        1,30,a,u
        0,5,a,v
        """))
    #expect(
      dataset.lines == [
        "u: a@10=0 b@10=1 c@20=0 d@20=1 a@30=1 | a#0=0 b#0=1 | c#2=0 d#2=1 a#4=1", "v: a@5=0 | a#0=0 |",
      ])
    #expect(dataset.provenance.negativeSampling == "none")
    #expect(dataset.provenance.settings["labels"] == "label")
  }

  @Test func usersNeedMoreThanTheMinimum() throws {
    let directory = try FileTestFolder()
    var options = try options(
      directory, "user,item,timestamp,label\nu,a,1,1\nu,b,2,0\nv,a,1,0\nu,c,3,1\nv,c,3,1\n",
      split: .timestamp(2))
    options.minimumTrainingSamples = 1
    #expect(
      try CSVImport.run(options).lines == [
        "u: a@1=1 b@2=0 c@3=1 | a#0=1 b#1=0 | c#2=1", "v: a@1=0 c@3=1 | |",
      ])
    options.minimumTrainingSamples = 0
    #expect(try CSVImport.run(options).lines[1] == "v: a@1=0 c@3=1 | a#0=0 | c#1=1")
  }

  @Test func ratingsAreOrderedByTimeThenFile() throws {
    let directory = try FileTestFolder()
    let dataset = try CSVImport.run(
      options(
        directory, "user,item,rating,timestamp\nu,b,5,20\nu,a,3.9,20\nu,c,4,10\nu,c,4,10\n",
        split: .timestamp(10)))
    // An exact duplicate is an event and a sample like any other, and in nobody's history at that moment.
    #expect(dataset.lines == ["u: c@10=1 c@10=1 b@20=1 a@20=0 | c#0=1 c#0=1 | b#2=1 a#3=0"])
    #expect(dataset.provenance.settings["labels"] == "rating >= 4.0")
  }

  @Test func rowsWithoutLabelsArePositives() throws {
    let directory = try FileTestFolder()
    let dataset = try CSVImport.run(
      options(directory, "user,item,timestamp\nu,a,1\nu,b,2\nu,a,3\nw,b,1\n", split: .timestamp(2)))
    // A user with one row has no sample and keeps his event.
    #expect(dataset.lines == ["u: a@1=1 b@2=1 a@3=1 | b#1=1 a#1=0 | a#2=1 b#2=0", "w: b@1=1 | |"])
    #expect(dataset.provenance.negativeSampling == "uniform 1...1 per user")
    #expect(dataset.provenance.splitRule == "timestamp <= 2")
  }

  @Test func itemsGetTheirCategories() throws {
    let directory = try FileTestFolder()
    let log = EventLog()
    var options = try options(
      directory, "user,item,timestamp\nu,a,1\nu,b,2\nu,c,3\nu,d,4\n",
      items: """
        categories,item,category
        r|s|t,a,t
        t|s|r,b,t
        r,e,x
        "",c,z
        """)
    let dataset = try CSVImport.run(options) { log.events.append($0) }
    #expect(dataset.itemLines == ["a: r s t", "b: s r t", "c: z", "d:"])
    #expect(log.account?.itemsWithoutMetadata == 1)
    #expect(log.account?.files[1].leftOut.map(\.what) == ["the item is not in the log"])
    #expect(dataset.provenance.settings["items_without_category"] == "1")
    options.maximumCategories = 1
    #expect(try CSVImport.run(options).itemLines == ["a: t", "b: t", "c: z", "d:"])
    options.items = try directory.write("item,category\na,t\n", to: "plain.csv")
    #expect(try CSVImport.run(options).itemLines == ["a: t", "b:", "c:", "d:"])
  }

  @Test func refusesHeadersThatDoNotFit() throws {
    let directory = try FileTestFolder()
    let file = directory.path + "/interactions.csv"
    let items = directory.path + "/items.csv"
    for (header, error) in [
      ("", ImportError.noHeader(file: file)),
      (
        "user,item\n",
        .missingColumn(
          file: file, column: "timestamp",
          among: ColumnList(["user", "item"], .header(text: #""user,item""#, delimiter: [0x2C])),
          option: "--timestamp-column")
      ),
      ("user,item,timestamp,item\n", .repeatedColumn(file: file, column: "item", other: "item")),
      (
        "user,item,timestamp,rating,label\n",
        .conflictingColumns(file: file, first: "rating", second: "label")
      ),
      ("user,item,timestamp\n", .noInteractions(file: file)),
      (
        "user,\"item,timestamp\n",
        .malformedLine(
          file: file, line: 1,
          reason: .quoting(column: 6, "a quote opens here and does not close on this line"))
      ),
    ] {
      #expect(throws: error) { try CSVImport.run(options(directory, header)) }
    }
    let genres = ColumnList(["item", "genre"], .header(text: #""item,genre""#, delimiter: [0x2C]))
    #expect(throws: ImportError.missingColumn(file: items, column: "category", among: genres)) {
      try CSVImport.run(options(directory, "user,item,timestamp\nu,a,1\n", items: "item,genre\n"))
    }
  }

  @Test func refusesLinesThatDoNotFit() throws {
    let directory = try FileTestFolder()
    for (line, reason) in [
      ("u,a,1,2", MalformedLine.notALabel(text: #""2""#)), ("u,a,1,", .emptyField("label")),
      ("u,a,1,1.5", .notALabel(text: #""1.5""#)),
      ("u,a,x,1", .notATime(field: "timestamp", text: #""x""#)),
      ("u,a,1", .fieldCount(found: 3, expected: 4)),
      (#"u,"a"b,1,0"#, .quoting(column: 6, "text between a closing quote and the comma")),
    ] {
      let options = try options(directory, "user,item,timestamp,label\nu,a,1,1\n" + line)
      #expect(throws: ImportError.malformedLine(file: options.interactions, line: 3, reason: reason)) {
        try CSVImport.run(options)
      }
    }
  }

  @Test func anItemsFirstRowCounts() throws {
    let directory = try FileTestFolder()
    let log = EventLog()
    let twice = try options(
      directory, "user,item,timestamp\nu,a,1\nu,b,1\n", items: "item,category\na,x\nb,y\na,z\n")
    #expect(try CSVImport.run(twice) { log.events.append($0) }.itemLines == ["a: x", "b: y"])
    #expect(log.account?.files[1].leftOut.map(\.what) == ["the item is listed a second time"])
  }

  @Test func refusesOptionsOutOfRange() throws {
    let directory = try FileTestFolder()
    let good = try options(directory, "user,item,timestamp\nu,a,1\nu,b,1\n")
    for change: (inout CSVImport.Options) -> Void in [
      { $0.split = .fraction(0) }, { $0.split = .fraction(1) }, { $0.split = .fraction(.nan) },
      { $0.negatives.ratios = -1...3 }, { $0.negatives.ratios = 1...1001 }, { $0.maximumCategories = 0 },
      { $0.minimumTrainingSamples = -1 }, { $0.maximumCategories = 65 }, { $0.threshold = .nan },
    ] {
      var options = good
      change(&options)
      let error = #expect(throws: ImportError.self) { try CSVImport.run(options) }
      guard case .option = error else {
        Issue.record("another error: \(String(describing: error))")
        continue
      }
    }
    let single = try options(directory, "user,item,timestamp\nu,a,1\nu,a,2\n")
    #expect(throws: ImportError.tooFewItems(file: single.interactions, count: 1)) {
      try CSVImport.run(single)
    }
  }

  @Test func everyErrorIsOneLine() throws {
    let directory = try FileTestFolder()
    let options = try options(directory, "user,item,timestamp\nu,a,\u{1B}[2J\u{7}\r\u{0}x\n")
    let error = #expect(throws: ImportError.self) { try CSVImport.run(options) }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix("\(options.interactions):2: timestamp "))
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    #expect(text.hasSuffix("; correct the line, or skip such lines with --on-error skip"))
  }
}
