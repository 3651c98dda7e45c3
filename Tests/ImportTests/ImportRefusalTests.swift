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
    "user_rating", "watch_ratio", "is_like", "y", "action", "event_type", "Behavior",
  ])
  func aLabelThatNobodyUsesIsRefused(column: String) throws {
    let directory = try FileTestFolder()
    let file = try directory.write(
      "user,item,timestamp,\(column)\nu1,a,100,0\nu1,b,200,0\nu1,c,300,1\nu1,d,400,0\n", to: "log.csv")
    var options = CSVImport.Options(interactions: file, split: .fraction(0.5), seed: 1)
    let error = #expect(throws: ImportError.unusedLabel(file: file, column: column)) {
      try CSVImport.run(options)
    }
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
