import Foundation
import IO
import Support
import TestSupport
import Testing

/// Files that the program of version 0.1.0 wrote (Tests/Fixtures/version-0.1/make.sh).
@Suite struct EarlierVersionTests {
  let folder = try! FileTestFolder()

  private func path(_ name: String) -> String { FixtureFile.path("version-0.1/\(name).h5") }

  private static let datasets = [
    "dataset": "8ec11539b1e4c83a001e86bca0151c442b4d54e0f774cb1f1ad4dc6421f83220",
    "genome": "163da85213734c011d53b887845a2b58d6ecaaebec8039d4f9147c57137946f9",
    "actions": "89161659ab2d1c0f2388290c43a3515092881b1f9d3687e6f7b2aa225ffa67d7",
  ]

  /// Its own digest stays a data set's identity; it is one of every column, so that these are what was written.
  @Test(arguments: ["dataset", "genome", "actions"]) func datasetsAreRead(name: String) throws {
    let header = try FileHeader.read(path(name))
    #expect(header.version == 1)
    #expect(header.creator == "lcft 0.1.0")
    let content = try DatasetFile.load(path(name), in: OwnMemory())
    #expect(content.digest == Self.datasets[name])
    #expect(content.digest == header.contentDigest)
    #expect(content.digest == content.dataset.contentDigestOfVersion1())
    #expect(content.dataset.blocks == UserBlocks(users: content.dataset.users.count))

    // Written again it is of version 2, with the same columns.
    try DatasetFile.write(content.dataset, to: folder.file("again.h5"))
    let again = try DatasetFile.load(folder.file("again.h5"), in: OwnMemory())
    expectEqual(again.dataset, content.dataset)
    #expect(try FileHeader.read(folder.file("again.h5")).version == 2)
    #expect(again.digest == content.dataset.contentDigest())
    #expect(again.digest != content.digest)
    #expect(again.dataset.contentDigestOfVersion1() == content.digest)
  }

  @Test func theColumnsAreAsTheyWere() throws {
    let world = try DatasetFile.read(path("dataset"))
    #expect(world.users.count == 60)
    #expect(world.events.count == 411)
    #expect(world.train.count == 480)
    #expect(world.train.probability?.count == 480)
    #expect(world.actions == nil)
    #expect(world.provenance.kind == "synthetic")
    let genome = try DatasetFile.read(path("genome"))
    #expect(genome.genome?.width == 5)
    #expect((0..<4).map { genome.categoryNames[$0] }.sorted() == ["Comedy", "Genre 0", "Genre 1", "Genre 2"])
    let actions = try DatasetFile.read(path("actions"))
    #expect(actions.actionCodes?.count == 72)
    let summary = try FileSummary.read(path("genome"))
    #expect(summary.datasets.first { $0.path == "/items/genome" }?.shape == [14, 5])
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func aChangedColumnIsRefused() throws {
    let copy = folder.file("changed.h5")
    try FileManager.default.copyItem(atPath: path("dataset"), toPath: copy)
    let script = """
      import h5py, sys
      with h5py.File(sys.argv[1], "r+") as file:
          file["events/item"][7] = 1 - min(1, file["events/item"][7])
      """
    _ = try ForeignTool.run(#require(ForeignTool.python), ["-c", script, copy])
    expectFileError([copy, "content_digest says \(Self.datasets["dataset"]!)"]) {
      _ = try DatasetFile.read(copy)
    }
  }

  /// A checkpoint and results name the data set by the digest that it still has.
  @Test func whatWasMadeOnThemStillMatches() throws {
    let data = try DatasetFile.load(path("dataset"), in: OwnMemory())
    let checkpoint = try CheckpointFile.read(path("checkpoint"))
    #expect(checkpoint.model == "LR")
    #expect(checkpoint.datasetDigest == data.digest)
    #expect(checkpoint.progress.epoch == 1)
    #expect(!checkpoint.optimizer.isEmpty)
    let results = try ResultsFile.read(path("results"))
    #expect(results.datasetDigest == data.digest)
    #expect(results.checkpointDigest == checkpoint.contentDigest())
    #expect(results.methods.map(\.name) == ["cloud", "local", "soft1"])
    #expect(results.globalCTR == data.dataset.globalCTR)
    let labels = try LabelTableFile.read(path("labels"))
    #expect(labels.origin.datasetDigest == data.digest)
    let search = try SearchTableFile.read(path("search"))
    #expect(search.methods.map(\.name) == ["local", "hard"])
    let test = try ABTestFile.read(path("ab-test"))
    #expect(test.checkpointDigest == checkpoint.contentDigest())
  }
}
