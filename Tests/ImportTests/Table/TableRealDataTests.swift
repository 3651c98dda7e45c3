import Foundation
import IO
import Import
import Support
import Testing

private let folder = ProcessInfo.processInfo.environment["LCFT_DATA"]

/// Real files with their features, where LCFT_DATA names a folder that holds them. The numbers are those of a program
/// of its own in Python.
@Suite(.enabled(if: folder != nil, "LCFT_DATA does not name a folder with real data"))
struct TableRealDataTests {
  private func imported(_ schema: String) throws -> Dataset {
    let folder = try #require(folder) + "/"
    return try TableImport.run(Schema.parse(schema, file: "schema.yaml", folder: folder))
  }

  private func value(_ dataset: Dataset, _ owner: FeatureOwner, _ name: String, row: Int) throws -> [String] {
    let feature = try #require(dataset.features.feature(owner, name))
    let values = try #require(dataset.features.vocabulary(of: feature)?.values)
    return feature.columns[0].values(ofRow: row).map { values[Int($0)] }
  }

  @Test func trivagoWithHourAndCity() throws {
    let dataset = try imported(
      """
      log: {files: trivago-clicks/interactions.csv.gz, time: {column: timestamp, unit: s, utc_offset: 1}}
      label: label
      sample_features: {hour: {from: time, as: hour}, weekday: {from: time, as: weekday, kind: numeric, transform: standardised}}
      items:
        file: trivago-clicks/items.csv
        features:
          city: {column: category, min_count: 20}
          number: {column: category, kind: numeric, transform: [log, quantiles(10)]}
      split: {last_days: 1}
      """)
    #expect(dataset.users.count == 6593 && dataset.items.count == 106_866)
    // 1,052 of 312,539 rows repeat another.
    #expect(dataset.events.count == 311_487)
    #expect(dataset.train.count == 307_217 && dataset.test.count == 4270)
    #expect(dataset.provenance.splitRule == "timestamp <= 1541717999")
    let city = try #require(dataset.features.vocabulary("items_city"))
    #expect(city.count == 2901 && city.known == 2236)
    #expect(dataset.features.vocabulary("samples_hour")?.count == 24)
    guard case .numeric(let weekday)? = dataset.features.feature(.samples, "weekday")?.kind,
      case .standardised(let mean, let deviation)? = weekday.first,
      case .numeric(let number)? = dataset.features.feature(.items, "number")?.kind,
      case .quantiles(let edges)? = number.last
    else {
      Issue.record("the steps of numbers")
      return
    }
    #expect(abs(mean - 3.5085460765517533) < 1e-9 && abs(deviation - 0.4999269592406191) < 1e-9)
    let expected = [
      5.56068163, 6.36647045, 6.79346613, 7.08924316, 7.26892013, 7.41577698, 7.5574729, 7.7151236,
      7.84776254,
    ]
    #expect(edges.count == 9 && zip(edges, expected).allSatisfy { abs($0 - $1) < 1e-8 })
  }

  @Test func movieLensWithItsUsers() throws {
    let dataset = try imported(
      """
      log: {files: movielens-1m-part/ratings.dat.gz, delimiter: "::", columns: [user, movie, rating, timestamp], item: movie}
      label: {column: rating, at_least: 4}
      users:
        file: movielens-1m-part/users.dat
        delimiter: "::"
        columns: [user, gender, age, occupation, zip]
        features: {gender: {}, age: {}, occupation: {}, zip: {min_count: 100}}
      items:
        file: movielens-1m-part/movies.dat
        delimiter: "::"
        columns: [movie, title, genres]
        features: {genre: {column: genres, list: "|"}}
      split: {time: 976862649}
      """)
    #expect(dataset.users.count == 2999 && dataset.items.count == 3615 && dataset.events.count == 487_650)
    #expect(dataset.train.count == 390_122 && dataset.test.count == 97_528)
    #expect(
      ["gender", "age", "occupation", "zip"].map { dataset.features.vocabulary("users_\($0)")?.count } == [
        2, 7, 21, 2006,
      ])
    #expect(dataset.features.vocabulary("users_zip")?.known == 1023)
    #expect(dataset.features.vocabulary("items_genre")?.count == 18)
    // User 1 is a woman; movie 1193 is a drama.
    #expect(try value(dataset, .users, "gender", row: 0) == ["F"])
    #expect(try value(dataset, .items, "genre", row: 0) == ["Drama"])
  }

  @Test func recBoleFiles() throws {
    let dataset = try TableImport.run(RecBoleFiles(try #require(folder) + "/ml-100k-atomic").schema())
    #expect(dataset.users.count == 943 && dataset.items.count == 1682 && dataset.events.count == 100_000)
    #expect(dataset.events.label.values.count { $0 == 1 } == 55_375)
    #expect(dataset.features.users.map(\.name) == ["age", "gender", "occupation", "zip_code"])
    #expect(
      ["age", "gender", "occupation", "zip_code"].map { dataset.features.vocabulary("users_\($0)")?.count }
        == [61, 2, 21, 795])
    #expect(dataset.features.vocabulary("items_class")?.count == 19)
    // The first line is user 196, a writer of 49.
    #expect(try value(dataset, .users, "occupation", row: 0) == ["writer"])
    #expect(try value(dataset, .users, "age", row: 0) == ["49"])
  }

  @Test func avazuLayout() throws {
    let dataset = try imported(
      """
      log:
        files: avazu-sample/train_head.csv
        user: device_model
        item: site_id
        time: {column: hour, format: "%y%m%d%H"}
      label: click
      sample_features: {C21: {min_count: 3}, banner_pos: {}, C14: {kind: numeric, transform: quantiles(4)}}
      repeats: keep
      split: {time: 2014-10-22}
      """)
    #expect(dataset.users.count == 72 && dataset.items.count == 22 && dataset.train.count == 100)
    #expect(dataset.events.timestamp[0] == 1_413_849_600)
    #expect(dataset.train.label.values.count { $0 == 1 } == 20)
    let vocabulary = try #require(dataset.features.vocabulary("samples_C21"))
    #expect(
      vocabulary.count == 12 && vocabulary.known == 7 && vocabulary.values?[0] == "79"
        && vocabulary.counts[0] == 44)
  }
}
