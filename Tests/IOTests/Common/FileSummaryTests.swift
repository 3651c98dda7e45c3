import HDF5
import IO
import TestSupport
import Testing

@Suite struct FileSummaryTests {
  let folder = try! FileTestFolder()

  @Test func tellsTheKindOfAFile() throws {
    try DatasetFile.write(ExampleFiles.dataset(users: 5), to: folder.file("d.h5"))
    try CheckpointFile.write(ExampleFiles.checkpoint(), to: folder.file("c.h5"))
    try ResultsFile.write(ExampleFiles.results(users: 5), to: folder.file("r.h5"))
    #expect(try FileKind.of(folder.file("d.h5")) == .dataset)
    #expect(try FileKind.of(folder.file("c.h5")) == .checkpoint)
    #expect(try FileKind.of(folder.file("r.h5")) == .results)
    expectFileError(["c.h5", "lcft-results expected"]) { _ = try ResultsFile.read(folder.file("c.h5")) }
    expectFileError(["r.h5", "lcft-checkpoint expected"]) { _ = try CheckpointFile.read(folder.file("r.h5")) }
    let file = try HDF5.File(creating: folder.file("x.h5"))
    try file.close()
    expectFileError([
      "x.h5",
      "lcft-dataset, lcft-catalogue, lcft-checkpoint, lcft-results, lcft-models, lcft-ab-test, lcft-labels, lcft-search, "
        + "lcft-predictions, lcft-choice expected",
      "not given",
    ]) {
      _ = try FileKind.of(folder.file("x.h5"))
    }
  }

  @Test func listsEverything() throws {
    let results = ExampleFiles.results()
    try ResultsFile.write(results, to: folder.file("r.h5"), created: ExampleFiles.created)
    let summary = try FileSummary.read(folder.file("r.h5"))
    #expect(
      summary.header
        == FileHeader(.results, created: ExampleFiles.created, contentDigest: results.contentDigest()))
    #expect(try summary.fileBytes == folder.bytes("r.h5").count)
    #expect(summary.attribute("model") == .texts(["DIN"]))
    #expect(summary.attribute("format_version") == .integers([1]))
    #expect(summary.attribute("global_ctr") == .reals([0.17]))
    #expect(summary.attribute("nothing") == nil)
    #expect(
      summary.groups.map(\.path) == [
        "/", "/findings", "/methods", "/methods/cloud", "/methods/hard", "/methods/soft1", "/predictions",
        "/shifts",
        "/significance",
        "/summary",
        "/summary/cloud", "/summary/hard", "/summary/soft1", "/untrained", "/untrained/summary",
        "/untrained/summary_of_all", "/users",
      ])
    let soft1 = try #require(summary.groups.first { $0.path == "/summary/soft1" })
    #expect(soft1.attributes.contains(.init(name: "undefined_auc", value: .integers([12]))))
    #expect(summary.datasets.count == 7 + 3 * 7 + 4 + 3 + 9 + 9 + 1)
    let byPath = Dictionary(uniqueKeysWithValues: summary.datasets.map { ($0.path, $0) })
    let auc = try #require(byPath["/methods/hard/auc"])
    #expect(auc.shape == [2000])
    #expect(auc.type == "float64")
    #expect(auc.filters == ["shuffle", "deflate"])
    #expect(auc.storedBytes > 0 && auc.storedBytes < 16000)
    #expect(byPath["/users/id"]?.type == "string[9]")
    #expect(byPath["/methods/hard/label_status"]?.type == "enum uint8 {uncorrected, corrected, undefined}")
    #expect(byPath["/job"]?.shape == [])
    #expect(summary.datasets.allSatisfy { !$0.description.isEmpty })
  }

  @Test func datasetsSayWhatTheyHold() throws {
    try DatasetFile.write(ExampleFiles.dataset(), to: folder.file("d.h5"))
    try CheckpointFile.write(ExampleFiles.checkpoint(), to: folder.file("c.h5"))
    for name in ["d.h5", "c.h5"] {
      let datasets = try FileSummary.read(folder.file(name)).datasets
      #expect(datasets.count > 5)
      #expect(datasets.allSatisfy { !$0.description.isEmpty })
    }
  }

  @Test func timesAreISO8601() {
    #expect(FileHeader.timestamp(epoch: 0) == "1970-01-01T00:00:00Z")
    #expect(FileHeader.timestamp(epoch: 1_709_208_000) == "2024-02-29T12:00:00Z")
    #expect(FileHeader.timestamp(epoch: 32_503_679_999) == "2999-12-31T23:59:59Z")
  }
}
