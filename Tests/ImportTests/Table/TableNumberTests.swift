import IO
import Import
import Support
import TestSupport
import Testing

/// Numbers as files spell them.
@Suite struct TableNumberTests {
  private func result(_ prices: [String], _ keys: String = "") throws -> TableResult {
    let rows = prices.enumerated().map { "u\ti\($0)\t\($0 + 1)\t\($0 % 2 == 0 ? "1.0" : "0.0")\t\($1)\n" }
      .joined()
    return try TableResult(
      """
      log: {files: log.tsv, user: u, item: i, time: t\(keys)}
      label: {column: y, positive: [1], negative: [0]}
      sample_features: {price: {kind: numeric}}
      split: {time: 1000}
      """, ["log.tsv": "u\ti\tt\ty\tprice\n" + rows])
  }

  @Test func commasBetweenThousands() throws {
    let found = try result(["1,299.00", "7,000", "-$5", "$-6", "1,234,567", "$1,299.50", "+8"])
    #expect(
      found.values(.samples, "price")
        == ["1299.0", "7000.0", "-5.0", "-6.0", "1234567.0", "1299.5", "8.0"])
    #expect(found.account.files[0].lostValues.isEmpty)
  }

  @Test func whatIsNoNumberIsCounted() throws {
    let found = try result(["3,5", "1,2345", "12345,678", "0,125", "nan", "NaN", "inf", "1"])
    #expect(found.values(.samples, "price").filter { $0.hasPrefix("(") }.count == 7)
    let lost = found.account.files[0].lostValues
    #expect(lost.map(\.what) == ["price is not a number", "price is not finite"])
    #expect(lost.map(\.count) == [4, 3])
    #expect(lost[0].example == #"price "3,5" is not a number (decimal: "," in a schema reads it)"#)
  }

  @Test func decimalCommas() throws {
    let found = try result(["3,5", "1.299,25", "€ 7", "-2,5", "3.5"], ", decimal: \",\"")
    #expect(found.values(.samples, "price") == ["3.5", "1299.25", "7.0", "-2.5", "(0.0)"])
    #expect(found.account.files[0].lostValues.map(\.count) == [1])
  }

  /// 1.0 and 0.0 are the schema's 1 and 0.
  @Test func labelsWithAFraction() throws {
    #expect(try result(["1", "1", "1"]).dataset.train.label.elements == [1, 0, 1])
  }
}
