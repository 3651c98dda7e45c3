import Foundation
import IO
import Import
import Testing

private let folder = ProcessInfo.processInfo.environment["LCFT_DATA"]

/// Real files, where the environment variable LCFT_DATA names a folder that holds them.
@Suite(.enabled(if: folder != nil, "LCFT_DATA does not name a folder with real data"))
struct ImportRealDataTests {
  private func path(_ name: String) throws -> String { try #require(folder) + "/" + name }

  private func usersOnBothSides(_ dataset: Dataset) -> Int {
    (0..<dataset.users.count).count {
      !dataset.train.rows(ofUser: $0).isEmpty && !dataset.test.rows(ofUser: $0).isEmpty
    }
  }

  @Test func movieLensLatestSmall() throws {
    var options = try MovieLensImport.Options(
      directory: path("movielens-latest-small"), split: .fraction(0.8), seed: 1)
    // The genome file's last movie is cut short.
    let genome = try #require(options.genomeScores)
    #expect(
      throws: ImportError.incompleteGenome(
        file: genome, line: 165_782, movie: "159", given: 1093, width: 1128)
    ) { try MovieLensImport.run(options) }
    options.malformed = .skip
    let dataset = try MovieLensImport.run(options)
    #expect(dataset.users.count == 610)
    #expect(dataset.events.count == 100_836)
    #expect(dataset.items.count == 9724)
    #expect(dataset.genome?.width == 1128)
    #expect(dataset.events.label.values.count { $0 == 1 } == 48_580)
    #expect(usersOnBothSides(dataset) == 608)
  }

  @Test func movieLens1M() throws {
    let options = try MovieLensImport.Options(
      directory: path("movielens-1m-part"), split: .timestamp(976_862_649), seed: 1)
    let dataset = try MovieLensImport.run(options)
    #expect(dataset.users.count == 2999)
    #expect(dataset.events.count == 487_650)
    #expect(dataset.items.count == 3615)
    #expect(dataset.categoryNames.count == 18)
    #expect(usersOnBothSides(dataset) == 685)
  }

  @Test func amazonReviews() throws {
    let reviews = try path("amazon-musical-instruments/reviews_Musical_Instruments_5.json.gz")
    let dataset = try AmazonImport.run(
      AmazonImport.Options(reviews: reviews, split: .fraction(0.8), seed: 1))
    #expect(dataset.users.count == 1429)
    #expect(dataset.events.count == 10_261)
    #expect(dataset.items.count == 900)
  }

  @Test func tableOfReviews() throws {
    var options = CSVImport.Options(
      interactions: try path("amazon-sports/interactions.csv"), items: try path("amazon-sports/items.csv"),
      split: .timestamp(1_385_078_400), seed: 1, maximumCategories: 1, keepFirst: true)
    let dataset = try CSVImport.run(options)
    #expect(dataset.users.count == 35_598)
    #expect(dataset.events.count == 296_337)
    #expect(dataset.items.count == 18_357)
    #expect(dataset.categoryNames.count == 959)
    #expect(usersOnBothSides(dataset) == 18_116)
    #expect(abs(dataset.globalCTR - 1.0 / 6) < 0.002)
    options.keepFirst = false
    #expect(usersOnBothSides(try CSVImport.run(options)) == 16_319)
  }

  @Test func userBehavior() throws {
    let file = try path("taobao-userbehavior/UserBehavior.csv")
    var options = TaobaoImport.Options(.userBehavior(file))
    // The last line is cut short.
    #expect(
      throws: ImportError.malformedLine(
        file: file, line: 84_476, reason: .fieldCount(found: 4, expected: 5))
    ) { try TaobaoImport.run(options) }
    options.malformed = .skip
    options.minimumTrainingSamples = 0
    // The numbers of Tests/Fixtures/check_taobao.py.
    let dataset = try TaobaoImport.run(options)
    #expect(dataset.users.count == 815)
    #expect(dataset.items.count == 55_344)
    #expect(dataset.categoryNames.count == 2913)
    let action = try #require(dataset.actionCodes)
    #expect((0...4).map { code in action.values.count { $0 == code } } == [75_837, 0, 4497, 2356, 1750])
    #expect(dataset.train.count == 39_056 && dataset.test.count == 36_414)
    #expect(dataset.train.label.values.count { $0 == 1 } == 740)
    #expect(dataset.provenance.settings["rows_outside_days"] == "35")
    #expect(usersOnBothSides(dataset) == 803)
    options.minimumTrainingSamples = 256
    #expect(usersOnBothSides(try TaobaoImport.run(options)) == 5)
  }

  @Test func tableOfExposures() throws {
    let dataset = try CSVImport.run(
      CSVImport.Options(
        interactions: try path("trivago-clicks/interactions.csv.gz"),
        items: try path("trivago-clicks/items.csv"),
        split: .fraction(0.8), seed: 1))
    #expect(dataset.users.count == 6593)
    #expect(dataset.events.count == 312_539)
    #expect(dataset.items.count == 106_866)
    #expect(dataset.events.label.values.count { $0 == 1 } == 13_596)
  }
}
