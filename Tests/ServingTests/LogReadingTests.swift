import Dist
import IO
import Import
import LCFT
import Serving
import Support
import TestSupport
import Testing

/// Pairs and samples are read as the import read the log, whatever its schema says of it.
@Suite struct LogReadingTests {
  private static let schema = """
    log:
      files: log.csv
      user: Wer
      item: Was
      time: {column: Wann, format: "%d.%m.%Y %H:%M"}
      missing: ["-1"]
      decimal: ","
    label: Klick
    sample_features:
      price: {column: Preis, kind: numeric, transform: standardised}
      country: {column: Land}
      brands: {column: Marken, list: ",", keep: 2}
      image: {column: Bild, kind: vector, width: 2, list: "/"}
      kinds: {columns: [Art, Form]}
      hour: {from: time, as: hour}
    split: {fraction: 0.7}

    """
  private static let header = "Wer;Was;Wann;Klick;Preis;Land;Marken;Bild;Art;Form"

  /// Eight users of ten rows each, in the order of their times. NA is a country, and a brand may have bars in its name.
  private static let rows = (0..<80).map { row in
    let (user, place) = (row % 8, row / 8)
    let price = row % 6 == 0 ? "-1" : "\(row),5"
    let brands = "a|\(row % 3),b\(row % 2),c\(row % 5)"
    return [
      "u\(user)", "i\(row * 7 % 13)", "\(10 + place).03.2024 1\(place % 3):\(10 + user)",
      "\((row * 5 + row / 9) % 3 % 2)", price, ["NA", "DE", "FR", "-1"][row % 4], brands,
      "\(row % 4),25/0,\(row % 9)", "k\(row % 2)", "f|\(row % 3)",
    ].joined(separator: ";")
  }

  /// The model of a data set that is imported from the log, and the logits of the rows of its test part by user and item
  /// and time.
  private func example(_ change: (inout Dataset) -> Void = { _ in }) throws -> ServedExample {
    let folder = try FileTestFolder()
    try folder.write(([Self.header] + Self.rows).joined(separator: "\n") + "\n", to: "log.csv")
    var dataset = try TableImport.run(Schema.read(try folder.write(Self.schema, to: "schema.yaml")))
    change(&dataset)
    return try ServedExample("DIN", methods: [.cloud, .local, .soft1], dataset: dataset)
  }

  private func key(_ user: String, _ item: String, _ time: Int64) -> String { "\(user) \(item) \(time)" }

  /// Whether the log itself, as pairs, has the logits that the results have of its test part.
  private func scoresTheLog(_ example: ServedExample) throws -> Bool {
    let (dataset, stored) = (example.dataset, try example.stored()[0])
    var expected: [String: Float] = [:]
    for user in 0..<dataset.users.count {
      for row in dataset.test.rows(ofUser: user) {
        let item = dataset.items.id[Int(dataset.test.item[row])]
        expected[key(dataset.users.id[user], item, dataset.test.timestamp![row])] = stored[row]
      }
    }
    #expect(expected.count == 24)
    try example.folder.write(([Self.header] + Self.rows).joined(separator: "\n") + "\n", to: "pairs.csv")
    let scores = try example.predict {
      $0.data = example.data
      $0.columns.user.name = "Wer"
      $0.columns.item.name = "Was"
      $0.columns.time.name = "Wann"
    }
    var found = 0
    for row in scores.rows {
      let name = key(scores.users[Int(row.user)], scores.items[Int(row.item)], row.time)
      if let logit = expected[name], logit == row.logit { found += 1 }
    }
    return found == expected.count
  }

  @Test func theLogScoresAsItsTestPart() throws {
    let example = try example()
    let reading = try #require(example.dataset.provenance.settings[Dataset.Provenance.reading])
    #expect(reading.contains(#"missing: [-1], decimal: ",""#))
    #expect(try scoresTheLog(example))
    // Columns are found by the names that the log has.
    try example.folder.write(([Self.header] + Self.rows).joined(separator: "\n") + "\n", to: "pairs.csv")
    #expect(try example.predict { $0.data = example.data }.rows.count == 80)
    #expect(try CatalogueFile.read(example.folder.file("catalogue.h5")).reading == reading)
  }

  /// Data sets of earlier versions have the schema alone.
  @Test func theSchemaSaysItToo() throws {
    #expect(try scoresTheLog(example { $0.provenance.settings[Dataset.Provenance.reading] = nil }))
  }

  /// Scores that were written have their times in seconds, and the option says more than the log.
  @Test func timesOfOtherForms() throws {
    let example = try example()
    let logits = try [
      ("user,item,time,method,logit,probability\nu1,i3,1710064860,cloud,0,0\n", TimeUnit?.none),
      ("user,item,time\nu1,i3,1710064860000\n", .milliseconds),
      ("user,item,time\nu1,i3,10.03.2024 10:01\n", nil),
    ].map { text, unit in
      try example.folder.write(text, to: "pairs.csv")
      return try example.predict {
        $0.data = example.data
        $0.columns.timeUnit = unit
      }.rows[0]
    }
    #expect(logits.allSatisfy { $0.time == 1_710_064_860 && $0.logit == logits[0].logit })
    try example.folder.write("user,item,time\nu1,i3,1710064860\n", to: "pairs.csv")
    #expect(throws: (any Error).self) { try example.predict { $0.data = example.data } }
  }

  /// A device reads the user's part of the log as the import did.
  @Test func aDeviceReadsTheLog() throws {
    let example = try example()
    var kept: [Int32: PersonalModels.User] = [:]
    _ = try example.stored { kept[$0.row] = $0 }
    let user = 3
    let trained = Self.rows.filter { $0.hasPrefix("u\(user);") }.prefix(7)
    #expect(example.dataset.train.rows(ofUser: user).count == trained.count)
    var options = FineTuneUser.Options(
      checkpoint: example.checkpoint, user: "u\(user)",
      samples: try example.folder.write(
        ([Self.header] + trained + Self.rows.suffix(8).filter { !$0.hasPrefix("u\(user);") }).joined(
          separator: "\n") + "\n", to: "samples.csv"),
      output: example.folder.file("own.h5"))
    options.columns.label.name = "Klick"
    options.methods = example.methods
    let account = try FineTuneUser(options).run().joined(separator: "\n")
    #expect(account.contains("7: of another user"))
    #expect(!account.contains("not known") && !account.contains("no value"))
    let row = try #require(
      (0..<example.dataset.users.count).first { example.dataset.users.id[$0] == "u\(user)" })
    let reader = try PersonalModelsFile.Reader(options.output)
    #expect(try reader.user(row: Int32(row)) == kept[Int32(row)])
  }
}
