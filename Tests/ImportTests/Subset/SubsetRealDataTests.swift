import Foundation
import IO
import Import
import Testing

private let folder = ProcessInfo.processInfo.environment["LCFT_DATA"]

/// Real files, where the environment variable LCFT_DATA names a folder that holds them.
@Suite(.enabled(if: folder != nil, "LCFT_DATA does not name a folder with real data"))
struct SubsetRealDataTests {
  private func path(_ name: String) throws -> String { try #require(folder) + "/" + name }

  @Test func reviewsSplitAnew() throws {
    let log = try SubsetLog()
    let reviews = try path("amazon-musical-instruments/reviews_Musical_Instruments_5.json.gz")
    func imported(_ split: SplitRule) throws -> Dataset {
      try AmazonImport.run(AmazonImport.Options(reviews: reviews, split: split, seed: 1))
    }
    let dataset = try imported(.fraction(0.8))
    let (again, _) = try log.subset(dataset) { $0.split = .rule(.timestamp(1_385_078_400)) }
    #expect(try again.contentDigest() == imported(.timestamp(1_385_078_400)).contentDigest())
    // The set is a 5-core, and has no 6-core.
    let (core, _) = try log.subset(dataset) { $0.kCore = 5 }
    #expect(core.contentDigest() == dataset.contentDigest())
    #expect(throws: SubsetError.self) { try log.subset(dataset) { $0.kCore = 6 } }
  }

  @Test func ratingsSplitAnewWithCategories() throws {
    let log = try SubsetLog()
    func imported(_ split: SplitRule) throws -> Dataset {
      try MovieLensImport.run(
        MovieLensImport.Options(directory: path("movielens-1m-part"), split: split, seed: 1))
    }
    let (again, _) = try log.subset(imported(.timestamp(976_862_649))) { $0.split = .rule(.fraction(0.8)) }
    #expect(try again.contentDigest() == imported(.fraction(0.8)).contentDigest())
  }

  /// A log of exposures in three parts by time, joined.
  @Test func partsOfALogOfExposures() throws {
    let log = try SubsetLog()
    let split = SplitRule.timestamp(1_512_000_000)
    let table = try String(contentsOfFile: path("taobao-userbehavior/UserBehavior.csv"), encoding: .utf8)
    var timed: [(time: Int, row: String)] = []
    for line in table.split(separator: "\n") {
      let fields = line.split(separator: ",").map(String.init)
      guard fields.count == 5, let time = Int(fields[4]) else { continue }
      timed.append((time, "\(fields[0]),\(fields[1]),\(time),\(fields[3] == "pv" ? 0 : 1)"))
    }
    let rows = timed.sorted { $0.time < $1.time }.map(\.row)
    func imported(_ rows: ArraySlice<String>) throws -> Dataset {
      let text = (["user,item,timestamp,label"] + rows).joined(separator: "\n") + "\n"
      return try CSVImport.run(
        CSVImport.Options(interactions: try log.directory.write(text, to: "part.csv"), split: split, seed: 1))
    }
    let (first, second) = (rows.count / 3, rows.count * 3 / 4)
    let (merged, account) = try log.merge([
      imported(rows[..<first]), imported(rows[first..<second]), imported(rows[second...]),
    ])
    #expect(try merged.contentDigest() == imported(rows[...]).contentDigest())
    #expect(account.sharedUsers ?? 0 > 700)
  }
}
