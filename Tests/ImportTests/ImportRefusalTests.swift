import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

/// Mistakes that an import refuses, and before it reads anything where it can.
@Suite struct ImportRefusalTests {
  private func labels(_ options: CSVImport.Options) throws -> [UInt8] {
    let column = try CSVImport.run(options).events.label
    return (0..<column.count).map { column[$0] }
  }

  @Test(arguments: [
    "is_click", "Label", "clicked", "click", "isClicked", "clk", "overall", "Rating", "stars", "like",
    "user_rating", "watch_ratio", "is_like", "y", "action", "event_type", "Behavior", "click_bool",
    "is_trade",
    "event_name", "not_skipped", "click_flag", "nonclk",
  ])
  func aLabelThatNobodyUsesIsRefused(column: String) throws {
    let directory = try FileTestFolder()
    let file = try directory.write(
      "user,item,timestamp,\(column)\nu1,a,100,0\nu1,b,200,0\nu1,c,300,1\nu1,d,400,0\n", to: "log.csv")
    var options = CSVImport.Options(interactions: file, split: .fraction(0.5), seed: 1)
    let refusal =
      column == "nonclk"
      ? ImportError.unusedOpposite(file: file, column: column) : .unusedLabel(file: file, column: column)
    let error = #expect(throws: refusal) { try CSVImport.run(options) }
    #expect("\(try #require(error))".contains("--all-positive"))

    options.columns.allPositive = true
    (options.negatives.ratios, options.keepFirst) = (0...0, true)
    #expect(try labels(options) == [1, 1, 1, 1])
    options.columns.allPositive = false
    (options.negatives, options.keepFirst) = (NegativeSampling(), false)
    options.columns.label = column
    #expect(try labels(options) == [0, 0, 1, 0])
    options.columns.label = nil
    options.columns.rating = column
    options.threshold = 1
    #expect(try labels(options) == [0, 0, 1, 0])
  }

  /// A column that looks like a label is no feature of samples, as long as nothing says what the label is.
  @Test func aLabelThatIsOnlyAFeatureIsRefused() throws {
    let directory = try FileTestFolder()
    let file = try directory.write("user,item,timestamp,is_click\nu,a,1,0\nu,b,2,1\nu,c,3,0\n", to: "log.csv")
    func dataset(_ label: String) throws -> Dataset {
      try TableImport.run(
        Schema.parse(
          "log: {files: log.csv}\n\(label)\nsample_features: {is_click: {}}\n",
          file: "s.yaml",
          folder: directory.path + "/"))
    }
    #expect(throws: ImportError.unstatedLabel(file: file, column: "is_click")) { try dataset("seed: 1") }
    for words in ["label: none", "negatives: {per_user: 1}"] { #expect(try dataset(words).events.count == 3) }
  }

  /// Rows of a second log are not all positive where a column says what they are.
  @Test func kindsOfEventsInASecondLogAreRefused() throws {
    let directory = try FileTestFolder()
    try directory.write("user,item,timestamp,label\nu,a,100,0\nu,b,300,1\n", to: "log.csv")
    let history = try directory.write(
      "user,item,timestamp,behavior\nu,z,50,buy\nu,b,200,pv\n", to: "more.csv")
    func dataset(_ action: String) throws -> Dataset {
      try TableImport.run(
        Schema.parse(
          "log: {files: log.csv}\nlabel: label\nhistory: {files: more.csv\(action)}\n", file: "s.yaml",
          folder: directory.path + "/"))
    }
    let error = #expect(throws: ImportError.unstatedAction(file: history, column: "behavior")) {
      try dataset("")
    }
    #expect("\(try #require(error))".contains("history.action: none"))
    #expect(try dataset(", action: none").events.label.elements == [1, 0, 1, 1])
    let read = try dataset(", action: {column: behavior, values: {buy: buy}, ignored: [pv]}")
    #expect(read.events.label.elements == [1, 0, 1])
  }

  /// What databases and programs write for no value is no user and no item.
  @Test(arguments: ["\\N", "NULL", "null", "None", "nan", "NaN"])
  func noValueIsNoUser(_ word: String) throws {
    let directory = try FileTestFolder()
    for row in ["\(word),b,2,1", "u,\(word),2,1"] {
      let file = try directory.write("user,item,timestamp,label\nu,a,1,0\n\(row)\nu,c,3,1\n", to: "log.csv")
      var options = CSVImport.Options(interactions: file, split: .fraction(0.5), seed: 1)
      let error = #expect(throws: ImportError.self) { try CSVImport.run(options) }
      #expect("\(try #require(error))".contains("log.csv:3: "))
      options.malformed = .skip
      #expect(try CSVImport.run(options).events.count == 2)
    }
  }

  @Test func filesOfOtherKinds() throws {
    let directory = try FileTestFolder()
    func refusal(_ text: String) throws -> String {
      let file = try directory.write(text, to: "log.csv")
      let error = #expect(throws: ImportError.self) {
        try CSVImport.run(CSVImport.Options(interactions: file, split: .fraction(0.5), seed: 1))
      }
      return "\(try #require(error))"
    }
    #expect(try refusal("{\"user\": \"u\", \"item\": \"a\"}\n").contains("lcft import table --guess"))
    #expect(try refusal("user,item,timestamp\ru,a,1\ru,b,2\r").contains("carriage returns"))
    let names = (0..<2000).map { "f\($0)" }.joined(separator: ",")
    #expect(try refusal("user,item,timestamp,\(names)\n").contains("has 2003 columns, more than 1024"))
  }

  /// Files that were written twice in text mode, and ids in braces.
  @Test(arguments: [
    "user,item,timestamp,label\r\r\nu1,i1,1500000000,1\r\r\nu1,i2,1500000100,0\r\r\n",
    "user,item,timestamp,label\n{3F25},{A1},1500000000,1\n{3F25},{A2},1500000100,0\n",
  ])
  func oddButReadable(_ text: String) throws {
    let directory = try FileTestFolder()
    let file = try directory.write(text, to: "log.csv")
    let dataset = try CSVImport.run(CSVImport.Options(interactions: file, split: .fraction(0.5), seed: 1))
    #expect(dataset.events.label.elements == [1, 0])
  }

  /// Excel's first line says what separates fields, and is no header.
  @Test(arguments: ["sep=;", "\"sep=;\""]) func aLineThatSaysTheSeparator(_ line: String) throws {
    let directory = try FileTestFolder()
    let file = try directory.write(
      "\(line)\r\nuser;item;timestamp;rating\r\nu;a;1;5\r\nu;b;2;3\r\n", to: "log.csv")
    let dataset = try CSVImport.run(CSVImport.Options(interactions: file, split: .fraction(0.5), seed: 1))
    #expect(dataset.events.label.elements == [1, 0])
  }

  @Test func ratingsWithDecimalCommas() throws {
    let directory = try FileTestFolder()
    try directory.write("user;item;timestamp;rating\nu;a;100;4,5\nu;b;200;3,9\n", to: "log.csv")
    func events(_ decimal: String) throws -> [UInt8] {
      try TableImport.run(
        Schema.parse(
          "log: {files: log.csv, delimiter: semicolon\(decimal)}\nlabel: {column: rating, at_least: 4}\n",
          file: "s.yaml", folder: directory.path + "/")
      ).events.label.elements
    }
    let error = #expect(throws: ImportError.self) { try events("") }
    #expect("\(try #require(error))".contains("decimal: \",\""))
    #expect(try events(", decimal: \",\"") == [1, 0])
  }

  @Test func otherColumnsAreNoLabels() throws {
    let directory = try FileTestFolder()
    let file = try directory.write(
      "user,item,timestamp,price,average_rating,click_time,Unnamed: 0\nu,a,1,2,3,4,0\nu,b,2,2,3,4,1\n",
      to: "log.csv")
    #expect(
      try CSVImport.run(CSVImport.Options(interactions: file, split: .fraction(0.5), seed: 1)).users.count
        == 1)
  }

  @Test func splitTimesInMillisecondsAreRefused() throws {
    let directory = try FileTestFolder()
    let reviews = try directory.write(
      #"{"reviewerID": "U", "asin": "A", "unixReviewTime": 1300086400}"#, to: "r")
    let error = #expect(throws: ImportError.self) {
      try AmazonImport.run(
        AmazonImport.Options(reviews: reviews, split: .timestamp(1_385_078_400_000), seed: 1))
    }
    #expect("\(try #require(error))".contains("looks like milliseconds"))
  }

  @Test func theMinimumThatLeavesNobodyIsNamed() throws {
    let directory = try FileTestFolder()
    let start = 1_511_539_200
    let rows = (0..<60).map { "\($0 % 3),\($0 % 5),1,pv,\(start + $0 * 10_000)\n" }.joined()
    let file = try directory.write(rows, to: "log.csv")
    var options = TaobaoImport.Options(.userBehavior(file))
    let error = #expect(throws: ImportError.minimumLeavesNobody(file: file, minimum: 256, most: 15)) {
      try TaobaoImport.run(options)
    }
    #expect("\(try #require(error))".contains("--minimum-training-samples"))
    options.minimumTrainingSamples = 14
    #expect(try TaobaoImport.run(options).train.count == 15 * 2)
    let table = try directory.write("user,item,timestamp,label\nu,a,1,1\nu,b,2,0\nu,c,3,1\n", to: "t.csv")
    var csv = CSVImport.Options(interactions: table, split: .fraction(0.7), seed: 1)
    csv.minimumTrainingSamples = 2
    #expect(throws: ImportError.minimumLeavesNobody(file: table, minimum: 2, most: 2)) {
      try CSVImport.run(csv)
    }
  }

  /// A list of objects is told from an object per line, and from a field that begins with a bracket.
  @Test(arguments: ["[\n{\"user\": 1}]\n", "[{\"user\": 1}]\n"])
  func aJSONListIsNamed(_ text: String) throws {
    let directory = try FileTestFolder()
    let file = try directory.write(text, to: "log.json")
    #expect(throws: ImportError.jsonArray(file: file)) { try SchemaGuess([file]) }
    let schema = try Schema.parse("log: {files: \(file)}", file: "s.yaml")
    #expect(throws: ImportError.jsonArray(file: file)) { try TableImport.run(schema) }
    #expect(throws: ImportError.jsonArray(file: file)) {
      try AmazonImport.run(.init(reviews: file, split: .fraction(0.5), seed: 1))
    }
    let table = try directory.write("[1],item,label,timestamp\nu,a,1,1\nu,b,0,2\n", to: "log.csv")
    let other = try Schema.parse("log: {files: \(table), user: \"[1]\"}\nlabel: label\n", file: "s.yaml")
    #expect(try TableImport.run(other).events.count == 2)
  }
}
