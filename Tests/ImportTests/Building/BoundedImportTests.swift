import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

private let folder = ProcessInfo.processInfo.environment["LCFT_DATA"]

/// An import whose rows lie in files, in many runs of users, makes the same file to the byte as one in memory.
@Suite struct BoundedImportTests {
  /// Bounds so low that everything of more than a page lies in a file, runs have a few users each, and all pages are given
  /// back after some rows.
  private static let pieces = [400, 3000, 20_000]

  private func bytes(_ schema: Schema, _ folder: FileTestFolder, pieces: Int?) throws -> (
    file: [UInt8], account: ImportAccount
  ) {
    let events = EventLog()
    func write() throws {
      let dataset = try TableImport.run(schema) { events.events.append($0) }
      try DatasetFile.write(dataset, to: folder.file("made.h5"), created: "now")
    }
    if let pieces {
      try Spill(
        folder: folder.path, bound: 0, smallestBytes: 0, pieceBytes: pieces, isStrict: false,
        temporaryName: { folder.file("spill-\(UInt64.random(in: 0 ... .max))") }
      ).within { try write() }
    } else {
      try write()
    }
    return (try folder.bytes("made.h5"), try #require(events.account))
  }

  private func checkSame(
    _ schema: Schema, pieces: [Int] = pieces, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folder = try FileTestFolder()
    let expected = try bytes(schema, folder, pieces: nil)
    for pieces in pieces {
      let found = try bytes(schema, folder, pieces: pieces)
      #expect(found.file == expected.file, "pieces of \(pieces) bytes", sourceLocation: sourceLocation)
      #expect(found.account == expected.account, sourceLocation: sourceLocation)
    }
    #expect(try folder.names() == ["made.h5"], sourceLocation: sourceLocation)
  }

  private func checkSame(_ schema: String, _ files: [String: String]) throws {
    let folder = try FileTestFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    try checkSame(Schema.read(try folder.write(schema, to: "schema.yaml")))
  }

  /// A log with every kind of column: some 3,000 rows of 90 users in a mixed order, a tenth of them repeats.
  private static let log: String = {
    var random = KeyedRandom(seed: 7)
    var text = "user,item,time,clicked,stars,device,tags,price,place,box,dwell,age,brand,kind,marks,before\n"
    var rows: [String] = []
    for row in 0..<3000 {
      if row > 0, random.below(10) == 0 {
        rows.append(rows[random.below(rows.count)])
        continue
      }
      // A few users have most of the rows.
      let user = random.below(3) == 0 ? random.below(90) : random.below(4)
      let tags = (0..<random.below(4)).map { _ in "t\(random.below(12))" }.joined(separator: "|")
      let box = random.below(4) == 0 ? "" : "\(random.below(9))|\(random.below(9)).5|1"
      rows.append(
        "u\(user),i\(random.below(200)),\(1_700_000_000 + random.below(90_000)).\(random.below(3)),"
          + "\(random.below(2)),\(1 + random.below(5)),\(["phone", "tv", ""][random.below(3)]),\(tags),"
          + "\(random.below(8) == 0 ? "" : "\(random.below(5000)).25"),\(random.below(30)),\(box),"
          + "\(random.below(100)).\(random.below(10)),\(20 + user % 40),b\(random.below(7)),k\(random.below(5)),\(tags)|m,"
          + (0..<random.below(3)).map { _ in "i\(random.below(300))" }.joined(separator: " "))
    }
    return text + rows.joined(separator: "\n") + "\n"
  }()

  private static let features = """
    sample_features:
      device: {min_count: 5}
      hour: {from: time, as: hour}
      tags: {list: "|", min_count: 40}
      price: {kind: numeric, transform: [log, standardised]}
      place: {kind: numeric, transform: quantiles(7)}
      box: {kind: vector, width: 3, list: "|"}
      hashed: {column: brand, hash: 5}
    event_features:
      dwell: {kind: numeric, transform: quantiles(10)}
      what: {column: kind}
      all: {column: marks, list: "|"}
    users: {features: {age: {kind: numeric, transform: standardised}}}
    items: {file: items.csv, key: item, features: {colour: {}, size: {kind: numeric, transform: quantiles(3)}}}
    """

  private static let items =
    "item,colour,size\n"
    + (0..<250).map { "i\($0),c\($0 % 9),\($0 % 11 == 0 ? "" : "\($0 * 37 % 100)")" }
    .joined(separator: "\n") + "\n"

  @Test(arguments: [
    "label: clicked\nsplit: {fraction: 0.7}",
    "label: clicked\nrepeats: keep\nsplit: {last_days: 1}\nsame_time: before",
    "label: {column: stars, at_least: 4, not_rated: [1]}\nminimum_training_samples: 12",
    "label: none\nsplit: {fraction: 0.5}",
    "label: none\nnegatives: {per_user: 1-4, among: existing, popularity: 0.75, keep_first: true}\nrepeats: keep",
    "label: none\nnegatives: {own_items: as-negatives, per_user: 2}\nsplit: {first_days: 1}",
  ]) func everyRule(_ rule: String) throws {
    try checkSame(
      "log: {files: log.csv, time: {column: time, unit: s}}\n\(rule)\n\(Self.features)\n",
      ["log.csv": Self.log, "items.csv": Self.items])
  }

  /// Events without a row of the log: a listed history, and a second log.
  @Test func histories() throws {
    var random = KeyedRandom(seed: 9)
    let second = (0..<1500).map { _ in
      "u\(random.below(99)),c\(random.below(20)),\(1_699_000_000 + random.below(2_000_000)),"
        + ["buy", "pv", "cart"][random.below(3)]
    }
    let files = [
      "log.csv": Self.log, "items.csv": Self.items,
      "second.csv": "user,group,time,what\n" + second.joined(separator: "\n") + "\n",
    ]
    try checkSame(
      "log: {files: [log.csv], time: {column: time, unit: s}, history: before}\nlabel: clicked\n\(Self.features)\n",
      files)
    try checkSame(
      """
      log: {files: [log.csv], time: {column: time, unit: s}}
      label: clicked
      history:
        files: second.csv
        item: "group:{group}"
        time: {column: time, unit: s}
        action: {column: what, values: {cart: cart, buy: buy}, ignored: [pv]}
      \(Self.features)
      """, files)
  }

  /// Actions that are credited to exposures, over two files.
  @Test func credits() throws {
    let rows = Self.log.split(separator: "\n").dropFirst().enumerated().map { index, line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let action = ["pv", "pv", "pv", "cart", "fav", "buy"][index * 7 % 6]
      return
        "\(fields[0]),\(fields[1].dropLast()),\(fields[2].prefix(10)),\(action),\(fields[7]),\(fields[10])"
    }
    let header = "user,item,time,behavior,price,dwell\n"
    try checkSame(
      """
      log: {files: [a.csv, b.csv], time: {column: time, unit: s}}
      label: {credit: {column: behavior, exposures: [pv], actions: [cart, fav, buy], window: 3600}}
      sample_features: {price: {kind: numeric, transform: quantiles(4)}}
      event_features: {action: {from: label}, seen: {column: dwell, kind: numeric, transform: log}}
      """,
      [
        "a.csv": header + rows[..<1700].joined(separator: "\n") + "\n",
        "b.csv": header + rows[1700...].joined(separator: "\n") + "\n",
      ])
  }

  @Test(.enabled(if: folder != nil, "LCFT_DATA does not name a folder with real data")) func realLogs() throws
  {
    let folder = try #require(folder)
    try checkSame(RecBoleFiles(folder + "/ml-100k-atomic").schema(), pieces: [50_000])
    let sports = folder + "/amazon-sports/"
    var schema = try CSVImport.schema(
      .init(
        interactions: sports + "interactions.csv", items: sports + "items.csv", split: .fraction(0.8), seed: 3
      ))
    try checkSame(schema, pieces: [200_000])
    schema.negatives = NegativeSampling(ratios: 1...2, among: .existing)
    schema.repeats = .first
    try checkSame(schema, pieces: [500_000])
  }

  /// A folder that takes no files is one line, and no file is made.
  @Test func aFolderThatTakesNothing() throws {
    let folder = try FileTestFolder()
    try folder.write(Self.log, to: "log.csv")
    let text = "log: {files: log.csv, time: {column: time, unit: s}}\nlabel: clicked\n"
    let schema = try Schema.read(try folder.write(text, to: "schema.yaml"))
    let spill = Spill(
      folder: folder.file("none"), bound: 0, smallestBytes: 0, pieceBytes: 1000, isStrict: false,
      temporaryName: { folder.file("none/spill") })
    let error = ImportError.memory(.cannotSpill(folder: folder.file("none"), code: ENOENT))
    #expect(throws: error) { try spill.within { try TableImport.run(schema) } }
    #expect("\(error)".hasPrefix("\(folder.file("none")): cannot hold the temporary files: No such file"))
  }

  /// A bound that what must stay in memory exceeds is refused, with what is needed.
  @Test func aBoundThatCannotBeKept() throws {
    let folder = try FileTestFolder()
    try folder.write(Self.log, to: "log.csv")
    let text = "log: {files: log.csv, time: {column: time, unit: s}}\nlabel: clicked\n"
    let schema = try Schema.read(try folder.write(text, to: "schema.yaml"))
    let spill = Spill(folder: folder.path, bound: 1 << 20, temporaryName: { folder.file("spill") })
    var found: ImportError?
    do throws(ImportError) {
      _ = try spill.within { () throws(ImportError) in try TableImport.run(schema) }
    } catch {
      found = error
    }
    guard case .memory(.boundExceeded(let bound, let needed))? = found else {
      Issue.record("a megabyte is enough: \(String(describing: found))")
      return
    }
    #expect(bound == 1 << 20 && needed > 8 << 20)
    #expect(
      "\(ImportError.memory(.boundExceeded(bound: bound, needed: needed)))".hasPrefix(
        "--memory 1.0 MB is not"))
  }
}
