import Foundation
import IO
import TestSupport
import Testing

@Suite struct DatasetFileTests {
  let folder = try! FileTestFolder()

  @Test(arguments: [false, true]) func comesBackBitForBit(withFeatures: Bool) throws {
    let dataset = withFeatures ? ExampleFiles.featured() : ExampleFiles.dataset()
    try DatasetFile.write(dataset, to: folder.file("d.h5"))
    let read = try DatasetFile.read(folder.file("d.h5"))
    expectEqual(read, dataset)
    #expect(read.contentDigest() == dataset.contentDigest())
    #expect(try FileHeader.read(folder.file("d.h5")).contentDigest == dataset.contentDigest())
    #expect(try folder.names() == ["d.h5"])
  }

  @Test func comesBackWithoutOptionalPartsAndWithoutUsers() throws {
    for users in [0, 1, 300] {
      var dataset = ExampleFiles.dataset(users: users)
      dataset.removeFeature(.items, Features.genome)
      dataset.removeFeature(.events, Features.action)
      dataset.train.probability = nil
      dataset.provenance.sources = []
      dataset.provenance.settings = [:]
      try DatasetFile.write(dataset, to: folder.file("d.h5"))
      expectEqual(try DatasetFile.read(folder.file("d.h5")), dataset)
    }
  }

  @Test func sameContentGivesTheSameBytes() throws {
    let dataset = ExampleFiles.dataset()
    try DatasetFile.write(dataset, to: folder.file("a.h5"), created: ExampleFiles.created)
    // Memory in another state, and a later time of the clock.
    let ballast = (1...64).map { [UInt8](repeating: 0xA5, count: $0 << 12) }
    Thread.sleep(forTimeInterval: 1.1)
    try DatasetFile.write(dataset, to: folder.file("b.h5"), created: ExampleFiles.created)
    #expect(try folder.bytes("a.h5") == folder.bytes("b.h5"))
    #expect(ballast.count == 64)
  }

  @Test func oldToolsReadTheFormat() throws {
    // Version 2 of the superblock, of HDF5 1.8: byte 8.
    try DatasetFile.write(ExampleFiles.dataset(), to: folder.file("d.h5"))
    #expect(try folder.bytes("d.h5")[8] == 2)
  }

  @Test func largeColumnsAreCutAndCompressed() throws {
    try DatasetFile.write(ExampleFiles.dataset(users: 20_000), to: folder.file("d.h5"))
    let summary = try FileSummary.read(folder.file("d.h5"))
    let items = try #require(summary.datasets.first { $0.path == "/events/item" })
    #expect(items.filters == ["shuffle", "deflate"])
    #expect(items.storedBytes < items.shape[0] * 4 / 2)
    let labels = try #require(summary.datasets.first { $0.path == "/events/label" })
    #expect(labels.filters == ["deflate"])
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func h5pyReadsWhatWasWritten() throws {
    let dataset = ExampleFiles.dataset()
    let path = folder.file("d.h5")
    try DatasetFile.write(dataset, to: path, created: ExampleFiles.created)
    let digest = try ForeignTool.script("content_digest.py", [path])
    #expect(digest.trimmingCharacters(in: .newlines) == dataset.contentDigest())

    let shown = try ForeignTool.json(
      "show.py",
      [
        path, "/@format", "/@format_version", "/@creator", "/@created", "/@content_digest", "/@users",
        "/@train_samples", "/@global_ctr", "/@seed", "/@source_files", "/@source_sha256", "/@skipped_lines",
        "/@setting_threshold", "/@setting_empty", "/users/id", "/users/event_offsets",
        "/samples/train/probability", "/events/item@description",
        "/features/events/action/values", "/features/events/action@kind", "/vocabularies/action/value",
        "/vocabularies/category@rows",
      ])
    #expect(shown["/@format"] as? String == "lcft-dataset")
    #expect(shown["/@format_version"] as? Int == 2)
    #expect(shown["/@creator"] as? String == "lcft \(FileHeader.programVersion)")
    #expect(shown["/@created"] as? String == ExampleFiles.created)
    #expect(shown["/@content_digest"] as? String == dataset.contentDigest())
    #expect(shown["/@users"] as? Int == 300)
    #expect(shown["/@train_samples"] as? Int == dataset.train.count)
    #expect(shown["/@global_ctr"] as? Double == dataset.globalCTR)
    #expect((shown["/@seed"] as? NSNumber)?.uint64Value == .max)
    #expect(shown["/@source_files"] as? [String] == ["ratings.csv", "ítems.csv"])
    #expect(shown["/@source_sha256"] as? [String] == ["ab12", ""])
    #expect(shown["/@skipped_lines"] as? Int == 3)
    #expect(shown["/@setting_threshold"] as? String == "4")
    #expect(shown["/@setting_empty"] as? String == "")
    #expect(shown["/users/id"] as? [String] == (0..<300).map { dataset.users.id[$0] })
    #expect(shown["/users/event_offsets"] as? [Int] == dataset.users.eventOffsets.values.map { Int($0) })
    #expect(
      (shown["/samples/train/probability"] as? [Double])?.map { Float($0) }
        == dataset.train.probability.map { Array($0.values) })
    #expect(shown["/samples/train/probability:type"] as? String == "<f4")
    #expect(
      shown["/features/events/action/values"] as? [Int]
        == dataset.actionCodes.map { $0.values.map { Int($0) } })
    #expect(shown["/features/events/action/values:type"] as? String == "<i4")
    #expect(shown["/features/events/action@kind"] as? String == "categorical")
    #expect(
      shown["/vocabularies/action/value"] as? [String] == Dataset.Action.allCases.map { "\($0)" })
    #expect(shown["/vocabularies/category@rows"] as? Int == 6)
    #expect((shown["/events/item@description"] as? String)?.contains("row in /items") == true)
  }

  @Test(.enabled(if: ForeignTool.hasHDF5Tools, ForeignTool.withoutHDF5Tools))
  func h5dumpAndH5lsShowWhatWasWritten() throws {
    let path = folder.file("d.h5")
    try DatasetFile.write(ExampleFiles.dataset(users: 3), to: path, created: ExampleFiles.created)
    let listing = try ForeignTool.run("h5ls", ["-r", path])
    #expect(listing.contains(/\/users\/event_offsets +Dataset \{4\}/))
    #expect(listing.contains(/\/samples\/train\/event_position +Dataset \{\d+\}/))
    #expect(listing.contains(/\/features\/items\/genome\/values +Dataset \{50, 70\}/))
    let offsets = try ForeignTool.run("h5dump", ["-d", "/users/event_offsets", path])
    #expect(offsets.contains("H5T_STD_I64LE"))
    #expect(offsets.contains("(0): 0, 0, 7, 21"))
    let ids = try ForeignTool.run("h5dump", ["-d", "/users/id", path])
    #expect(ids.contains("H5T_CSET_UTF8"))
    #expect(ids.contains("u1"))
    let format = try ForeignTool.run("h5dump", ["-a", "/format", path])
    #expect(format.contains("\"lcft-dataset\""))
    let genome = try ForeignTool.run("h5dump", ["-p", "-H", "-d", "/features/items/genome/values", path])
    #expect(genome.contains("COMPRESSION DEFLATE"))
    #expect(genome.contains("PREPROCESSING SHUFFLE"))
  }

  @Test(
    .enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython),
    arguments: ["earliest", "v108", "v110"])
  func readsWhatH5pyWrote(format: String) throws {
    _ = try ForeignTool.script("write_dataset.py", [folder.file("d.h5"), format])
    let dataset = try DatasetFile.read(folder.file("d.h5"))
    #expect((0..<3).map { dataset.users.id[$0] } == ["ann", "böb", "a much longer name"])
    #expect(Array(dataset.users.eventOffsets.values) == [0, 2, 2, 5])
    #expect(Array(dataset.train.offsets.values) == [0, 1, 2, 4])
    #expect(Array(dataset.test.offsets.values) == [0, 0, 1, 2])
    #expect(Array(dataset.events.item.values) == [3, 1, 0, 2, 3])
    #expect(Array(dataset.events.timestamp.values) == [10, 10, 5, 6, 7])
    #expect(Array(dataset.events.label.values) == [1, 0, 1, 1, 1])
    #expect(Array(dataset.train.item.values) == [0, 1, 2, 3])
    #expect(Array(dataset.train.label.values) == [0, 1, 0, 1])
    #expect(Array(dataset.train.eventPosition.values) == [2, 0, 3, 1])
    #expect(dataset.train.probability.map { Array($0.values) } == [0, Float(1.0 / 3), Float(2.0 / 3), 1])
    #expect((0..<4).map { dataset.items.id[$0] } == ["i0", "i1", "i2", "item three"])
    #expect(Array(dataset.itemCategories.values) == [1, 0, 1])
    #expect(dataset.genome?.width == 2)
    #expect(dataset.genome.map { Array($0.values.values) } == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
    #expect(dataset.genomeMissing.map { Array($0.values) } == [0, 0, 1, 0])
    #expect((0..<2).map { dataset.categoryNames[$0] } == ["food", "drink"])
    #expect(dataset.provenance.seed == .max)
    #expect(dataset.provenance.kind == "unknown")
    #expect(dataset.provenance.settings == ["note": "héllo"])
    #expect(try FileHeader.read(folder.file("d.h5")).contentDigest == nil)
  }
}
