import IO
import Import
import Support
import TestSupport
import Testing

/// Features of users, items, samples and events from files of all kinds.
@Suite struct TableImportTests {
  /// Two users, one page each of three days, an event feature, and files of users and items.
  private static let log = """
    shown_at\tmember_id\tsku\tclicked\tdevice\tlist_price\tdwell_s
    2024-01-01T23:30:00Z\tm1\ta\tyes\tphone\t10\t5
    2024-01-01T23:31:00Z\tm1\tb\tno\tphone\tNA\t
    2024-01-02T10:00:00Z\tm1\tc\tno\tdesk\t30\t7
    2024-01-03T10:00:00Z\tm1\ta\tyes\ttv\t10\t1
    2024-01-02T11:00:00Z\tm2\tb\tno\tdesk\t20\t2
    2024-01-03T11:00:00Z\tm2\td\tno\tdesk\tcheap\t3

    """
  private static let schema = """
    log: {files: views.tsv, user: member_id, item: sku, time: {column: shown_at, unit: iso8601, utc_offset: 1}}
    label: {column: clicked, positive: ["yes"], negative: ["no"]}
    sample_features:
      device: {min_count: 2}
      hour: {from: time, as: hour}
      weekday: {from: time, as: weekday, kind: numeric}
      price: {column: list_price, kind: numeric, transform: log}
    event_features: {dwell: {column: dwell_s, kind: numeric}}
    users: {file: members.csv, key: id, features: {age: {}, tags: {list: "|"}}}
    items: {file: skus.jsonl, key: sku, features: {brand: {}, category: {list: "|"}, size: {column: box.size, kind: numeric}}}
    split: {last_days: 1}
    """
  private static let files = [
    "views.tsv": log,
    "members.csv": "id,tags,age\nm1,\"x|y\",30\nm3,z,40\nm2,,\n",
    "skus.jsonl": """
    {"sku": "a", "brand": "Acme", "category": ["shoes", "red"], "box": {"size": 1.5}}
    {"sku": "b", "brand": null, "category": [], "box": {}}
    {"sku": "z", "brand": "None", "category": ["hats"]}
    {"sku": "d", "brand": "Acme", "category": ["red"], "box": {"size": 2}, "weight": 3}

    """,
  ]

  private func result() throws -> TableResult { try TableResult(Self.schema, Self.files) }

  @Test func samplesAndTheirFeatures() throws {
    let result = try result()
    let start: Int64 = 1_704_151_800
    #expect(
      result.dataset.lines == [
        "m1: a@\(start)=1 b@\(start + 60)=0 c@\(start + 37800)=0 a@\(start + 124200)=1 | a#0=1 b#1=0 c#2=0 | a#3=1",
        "m2: b@\(start + 41400)=0 d@\(start + 127800)=0 | b#0=0 | d#1=0",
      ])
    #expect(result.values(.samples, "device") == ["phone", "phone", "desk", "desk"])
    #expect(result.values(.samples, "device", part: 1) == ["tv", "desk"])
    // Half past eleven at night in UTC is the next day on the log's clock.
    #expect(result.values(.samples, "hour") == ["0", "0", "11", "12"])
    #expect(result.values(.samples, "weekday") == ["2.0", "2.0", "2.0", "2.0"])
    #expect(result.values(.samples, "weekday", part: 1) == ["3.0", "3.0"])
    #expect(result.values(.samples, "price") == ["10.0", "(0.0)", "30.0", "20.0"])
    #expect(result.values(.samples, "price", part: 1) == ["10.0", "(0.0)"])
    #expect(result.values(.events, "dwell") == ["5.0", "(0.0)", "7.0", "1.0", "2.0", "3.0"])
    #expect(result.vocabulary("samples_device") == ["phone:2", "desk:2", "|tv:0"])
  }

  @Test func usersAndItems() throws {
    let result = try result()
    #expect(result.values(.users, "age") == ["30", "-"])
    #expect(result.values(.users, "tags") == ["x+y", ""])
    #expect(result.values(.items, "brand") == ["Acme", "-", "-", "Acme"])
    #expect(result.values(.items, "category") == ["shoes+red", "", "", "red"])
    #expect(result.values(.items, "size") == ["1.5", "(0.0)", "(0.0)", "2.0"])
    // d is no candidate of the training part.
    #expect(result.vocabulary("items_category") == ["shoes:1", "red:1"])
    #expect(result.dataset.features.items.map(\.name) == ["brand", "category", "size"])
    #expect(result.dataset.features.feature(.items, "size")?.source == "skus.jsonl: box.size")
  }

  @Test func accountOfEveryRowAndFeature() throws {
    let account = try result().account
    #expect(account.files.map(\.usedRows) == [6, 2, 3])
    #expect(account.files[0].lostValues.map(\.what) == ["price is not a number"])
    #expect(account.files[0].lostValues[0].line == 7)
    #expect(account.files[1].leftOut.map(\.what) == ["the user is not in the log"])
    #expect(account.files[2].unusedColumns == ["weight"])
    #expect(account.usersWithoutRow == 0 && account.itemsWithoutRow == 1)
    let price = try #require(account.features.first { $0.path == "samples/price" })
    #expect(price.rows == 6 && price.missing == 2)
    let device = try #require(account.features.first { $0.path == "samples/device" })
    #expect(device.values == 3 && device.rare == 1 && device.rareShare == 0)
    #expect(
      account.lines.contains {
        $0.contains("samples/device: categorical, 3 values, 1 of them not in the training part")
      })
  }

  @Test func provenanceHoldsTheSchema() throws {
    let provenance = try result().dataset.provenance
    #expect(provenance.kind == "table")
    #expect(provenance.settings["schema"] == Self.schema)
    #expect(provenance.splitRule == "timestamp <= 1704236399")
    #expect(provenance.sources.count == 3)
  }

  @Test func whatTheFileHoldsIsWhatWasMade() throws {
    let result = try result()
    let directory = try FileTestFolder()
    try DatasetFile.write(result.dataset, to: directory.path + "/d.h5")
    let read = try DatasetFile.read(directory.path + "/d.h5")
    #expect(read.lines == result.dataset.lines)
    for (owner, feature) in result.dataset.features.byPath {
      #expect(read.features.feature(owner, feature.name)?.kind == feature.kind)
    }
  }

  @Test func severalFilesAreOneLog() throws {
    let schema = """
      log: {files: [one.csv, two.csv], user: u, item: i, time: t}
      label: none
      negatives: {per_user: 0, keep_first: true}
      sample_features: {place: {}}
      split: {time: 100}
      """
    let result = try TableResult(
      schema, ["one.csv": "u,i,t,place\nx,a,1,top\n", "two.csv": "place;t;i;u\nend;2;b;x\nend;3;a;y\n"])
    #expect(result.dataset.lines == ["x: a@1=1 b@2=1 | a#0=1 b#1=1 |", "y: a@3=1 | a#0=1 |"])
    #expect(result.values(.samples, "place") == ["top", "end", "end"])
    #expect(result.account.files.map(\.rows) == [1, 2])
  }

  @Test func featuresOfItemsMayBeColumnsOfTheLog() throws {
    let schema = """
      log: {files: log.csv, columns: [u, i, c, t], user: u, item: i, time: t}
      label: none
      items: {features: {category: {column: c}}}
      negatives: {per_user: 1}
      """
    let result = try TableResult(schema, ["log.csv": "x,a,red,1\nx,b,blue,2\ny,a,green,3\ny,b,,4\n"])
    // The first row of an item says it.
    #expect(result.values(.items, "category") == ["red", "blue"])
    #expect(result.account.itemsWithoutRow == nil)
  }
}
