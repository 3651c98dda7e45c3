import Foundation
import HDF5
import IO
import TestSupport
import Testing

/// The group `/findings` of the three kinds of file that have one.
@Suite struct SearchFindingsTests {
  let folder = try! FileTestFolder()

  static let findings = SearchFindings(
    labels: SearchFindings.Labels(
      pairs: LabelTable.Pairs(edges: [0, 0, 0.3, 1], alpha: [1, 1.2, 0.8], beta: [-0.1, 0, 0.2]),
      tableDigest: "ab12", datasetDigest: "cd34"),
    settings: [
      "soft1": TuningOverrides(learningRate: 0.1, epochs: 2, batchSize: 16),
      "hard": TuningOverrides(learningRate: 1e-9), "local": TuningOverrides(batchSize: 4),
      "bias_only": TuningOverrides(),
    ])

  static func results(_ findings: SearchFindings?) -> Results {
    var results = ExampleFiles.results(users: 12)
    results.findings = findings
    return results
  }

  static func test(_ findings: SearchFindings?) -> ABTest {
    var test = ABTestFileTests.example()
    test.findings = findings
    return test
  }

  static func layout(_ findings: SearchFindings?) -> PersonalModels {
    PersonalModels(
      model: "LR", methods: ["soft1", "hard"], denseCount: 2,
      tables: [PersonalModels.Table(name: "item", width: 1)], job: "name: x\n", datasetDigest: "d",
      checkpointDigest: "c", findings: findings)
  }

  /// Writes a part and the file that joins it; returns both.
  private func writeModels(_ findings: SearchFindings?) throws -> [String] {
    let paths = ["models-rank-0.h5", "models.h5"].map(folder.file)
    let layout = SearchFindingsTests.layout(findings)
    try PersonalModelsFile.write(layout, to: paths[0]) { writer in
      try writer.append(
        PersonalModels.User(row: 3, dense: [[1, 2], [3, 4]], rows: [[5]], values: [[[0.5]], [[0.25]]]))
    }
    try PersonalModelsFile.join([paths[0]], layout, to: paths[1]) { "u\($0)" }
    return paths
  }

  /// What only some methods have.
  static let further = SearchFindings(settings: [
    "proximal": TuningOverrides(epochs: 4, mu: 2.5), "averaged": TuningOverrides(share: 0.25),
  ])

  /// Everything, labels alone, settings alone, no finding, and what a version without the group wrote.
  static let variants: [SearchFindings?] = [
    findings, SearchFindings(labels: findings.labels), SearchFindings(settings: findings.settings),
    further, SearchFindings(), nil,
  ]

  @Test(arguments: variants) func comesBackFromEveryKind(_ findings: SearchFindings?) throws {
    let path = folder.file("r.h5")
    try ResultsFile.write(SearchFindingsTests.results(findings), to: path)
    #expect(try ResultsFile.read(path).findings == findings)
    try ABTestFile.write(SearchFindingsTests.test(findings), to: folder.file("t.h5"))
    #expect(try ABTestFile.read(folder.file("t.h5")) == SearchFindingsTests.test(findings))
    for path in try writeModels(findings) {
      #expect(try PersonalModelsFile.Reader(path).layout == SearchFindingsTests.layout(findings))
      #expect(try FileSummary.read(path).groups.contains { $0.path == "/findings" } == (findings != nil))
    }
    for path in [path, folder.file("t.h5"), folder.file("models.h5")] {
      let found = try FileSummary.read(path).datasets.filter { $0.path.hasPrefix("/findings") }
      #expect(found.allSatisfy { !$0.description.isEmpty })
      #expect(
        found.count
          == (findings?.labels == nil ? 0 : 3) + (findings?.settings.isEmpty ?? true ? 0 : 4)
          + (findings == SearchFindingsTests.further ? 2 : 0))
    }
  }

  /// No finding leaves the digest as it was; every value found changes it, and where labels come from does not.
  @Test func digestIsOfTheValues() throws {
    typealias Tests = SearchFindingsTests
    func digests(_ findings: SearchFindings?) -> [String] {
      [Tests.results(findings).contentDigest(), Tests.test(findings).contentDigest()]
    }
    func differ(_ change: (inout SearchFindings) -> Void) -> Bool {
      var other = Tests.findings
      change(&other)
      return zip(digests(other), digests(Tests.findings)).allSatisfy { $0 != $1 }
    }
    #expect(digests(nil) == digests(SearchFindings()))
    #expect(differ { $0 = SearchFindings() })
    #expect(differ { $0.labels = nil } && differ { $0.settings = [:] })
    #expect(differ { $0.labels!.pairs.alpha[1] = 1.25 } && differ { $0.labels!.pairs.edges[2] = 0.25 })
    #expect(differ { $0.settings["soft1"]!.epochs = nil } && differ { $0.settings["local"]!.batchSize = 5 })
    #expect(differ { $0.settings["hard"]!.learningRate = 2e-9 })
    #expect(differ { $0.settings["local"]!.share = 0.5 } && differ { $0.settings["local"]!.mu = 1 })
    #expect(!differ { $0.labels!.tableDigest = "other" } && !differ { $0.labels!.datasetDigest = "other" })
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func h5pyReadsWhatWasWritten() throws {
    let path = folder.file("r.h5")
    try ResultsFile.write(SearchFindingsTests.results(SearchFindingsTests.findings), to: path)
    try ABTestFile.write(SearchFindingsTests.test(SearchFindingsTests.findings), to: folder.file("t.h5"))
    for path in [path, folder.file("t.h5"), try writeModels(SearchFindingsTests.findings)[1]] {
      let names = [
        "labels@table_digest", "labels@dataset_digest", "labels/edges", "labels/alpha", "labels/beta",
        "settings/method", "settings/learning_rate", "settings/epochs", "settings/batch_size",
      ].map { "/findings/" + $0 }
      let shown = try ForeignTool.json("show.py", [path] + names)
      #expect(shown[names[0]] as? String == "ab12" && shown[names[1]] as? String == "cd34")
      #expect(shown[names[2]] as? [Double] == [0, 0, 0.3, 1])
      #expect(shown[names[3]] as? [Double] == [1, 1.2, 0.8])
      #expect(shown[names[4]] as? [Double] == [-0.1, 0, 0.2])
      #expect(shown[names[5]] as? [String] == ["bias_only", "hard", "local", "soft1"])
      let rates = try #require(shown[names[6]] as? [Any])
      #expect(rates[0] as? String == "NaN" && rates[2] as? String == "NaN")
      #expect(rates[1] as? Double == 1e-9 && rates[3] as? Double == 0.1)
      #expect(shown[names[7]] as? [Int] == [0, 0, 0, 2] && shown[names[8]] as? [Int] == [0, 0, 4, 16])
      #expect(shown[names[7] + ":type"] as? String == "<i8")
    }
    for (path, digest) in [
      (path, SearchFindingsTests.results(SearchFindingsTests.findings).contentDigest()),
      (folder.file("t.h5"), SearchFindingsTests.test(SearchFindingsTests.findings).contentDigest()),
    ] {
      let found = try ForeignTool.script("content_digest.py", [path])
      #expect(found.trimmingCharacters(in: .newlines) == digest)
    }
  }

  @Test(.enabled(if: ForeignTool.hasHDF5Tools, ForeignTool.withoutHDF5Tools))
  func h5dumpShowsThem() throws {
    let path = folder.file("r.h5")
    try ResultsFile.write(SearchFindingsTests.results(SearchFindingsTests.findings), to: path)
    let labels = try ForeignTool.run("h5dump", ["-d", "/findings/labels/edges", path])
    #expect(labels.contains("(0): 0, 0, 0.3, 1") && labels.contains("edges[g] < local CTR"))
    let settings = try ForeignTool.run("h5dump", ["-g", "/findings/settings", path])
    #expect(settings.contains("\"bias_only\"") && settings.contains("(0): 0, 0, 4, 16"))
  }

  /// What no search finds is refused, with the place.
  @Test func wrongValuesAreRefused() throws {
    func expect(_ parts: String..., change: (inout SearchFindings) -> Void) throws {
      var findings = SearchFindingsTests.findings
      change(&findings)
      let path = folder.file("r.h5")
      try ResultsFile.write(SearchFindingsTests.results(findings), to: path)
      expectFileError([path] + parts) { _ = try ResultsFile.read(path) }
    }
    try expect("/findings/labels/edges", "rise from 0 to 1") { $0.labels!.pairs.edges[1] = 0.5 }
    try expect("/findings/labels/edges", "one number per group") { $0.labels!.pairs.alpha.removeLast() }
    try expect("/findings/labels/edges", "one number per group") { $0.labels!.pairs.beta[0] = .nan }
    try expect("/findings/settings/learning_rate: row 1: -1") { $0.settings["hard"]!.learningRate = -1 }
    try expect("/findings/settings/learning_rate: row 1: inf") {
      $0.settings["hard"]!.learningRate = .infinity
    }
    try expect("/findings/settings/share: row 2: 1.5", "0.0 to 1.0, or NaN") {
      $0.settings["local"]!.share = 1.5
    }
    try expect("/findings/settings/mu: row 2: -1") { $0.settings["local"]!.mu = -1 }
    try expect("/findings/settings/epochs: row 3: -2") { $0.settings["soft1"]!.epochs = -2 }
    try expect("/findings/settings/batch_size: row 2: -4") { $0.settings["local"]!.batchSize = -4 }
  }
}
