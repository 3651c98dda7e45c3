import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

/// More of what reviews and metadata may hold.
extension ImportAmazonTests {
  @Test func aBadCategoryCostsThatCategory() throws {
    let directory = try FileTestFolder()
    var options = try options(directory, reviews)
    let long = String(repeating: "x", count: 257)
    options.metadata = try directory.write(
      "{'asin': 'A', 'categories': 'Toys'}\n{'asin': 'B', 'categories': [['Toys', 5, '\(long)', 'Balls']]}\n",
      to: "meta")
    let log = EventLog()
    let dataset = try AmazonImport.run(options) { log.events.append($0) }
    // A text or a number is a category, too.
    #expect(dataset.itemLines == ["B: Toys 5 Balls", "A: Toys", "C:"])
    let lost = try #require(log.account?.files[1].lostValues)
    #expect(
      lost.map { "\($0.count) \($0.line) \($0.what)" } == [
        "1 2 category has more than 256 bytes"
      ])
  }

  @Test func reportsOnlyTheFirstSkippedLines() throws {
    let directory = try FileTestFolder()
    var options = try options(directory, String(repeating: "{}\n", count: 20) + reviews)
    options.malformed = .skip
    let log = EventLog()
    let dataset = try AmazonImport.run(options) { log.events.append($0) }
    #expect(dataset.provenance.skippedLines == 20)
    #expect(log.skipped == [1, 2, 3, 4, 5])
    let size = Int64(try directory.bytes("reviews").count)
    #expect(log.events.contains(.reading(file: options.reviews, bytes: size, size: size, lines: 25)))
    #expect(log.events.contains(.arranging(users: 2, of: 2)))
    #expect(log.account?.files[0].leftOut.map(\.count) == [20])
  }

  @Test func aGzipFileCutShortIsNoShortDataSet() throws {
    let directory = try FileTestFolder()
    try directory.gzip("whole.gz", String(repeating: reviews, count: 50))
    let whole = try directory.bytes("whole.gz")
    let file = try directory.write(Array(whole.dropLast(9)), to: "cut.gz")
    for malformed in MalformedLines.allCases {
      let options = AmazonImport.Options(
        reviews: file, split: .timestamp(200), seed: 1, malformed: malformed)
      #expect(throws: ImportError.gzipCutShort(file: file, offset: Int64(whole.count - 9))) {
        try AmazonImport.run(options)
      }
    }
  }
}
