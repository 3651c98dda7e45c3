import IO
import Import
import Support
import TestSupport
import Testing

/// A first schema for files, which is itself accepted.
@Suite struct SchemaGuessTests {
  private func schema(_ files: [(String, String)]) throws -> (text: String, schema: Schema, dataset: Dataset)
  {
    let directory = try FileTestFolder()
    let paths = try files.map { try directory.write($0.1, to: $0.0) }
    let text = try SchemaGuess(paths).text
    let schema = try Schema.read(try directory.write(text, to: "schema.yaml"))
    return (text, schema, try TableImport.run(schema))
  }

  @Test func columnsByTheirNamesAndValues() throws {
    let rows = (0..<40).map { row in
      "m\(row % 4);2024-01-0\(1 + row % 9)T10:00:00Z;\(row % 2 == 0 ? "yes" : "no");s\(row % 7);\(row).5;"
        + "x|y\(row % 3);\(row % 5);\(row * 3)"
    }
    let found = try schema([
      (
        "views.csv",
        "member_id;shown at;clicked;sku;list_price;tags;place;dwell_s\n" + rows.joined(separator: "\n") + "\n"
      ),
      ("members.csv", "member_id,age\nm0,10\nm1,20\n"),
      (
        "skus.jsonl", "{\"sku\": \"s0\", \"brand\": \"A\", \"path\": [\"p\", \"q\"], \"box\": {\"w\": 1.5}}\n"
      ),
    ])
    #expect(found.schema.log.user == "member_id" && found.schema.log.item == "sku")
    #expect(found.schema.log.time.column == "shown at" && found.schema.log.time.unit == .dates)
    #expect(found.schema.log.form.delimiter == [UInt8(ascii: ";")])
    #expect(found.schema.label == .values(column: "clicked", positive: [], negative: []))
    let samples = found.schema.sampleFeatures
    #expect(samples.map(\.name) == ["list_price", "tags", "place", "hour"])
    #expect(samples[0].kind == .numeric([]))
    guard case .categorical(let tags) = samples[1].kind else {
      Issue.record("tags are categories")
      return
    }
    #expect(tags.separator == [UInt8(ascii: "|")])
    #expect(found.schema.eventFeatures.map(\.name) == ["dwell_s"])
    #expect(found.schema.users?.key == "member_id" && found.schema.items?.key == "sku")
    #expect(found.schema.items?.features.map(\.columns) == [["brand"], ["path"], ["box.w"]])
    #expect(found.dataset.events.count == 40)
  }

  @Test func filesWithoutNames() throws {
    let found = try schema([
      ("ratings.dat", "1::10::5::978300760\n1::20::3::978300761\n2::10::4::978300762\n"),
      ("users.dat", "1::F::1::10::48067\n2::M::56::16::70072\n"),
      ("movies.dat", "10::Toy Story (1995)::Animation|Comedy\n20::Jumanji (1995)::Adventure|Fantasy\n"),
    ])
    #expect(found.schema.label == .threshold(columns: ["rating"], atLeast: 4, notRated: []))
    #expect(found.schema.users?.features.count == 4 && found.schema.items?.features.count == 2)
    #expect(found.text.contains("# a guess: the file has no header"))
    #expect(found.dataset.features.feature(.items, "column_3") != nil)
  }

  @Test func whatIsNotSureSaysSo() throws {
    let rows = (0..<30).map {
      "\(1000 + $0),\($0 % 2),141021\($0 < 24 ? "0" : "1")\($0 % 10),v\($0 % 6),w\($0 % 23)"
    }
    let found = try schema([("train.csv", "id,click,when,kind,place\n" + rows.joined(separator: "\n") + "\n")]
    )
    #expect(found.text.contains("format: \"%y%m%d%H\"}  # a guess"))
    #expect(found.text.contains("  # id: another value in every row") || found.schema.log.user != "id")
    #expect(found.schema.label == .values(column: "click", positive: [], negative: []))
  }

  @Test func oddNamesOfColumns() throws {
    let found = try schema([
      ("log.csv", "user,item,time,\"the # place: 1\",no\nu,a,1,x,1\nu,b,2,y,2\n")
    ])
    #expect(found.schema.sampleFeatures.map(\.columns) == [["the # place: 1"], ["no"], []])
  }

  @Test func aLogOfActionsWithoutNames() throws {
    let rows = (0..<60).map { row in
      "\(row % 3),\(100 + row),\(row % 7),\(["pv", "pv", "cart", "fav", "buy"][row % 5]),\(1_511_539_200 + row * 3600)\n"
    }
    let found = try schema([("UserBehavior.csv", rows.joined())])
    #expect(found.schema.log.user == "column_1" && found.schema.log.item == "column_2")
    #expect(found.schema.log.time.column == "column_5" && found.schema.log.time.unit == .seconds)
    guard case .credit(let credit) = found.schema.label else {
      Issue.record("\(found.schema.label)")
      return
    }
    #expect(credit.column == "column_4" && credit.exposures == ["pv"])
    #expect(credit.actions.map(\.value) == ["buy", "cart", "fav"])
    #expect(found.schema.eventFeatures.map(\.source) == [.label])
  }

  /// A quote within a field of the first line is part of it.
  @Test func quotesWithinTheFirstLine() throws {
    let directory = try FileTestFolder()
    let path = try directory.write(
      "sku\tsize in \"\tplace \"A\"\ns0\t3\tx\ns1\t4\ty\n", to: "skus.tsv")
    let text = try SchemaGuess([path]).text
    #expect(text.contains("sku") && text.contains("size in"))
  }

  @Test func spacesBetweenFields() throws {
    let found = try schema([
      ("log.txt", "user item rating time\nu a 4 1300000000\nu b 3 1300000001\nv a 5 1300000002\n")
    ])
    #expect(found.schema.log.form.delimiter == [UInt8(ascii: " ")])
    #expect(found.schema.label == .threshold(columns: ["rating"], atLeast: 4, notRated: []))
    #expect(found.dataset.events.count == 3)
  }

  /// Files of one log may have their columns in another order.
  @Test func otherOrdersOfColumns() throws {
    let found = try schema([
      ("one.csv", "user,item,label,timestamp\nu,a,1,1300000000\nu,b,0,1300000001\n"),
      ("two.csv", "timestamp,label,item,user\n1300000002,1,c,v\n"),
    ])
    #expect(found.schema.log.files.count == 2 && found.schema.users == nil && found.schema.items == nil)
    #expect(found.dataset.events.count == 3)
  }

  @Test(arguments: [
    ("11/25/2019 9:05:58 AM", "%m/%d/%Y %I:%M:%S %p", 1_574_672_758),
    ("25.11.2019 09:05", "%d.%m.%Y %H:%M", 1_574_672_700),
    ("25/Nov/2019:09:05:58 +0100", "%d/%b/%Y:%H:%M:%S %z", 1_574_669_158),
    ("09 13, 2009", "%m %d, %Y", 1_252_800_000),
  ])
  func datesInOtherFormats(_ date: String, _ format: String, _ seconds: Int64) throws {
    let found = try schema([
      ("log.tsv", "user\titem\tlabel\tshown\nu\ta\t1\t\(date)\nu\tb\t0\t\(date)\n")
    ])
    #expect(found.schema.log.time.column == "shown" && found.schema.log.time.format?.text == format)
    #expect(found.dataset.events.timestamp.elements == [seconds, seconds])
  }

  @Test func daysThatMayBeMonthsAreNotSure() throws {
    let found = try schema([("log.tsv", "user\titem\tlabel\tshown\nu\ta\t1\t03/04/2019\n")])
    #expect(found.text.contains("format: \"%m/%d/%Y\"}  # not sure: or \"%d/%m/%Y\""))
  }

  /// A schema has one file of items: a second one is named in a remark.
  @Test func twoFilesOfItems() throws {
    let found = try schema([
      ("log.csv", "user,item,label,timestamp\nu,a,1,1300000000\nu,b,0,1300000001\n"),
      ("items.csv", "item,brand\na,A\nb,B\n"), ("more.csv", "item,price\na,1.5\nb,2.5\n"),
    ])
    #expect(found.text.split(separator: "\n").count { $0.hasPrefix("items:") } == 1)
    #expect(
      found.text.contains("more.csv looks like items, too: a schema has one file of them, so join both"))
    #expect(found.schema.items?.features.map(\.name) == ["brand"])
  }

  /// Neither ids of the log nor values that stand again below are names of columns.
  @Test(arguments: ["s0,red,round\ns1,blue,flat\n", "q7,red,round\ns0,red,flat\ns1,blue,flat\n"])
  func sideFilesWithoutNames(_ items: String) throws {
    let log = "user,sku,label,timestamp\nm0,s0,1,1300000000\nm0,s1,0,1300000001\nm1,s0,0,1300000002\n"
    let found = try schema([("log.csv", log), ("skus.csv", items)])
    #expect(found.schema.items?.form.columns == ["column_1", "column_2", "column_3"])
    #expect(found.schema.items?.key == "column_1")
    #expect(found.dataset.features.feature(.items, "column_2") != nil)
  }

  @Test func sideFilesWithNamesKeepThem() throws {
    let log = "user,sku,label,timestamp\nm0,s0,1,1300000000\nm0,s1,0,1300000001\n"
    let found = try schema([("log.csv", log), ("skus.csv", "sku,colour\ns0,red\ns1,red\n")])
    #expect(found.schema.items?.key == "sku" && found.schema.items?.features.map(\.name) == ["colour"])
  }

  @Test func daysAsNumbers() throws {
    let found = try schema([("log.csv", "user,item,label,timestamp\nu,a,1,20240101\nu,b,0,20240229\n")])
    #expect(found.schema.log.time.format?.text == "%Y%m%d")
    #expect(found.dataset.events.timestamp.elements == [1_704_067_200, 1_709_164_800])
  }

  /// One letter each, as many small logs have them.
  @Test func namesOfOneLetter() throws {
    let rows = (0..<40).map { "a\($0 % 5),x\($0 % 7),\($0),\($0 % 2)\n" }.joined()
    let found = try schema([("log.csv", "u,i,t,y\n" + rows)])
    #expect(
      found.schema.log.user == "u" && found.schema.log.item == "i" && found.schema.log.time.column == "t")
    #expect(found.schema.label == .values(column: "y", positive: [], negative: []))
  }

  @Test func typesOfRecBolesHeaders() throws {
    let rows = (0..<40).map { "\($0 % 5)\t\($0 % 7)\t\($0)\tred cat\t\($0 % 3)\t0.5 1.5\n" }.joined()
    let found = try schema([
      (
        "log.inter",
        "user_id:token\titem_id:token\ttimestamp:float\twords:token_seq\tsize:float\tv:float_seq\n" + rows
      )
    ])
    let kinds = found.schema.sampleFeatures.filter { $0.name != "hour" }.map(\.kind)
    #expect(kinds[1] == .numeric([]) && kinds[2] == .vector(.list(width: 2, separator: [0x20])))
    guard case .categorical(let words) = kinds[0] else {
      Issue.record("words are categories")
      return
    }
    #expect(words.separator == [0x20])
  }

  /// What tells a row and nothing else is no category.
  @Test func otherTimesAndTitlesAreRemarks() throws {
    let rows = (0..<60).map {
      "{\"user\": \"a\($0 % 5)\", \"item\": \"x\($0 % 7)\", \"timestamp\": \(1_400_000_000 + $0), "
        + "\"reviewTime\": \"01 2, 2014\", \"headline\": \"it is number \($0 % 58)\", \"late\": \($0 > 20 ? 1 : 0)}\n"
    }
    let found = try schema([("log.jsonl", rows.joined())])
    #expect(found.text.contains("# reviewTime: a time, beside the log's"))
    #expect(found.text.contains("# headline: texts, another one in nearly every row"))
    #expect(found.schema.sampleFeatures.map(\.name) == ["late", "hour"])
  }

  /// Lists of several values each are no texts of their own.
  @Test func listsInEveryRow() throws {
    let rows = (0..<60).map {
      "{\"user\": \"a\($0 % 5)\", \"item\": \"x\($0 % 7)\", \"timestamp\": \(1_400_000_000 + $0), "
        + "\"clicked\": \($0 % 2), \"tags\": [\"all\", \"t\($0 % 3)\"]}\n"
    }
    let found = try schema([("log.jsonl", rows.joined())])
    #expect(found.schema.sampleFeatures.map(\.name).contains("tags"), "\(found.text)")
    #expect(found.dataset.features.feature(.samples, "tags") != nil)
  }
}
