import IO
import Import
import Support
import TestSupport
import Testing

/// The layouts of public files.
@Suite struct ImportLayoutTests {
  private func table(
    _ directory: FileTestFolder, _ text: String, _ change: (inout CSVImport.Options) -> Void = { _ in }
  ) throws -> (dataset: Dataset, account: ImportAccount) {
    var options = CSVImport.Options(
      interactions: try directory.write(text, to: "log"), split: .fraction(0.5), seed: 1)
    change(&options)
    let log = EventLog()
    let dataset = try CSVImport.run(options) { log.events.append($0) }
    return (dataset, try #require(log.account))
  }

  // MARK: Amazon

  private func review2023(_ user: Int, _ item: Int) -> String {
    #"{"rating": 5.0, "title": "t", "images": [], "asin": "B\#(item)V", "parent_asin": "B\#(item)", "#
      + #""user_id": "AU\#(user)", "timestamp": \#(1_588_687_728_923 + item * 86_400_000), "helpful_vote": 0}"#
      + "\n"
  }

  @Test func amazonOf2023() throws {
    let directory = try FileTestFolder()
    let reviews = (0..<2).flatMap { user in (0..<4).map { review2023(user, $0) } }.joined()
    let metadata = (0..<4).map {
      #"{"main_category": "All Beauty", "price": null, "store": "S", "categories": ["Beauty", "Hair"], "#
        + #""details": {"asin": "no"}, "parent_asin": "B\#($0)", "bought_together": null}"# + "\n"
    }.joined()
    let log = EventLog()
    let dataset = try AmazonImport.run(
      AmazonImport.Options(
        reviews: try directory.write(reviews, to: "r.jsonl"),
        metadata: try directory.write(metadata, to: "m.jsonl"),
        split: .fraction(0.5), seed: 1, negatives: NegativeSampling(ratios: 0...0))
    ) { log.events.append($0) }
    #expect(
      dataset.lines[0]
        == "AU0: B0@1588687728=1 B1@1588774128=1 B2@1588860528=1 B3@1588946928=1 | B1#1=1 | B2#2=1 B3#3=1")
    #expect(dataset.itemLines == (0..<4).map { "B\($0): Beauty Hair" })
    let files = try #require(log.account?.files)
    #expect(files[0].usedColumns == ["user_id", "parent_asin", "timestamp"])
    #expect(files[0].unusedColumns.contains("asin") && files[0].unusedColumns.contains("rating"))
    #expect(files[0].guesses.contains { $0.contains("milliseconds") })
    #expect(files[1].unusedColumns.contains("price") && files[1].unusedColumns.contains("store"))
  }

  @Test func amazonOf2023AsATable() throws {
    let directory = try FileTestFolder()
    let rows = (0..<4).map { "AU0,B\($0),\($0 == 2 ? 2.0 : 5.0),\(1_588_687_728_923 + $0 * 86_400_000)\n" }
    let (dataset, account) = try table(
      directory, "user_id,parent_asin,rating,timestamp\n" + rows.joined())
    #expect(
      dataset.lines == [
        "AU0: B0@1588687728=1 B1@1588774128=1 B2@1588860528=0 B3@1588946928=1 | B0#0=1 B1#1=1 | B2#2=0 B3#3=1"
      ])
    #expect(account.files[0].guesses.contains { $0.contains("times are milliseconds") })
  }

  /// The metadata of 2018: the path, bullet points that many products share, and some that none does.
  private func metadata2018(_ types: Int, _ each: Int) -> String {
    (0..<types * each).map { item in
      let own = (0..<4).map { #", "Point \#($0) of \#(item)""# }.joined()
      let shared = item % 3 == 0 ? #", "Machine Wash", "Imported""# : #", "Imported", "Machine Wash""#
      return
        #"{"asin": "B\#(item)", "category": ["Clothing", "Women", "Dresses", "Type \#(item / each)"\#(shared)\#(own)]}"#
        + "\n"
    }.joined()
  }

  @Test func thePathOf2018IsKeptAndBulletPointsAreNot() throws {
    let directory = try FileTestFolder()
    let reviews = try directory.write(
      (0..<12).map { #"{"reviewerID": "U\#($0 % 3)", "asin": "B\#($0)", "unixReviewTime": \#($0)}"# + "\n" }
        .joined(), to: "r")
    var options = AmazonImport.Options(
      reviews: reviews, metadata: try directory.write(metadata2018(4, 3), to: "m"), split: .fraction(0.5),
      seed: 1)
    let log = EventLog()
    let dataset = try AmazonImport.run(options) { log.events.append($0) }
    #expect(dataset.itemLines == (0..<12).map { "B\($0): Clothing Women Dresses Type \($0 / 3)" })
    #expect(
      log.account?.files[1].guesses.contains { $0.contains("72 names") && $0.contains("--keep-bullets") }
        == true)
    #expect(log.warnings.isEmpty)
    options.keepsBullets = true
    let whole = EventLog()
    #expect(try AmazonImport.run(options) { whole.events.append($0) }.itemLines[1].hasSuffix("Point 3 of 1"))
    #expect(whole.warnings.contains { "\($0)".contains("48 of 50 categories have a single item") })
  }

  @Test func pathsAloneAreNotCut() throws {
    let directory = try FileTestFolder()
    let reviews = try directory.write(
      (0..<12).map { #"{"reviewerID": "U\#($0 % 3)", "asin": "B\#($0)", "unixReviewTime": \#($0)}"# + "\n" }
        .joined(), to: "r")
    let metadata = (0..<12).map {
      #"{"asin": "B\#($0)", "category": ["Electronics", "Part \#($0 / 4)", "Leaf \#($0 / 2)"]}"# + "\n"
    }.joined()
    let dataset = try AmazonImport.run(
      AmazonImport.Options(
        reviews: reviews, metadata: try directory.write(metadata, to: "m"), split: .fraction(0.5), seed: 1))
    #expect(dataset.itemLines == (0..<12).map { "B\($0): Electronics Part \($0 / 4) Leaf \($0 / 2)" })
  }

  // MARK: Tables

  @Test func recBolesAtomicFile() throws {
    let directory = try FileTestFolder()
    let (dataset, account) = try table(
      directory,
      "user_id:token\titem_id:token\trating:float\ttimestamp:float\nu\ta\t4\t100\nu\tb\t3.5\t200.0\n")
    #expect(dataset.lines == ["u: a@100=1 b@200=0 | a#0=1 | b#1=0"])
    #expect(account.files[0].guesses == ["fields are separated by tabs"])
    #expect(account.files[0].usedColumns == ["user_id", "item_id", "rating", "timestamp"])
  }

  @Test func otherSeparatorsAndHeaders() throws {
    let directory = try FileTestFolder()
    let expected = ["u: a@100=1 b,c@200=0 | a#0=1 | b,c#1=0"]
    for text in [
      "user;item;rating;timestamp\nu;a;5;100\nu;b,c;1;200\n",
      "user|item|rating|timestamp\nu|a|5|100\nu|b,c|1|200\n",
      "UserId\tmovieID\trating\tTimestamp\nu\ta\t5\t100\nu\tb,c\t1\t200\n",
      ",user_id,item_id,rating,ts\n0,u,a,5,100\n1,u,\"b,c\",1,200\n",
      "Unnamed: 0, uid, asin, rating, time\n0, u, a, 5, 100\n1, u,\"b,c\", 1, 200\n",
    ] {
      #expect(try table(directory, text).dataset.lines == expected, "\(text)")
    }
    let named = try table(directory, "a^b^c^d\n5^u^100^a\n1^u^200^b,c\n") {
      $0.delimiter = UInt8(ascii: "^")
      $0.columns.rating = "a"
      $0.columns.user = "b"
      $0.columns.time = "c"
      $0.columns.item = "d"
    }
    #expect(named.dataset.lines == expected)
    let error = #expect(throws: ImportError.self) {
      try table(directory, "user,item,timestamp\nu,a,1\n") { $0.columns.user = "nobody" }
    }
    #expect("\(try #require(error))".hasSuffix("; name it with --user-column"))
  }

  @Test func playsNeedSomebodyToSayWhatTheLabelIs() throws {
    let directory = try FileTestFolder()
    let text =
      "user_id,video_id,play_duration,timestamp,watch_ratio\n14,148,4381,1593878903.438,0.72\n"
      + "14,149,9,1593878904.9,2.5\n"
    #expect(throws: ImportError.unusedLabel(file: directory.path + "/log", column: "watch_ratio")) {
      try table(directory, text)
    }
    let (dataset, account) = try table(directory, text) {
      $0.columns.rating = "watch_ratio"
      $0.threshold = 2
    }
    #expect(dataset.lines == ["14: 148@1593878903=0 149@1593878904=1 | 148#0=0 | 149#1=1"])
    #expect(account.labelSource == "watch_ratio >= 2.0")
    #expect(account.files[0].unusedColumns == ["play_duration"])
  }

  @Test func filesWithoutAHeader() throws {
    let directory = try FileTestFolder()
    let (rated, account) = try table(directory, "AU1,B1,5.0,1369699200\nAU1,B2,3.0,1369699300\n")
    #expect(rated.lines == ["AU1: B1@1369699200=1 B2@1369699300=0 | B1#0=1 | B2#1=0"])
    #expect(account.files[0].guesses.contains { $0.contains("--columns") })
    let (positives, _) = try table(directory, "u\ta\t2013-05-28\nu\tb\t2013-05-29\n") {
      $0.negatives.ratios = 0...0
    }
    #expect(positives.lines == ["u: a@1369699200=1 b@1369785600=1 | b#1=1 |"])
    let (named, _) = try table(directory, "1369699200,1,AU1,B1\n1369699300,0,AU1,B2\n") {
      $0.columns.all = ["timestamp", "label", "user", "item"]
    }
    #expect(named.lines == ["AU1: B1@1369699200=1 B2@1369699300=0 | B1#0=1 | B2#1=0"])
    for text in ["a,b,c,d\n1,2,3,4\n", "1,2,3\n", "AU1,B1,x,1369699200\n", "AU1,B1,5,1,1369699200\n"] {
      let error = #expect(throws: ImportError.self, "\(text)") { try table(directory, text) }
      #expect("\(try #require(error))".contains("--user-column"), "\(text)")
    }
  }

  // MARK: MovieLens

  @Test func movieLens100K() throws {
    let directory = try FileTestFolder()
    _ = try directory.write("1\t10\t4\t881250949\n1\t11\t2\t881250950\n2\t10\t5\t881250951\n", to: "u.data")
    let flags = ["0|0|0|0|0|1|0|0|1|0|0|0|0|0|0|0|0|0|0", "1" + String(repeating: "|0", count: 18)]
    _ = try directory.write(
      Array("10|Caf".utf8) + [0xE9]
        + Array(" (1995)|01-Jan-1995||http://x|\(flags[0])\n11|B|||http://y|\(flags[1])\n".utf8), to: "u.item"
    )
    let dataset = try MovieLensImport.run(
      MovieLensImport.Options(directory: directory.path, split: .fraction(0.5), seed: 1))
    #expect(
      dataset.lines == ["1: 10@881250949=1 11@881250950=0 | 10#0=1 | 11#1=0", "2: 10@881250951=1 | 10#0=1 |"])
    #expect(dataset.itemLines == ["10: Comedy Drama", "11: unknown"])
  }

  @Test func movieLensFromKaggle() throws {
    let directory = try FileTestFolder()
    _ = try directory.write(
      "\"userId\",\"movieId\",\"rating\",\"timestamp\"\n1,2,3.5,\"2005-04-02 23:53:47\"\n1,3,4,\"2005-04-02 23:53:48\"\n",
      to: "rating.csv")
    _ = try directory.write(
      "\"movieId\",\"title\",\"genres\"\n2,\"Jumanji (1995)\",\"Adventure|Children\"\n", to: "movie.csv")
    let dataset = try MovieLensImport.run(
      MovieLensImport.Options(directory: directory.path, split: .fraction(0.5), seed: 1))
    #expect(dataset.lines == ["1: 2@1112486027=0 3@1112486028=1 | 2#0=0 | 3#1=1"])
    #expect(dataset.itemLines == ["2: Adventure Children", "3:"])
  }
}
