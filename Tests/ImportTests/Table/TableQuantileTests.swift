import IO
import Import
import Support
import TestSupport
import Testing

/// The number of intervals that a schema asks for stays, also where values repeat.
@Suite struct TableQuantileTests {
  private func result(_ values: [Int]) throws -> TableResult {
    let rows = values.enumerated().map { "u,i\($0),\($0 + 1),\($0 % 2),\($1)\n" }.joined()
    return try TableResult(
      """
      log: {files: log.csv, user: u, item: i, time: t}
      label: y
      sample_features: {price: {kind: numeric, transform: quantiles(4)}}
      split: {fraction: 0.5}
      """, ["log.csv": "u,i,t,y,price\n" + rows])
  }

  private func edges(_ dataset: Dataset) throws -> [Double] {
    let feature = try #require(dataset.features.feature(.samples, "price"))
    guard case .numeric(let steps) = feature.kind, case .quantiles(let edges)? = steps.last else { return [] }
    return edges
  }

  /// The first half of the values are 1 and 2, so that there are two intervals of four.
  @Test func aSubsetHasTheIntervalsOfTheSchema() throws {
    let values = [1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    let found = try result(values)
    #expect(try edges(found.dataset) == [2])
    #expect(found.dataset.features.feature(.samples, "price")?.intervals == 4)
    #expect(
      found.account.lines.contains {
        $0.contains("samples/price: numeric, quantiles(4) in 2 intervals as values repeat, 0 of 16 rows")
      })
    let (whole, _) = try SubsetLog().subset(found.dataset) { $0.split = .rule(.fraction(0.99)) }
    #expect(try edges(whole) == [2, 6])
    #expect(whole.features.feature(.samples, "price")?.intervals == 4)
  }

  /// Two days, one of which has few values.
  @Test func daysOfOneSchemaJoin() throws {
    let days = try [[1, 1, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8]].map { try result($0).dataset }
    #expect(throws: Never.self) { try SubsetLog().merge(days) }
  }

  /// A file that does not say it has as many intervals as edges make.
  @Test func olderFilesAreReadAsTheyWere() throws {
    var dataset = try result([1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10]).dataset
    let digest = dataset.contentDigest()
    dataset.features.samples[0].intervals = nil
    #expect(dataset.contentDigest() == digest)
    let (again, _) = try SubsetLog().subset(dataset) { $0.split = .rule(.fraction(0.99)) }
    #expect(try edges(again) == [2])
  }

  @Test func aFeatureWithoutTrainingValuesIsWarnedOf() throws {
    let found = try TableResult(
      """
      log: {files: log.csv, user: u, item: i, time: t}
      label: y
      sample_features: {price: {kind: numeric, transform: standardised}}
      split: {fraction: 0.5}
      """, ["log.csv": "u,i,t,y,price\nu,a,1,1,\nu,b,2,0,\nu,c,3,1,5\nu,d,4,0,6\n"])
    #expect(
      found.account.warnings.contains {
        if case .unfitted("samples/price", _) = $0 { true } else { false }
      })
  }
}
