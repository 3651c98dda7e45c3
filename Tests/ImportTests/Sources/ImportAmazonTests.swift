import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

@Suite struct ImportAmazonTests {
  func review(_ user: String, _ item: String, _ time: Int) -> String {
    #"{"reviewerID": "\#(user)", "asin": "\#(item)", "helpful": [0, 1], "reviewText": "It's \"fine\" \u00e9 }", "#
      + #""overall": 5.0, "unixReviewTime": \#(time), "reviewTime": "02 28, 2014"}"# + "\n"
  }

  var reviews: String {
    review("U", "B", 300) + review("V", "A", 100) + review("U", "A", 100) + review("U", "C", 200)
      + review("V", "C", 100)
  }

  func options(
    _ directory: FileTestFolder, _ text: String, ratios: ClosedRange<Int> = 1...1, seed: UInt64 = 1
  ) throws -> AmazonImport.Options {
    AmazonImport.Options(
      reviews: try directory.write(text, to: "reviews"), split: .timestamp(200), seed: seed,
      negatives: NegativeSampling(ratios: ratios, ownItems: .asNegatives))
  }

  @Test func readsReviewsAndSamplesNegatives() throws {
    let directory = try FileTestFolder()
    var options = try options(directory, reviews, ratios: 2...2)
    let dataset = try AmazonImport.run(options)
    #expect(dataset.items.count == 3)
    // Of three items two are left as negatives of each review; which are drawn differs by seed.
    func without(_ positive: String) -> Set<String> { Set(["A", "B", "C"]).subtracting([positive]) }
    #expect(
      dataset.lines.map { $0.prefix(while: { $0 != "|" }) } == [
        "U: A@100=1 C@200=1 B@300=1 ", "V: A@100=1 C@100=1 ",
      ])
    #expect(Array(dataset.train.offsets.values) == [0, 3, 6])
    #expect(Array(dataset.test.offsets.values) == [0, 3, 3])
    for (samples, positives) in [(dataset.train, ["C", "C"]), (dataset.test, ["B"])] {
      #expect(Array(samples.label.values) == positives.flatMap { _ in [1, 0, 0] as [UInt8] })
      for (group, positive) in positives.enumerated() {
        #expect(dataset.items.id[Int(samples.item[group * 3])] == positive)
        for negative in 1...2 {
          #expect(without(positive).contains(dataset.items.id[Int(samples.item[group * 3 + negative])]))
        }
      }
    }
    // A negative that the user reviewed in this very second knows only what came before that.
    #expect(Array(dataset.train.eventPosition.values) == [1, 1, 1, 1, 0, 1])
    #expect(Array(dataset.test.eventPosition.values) == [2, 2, 2])
    #expect(dataset.provenance.negativeSampling == "uniform 2...2 per user")
    #expect(dataset.provenance.settings["keep_first"] == "false")

    options.keepFirst = true
    let kept = try AmazonImport.run(options)
    #expect(Array(kept.train.offsets.values) == [0, 6, 12])
    #expect(Array(kept.train.eventPosition.values) == [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0])
  }

  @Test func withTwoItemsTheNegativeIsTheOther() throws {
    let directory = try FileTestFolder()
    let text = review("U", "A", 1) + review("U", "B", 2) + review("U", "A", 3) + review("U", "B", 201)
    let dataset = try AmazonImport.run(options(directory, text, ratios: 3...3))
    #expect(
      dataset.lines == [
        "U: A@1=1 B@2=1 A@3=1 B@201=1 | B#1=1 A#1=0 A#1=0 A#1=0 A#2=1 B#2=0 B#2=0 B#2=0 | B#3=1 A#3=0 A#3=0 A#3=0"
      ])
  }

  @Test func idsMayBeEscaped() throws {
    let directory = try FileTestFolder()
    let text =
      #"{"reviewerID": "\u00dc\ud83d\ude00\/", "asin": "\u0041", "unixReviewTime": 1}"# + "\n"
      + #"{"unixReviewTime": 2, "asin": "B\t", "reviewerID": "Ü😀/"}"#
    let dataset = try AmazonImport.run(options(directory, text, ratios: 0...0))
    // The tab at the end is taken off, as all white space around identifiers is.
    #expect(dataset.lines == ["Ü😀/: A@1=1 B@2=1 | B#1=1 |"])
  }

  let paths: [(String, [[String]])] = [
    ("A", [["Sports", "Bikes", "Kid's \"Bikes\""], ["Toys"]]), ("X", [["Nobody", "Reviews", "This"]]),
    ("C", [["r1", "r2", "r3", "r4", "r5"], ["r1", "x", "Toys"], []]), ("A", [["again"]]),
  ]

  @Test func readsMetadataInBothDialects() throws {
    let directory = try FileTestFolder()
    func json(_ strings: [[String]]) throws -> String {
      String(decoding: try JSONSerialization.data(withJSONObject: strings), as: UTF8.self)
    }
    func python(_ text: String) -> String {
      text.contains("'") && !text.contains("\"")
        ? "\"\(text)\"" : "'" + text.replacingOccurrences(of: "'", with: "\\'") + "'"
    }
    let strict = try paths.map {
      #"{"title": "a", "categories": \#(try json($0.1)), "price": 1.5, "asin": "\#($0.0)"}"#
    }.joined(separator: "\n")
    let literal = paths.map { asin, paths in
      let lists = paths.map { "[" + $0.map(python).joined(separator: ", ") + "]" }.joined(separator: ", ")
      return "{'asin': u'\(asin)', 'related': {'also_bought': ['B', 'C']}, 'title': \"It's\", 'x': None, "
        + "'categories': [\(lists)]}"
    }.joined(separator: "\n")
    for (maximum, expected) in [
      (6, ["B:", #"A: Sports Bikes Kid's "Bikes" Toys"#, "C: r3 r4 r5 r1 x Toys"]),
      (2, ["B:", #"A: Kid's "Bikes" Toys"#, "C: x Toys"]), (1, ["B:", "A: Toys", "C: Toys"]),
    ] {
      for text in [strict, literal] {
        var options = try options(directory, reviews)
        options.metadata = try directory.write(text, to: "meta")
        options.maximumCategories = maximum
        let log = EventLog()
        let dataset = try AmazonImport.run(options) { log.events.append($0) }
        #expect(dataset.itemLines == expected)
        // Nothing of the product that nobody reviewed, and of one that is listed twice only the first.
        let names = (0..<dataset.categoryNames.count).map { dataset.categoryNames[$0] }
        #expect(!names.contains("Reviews") && !names.contains("again"))
        #expect(dataset.provenance.settings["items_without_category"] == "1")
        #expect(log.account?.itemsWithoutMetadata == 1)
        #expect(log.account?.files[1].leftOut.map(\.count) == [1, 1])
        #expect(dataset.provenance.sources.count == 2)
      }
    }
  }

  @Test func readsTheFlatCategoryList() throws {
    let directory = try FileTestFolder()
    var options = try options(directory, reviews)
    options.metadata = try directory.gzip(
      "meta.gz",
      #"{"category": ["Sports", "Balls &amp; Bats"], "asin": "A"}"# + "\n",
      #"{"category": [], "asin": "B"}"# + "\n" + #"{"asin": "C"}"# + "\n")
    #expect(try AmazonImport.run(options).itemLines == ["B:", "A: Sports Balls &amp; Bats", "C:"])
  }

  @Test(arguments: [
    (#"{"asin": "A", "unixReviewTime": 1}"#, MalformedLine.missingField("reviewerID")),
    (#"{"reviewerID": "U", "unixReviewTime": 1}"#, .missingField("asin")),
    (#"{"reviewerID": "U", "asin": "A"}"#, .missingField("unixReviewTime")),
    (#"{"reviewerID": ["U", "V"], "asin": "A", "unixReviewTime": 1}"#, .emptyField("reviewerID")),
    (#"{"reviewerID": "U", "asin": null, "unixReviewTime": 1}"#, .emptyField("asin")),
    (
      #"{"reviewerID": "U", "asin": "A", "unixReviewTime": true}"#,
      .notATime(field: "unixReviewTime", text: #""true""#)
    ),
    (#"{"reviewerID": "U", "asin": "A", "unixReviewTime": NaN}"#, .emptyField("unixReviewTime")),
    (
      #"{"reviewerID": "U", "asin": "A", "unixReviewTime": -5}"#,
      .outOfRange(
        field: "unixReviewTime", text: #""-5""#, allowed: "times before 1970 cannot be kept")
    ),
    (#"{"reviewerID": "", "asin": "A", "unixReviewTime": 1}"#, .emptyField("reviewerID")),
    (#"{"reviewerID": "U\u0000", "asin": "A", "unixReviewTime": 1}"#, .containsNUL(field: "user")),
    (
      #"{"reviewerID": "U", "asin": "A", "unixReviewTime": 1"#,
      .syntax(column: 53, "the line ends inside the object")
    ),
    ("not json", .syntax(column: 1, "an object { ... } is expected")),
    (
      #"{"reviewerID": "U", "asin": ""# + String(repeating: "x", count: 257) + #"", "unixReviewTime": 1}"#,
      .tooLong(field: "item", bytes: 257, limit: 256)
    ),
  ])
  func malformedReviews(line: String, reason: MalformedLine) throws {
    let directory = try FileTestFolder()
    var options = try options(directory, reviews + line + "\n")
    let file = options.reviews
    #expect(throws: ImportError.malformedLine(file: file, line: 6, reason: reason)) {
      try AmazonImport.run(options)
    }
    options.malformed = .skip
    let dataset = try AmazonImport.run(options)
    #expect(dataset.users.count == 2)
    #expect(dataset.items.count == 3)
    #expect(dataset.events.count == 5)
    #expect(dataset.provenance.skippedLines == 1)
  }

  @Test func refusesIdsThatAreNotUTF8() throws {
    let directory = try FileTestFolder()
    let bytes =
      Array(#"{"reviewerID": "U"#.utf8) + [0xE9] + Array(#"", "asin": "A", "unixReviewTime": 1}"#.utf8)
    let file = try directory.write(bytes, to: "reviews")
    let options = AmazonImport.Options(reviews: file, split: .timestamp(200), seed: 1)
    #expect(throws: ImportError.malformedLine(file: file, line: 1, reason: .notUTF8(field: "user"))) {
      try AmazonImport.run(options)
    }
  }

  @Test func malformedMetadata() throws {
    let directory = try FileTestFolder()
    for (line, reason) in [
      ("{'categories': [['a']]}", MalformedLine.missingField("asin")),
      ("{'asin': 'A', 'categories': [['Toys'", .syntax(column: 37, "the line ends inside the list")),
    ] {
      var options = try options(directory, reviews)
      let file = try directory.write("{'asin': 'C'}\n" + line, to: "meta")
      options.metadata = file
      #expect(throws: ImportError.malformedLine(file: file, line: 2, reason: reason)) {
        try AmazonImport.run(options)
      }
    }
  }
}
