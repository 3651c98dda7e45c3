import IO
import LCFT
import Report
import Support
import TestSupport
import Testing

/// Reports over results that no run of this version writes.
@Suite struct ReportTests {
  private let folder: FileTestFolder

  init() throws { folder = try FileTestFolder() }

  /// 40 users with one AUC per method; `names` need not be methods that this version has.
  private func results(_ names: [String]) -> Results {
    let users = 40
    return Results(
      users: .init(
        id: StringColumn((0..<users).map { "u\($0)" }), row: (0..<users).map(Int32.init),
        trainCount: Array(repeating: 10, count: users), trainPositives: (0..<users).map { Int32($0 % 9 + 1) },
        testCount: Array(repeating: 4, count: users), testPositives: Array(repeating: 2, count: users),
        localCTR: (0..<users).map { Double($0 % 9 + 1) / 10 }),
      methods: names.enumerated().map { index, name in
        Results.Method(
          name: name, alpha: Array(repeating: 1, count: users), beta: Array(repeating: 0, count: users),
          labelStatus: Array(repeating: .uncorrected, count: users),
          auc: (0..<users).map { $0 % 4 == 0 ? 0.5 + 0.125 * Double(index) : 0.5 },
          aucStatus: Array(repeating: .defined, count: users),
          lossBefore: Array(repeating: 0.7, count: users), lossAfter: Array(repeating: 0.6, count: users),
          summary: .init(
            userAUC: 0.5 + 0.03125 * Double(index), userAUCUnweighted: 0.5, pooledAUC: 0.5, logLoss: 0.5,
            undefinedAUC: 0, undefinedLabels: 0))
      }, predictions: nil, model: "DIN", globalCTR: 0.5, job: "model: {name: DIN}\nseed: 4\n",
      datasetDigest: "0123456789abcdef", checkpointDigest: "bb")
  }

  private func write(_ results: Results, _ summary: String) throws -> String {
    try ResultsFile.write(results, to: folder.file("results.h5"))
    try folder.write(summary, to: "summary.json")
    return folder.path
  }

  private let earlierSummary =
    #"{"job": "j", "dataset": {"train_samples": 400, "test_samples": 160}, "methods": 7}"#

  /// Files without comparisons, and summaries without the data set's name, are reported on as if they had them.
  @Test func readsFilesOfEarlierVersions() throws {
    var results = results(["cloud", "local", "soft1"])
    let earlier = try Report([write(results, earlierSummary)]).text
    #expect(earlier.contains("data set 01234567     40      560      0.5000"))
    results.significance = results.compareMethods(seed: 4)
    #expect(try Report([write(results, earlierSummary)]).text == earlier)
    // Another seed draws other users.
    results.significance = results.compareMethods(seed: 5)
    let other = try Report([write(results, earlierSummary)]).text
    #expect(other != earlier)
    // A quarter of the users gains 0.125.
    for text in [earlier, other] { #expect(text.contains("+0.0312 [+0.01")) }
  }

  /// Methods are known by the names in the file; figures that need a method that is not there are left out.
  @Test func takesMethodsFromTheFile() throws {
    let report = try Report([write(results(["cloud", "grouped-low", "hard"]), earlierSummary)])
    #expect(report.text.contains("grouped-low") && report.text.contains("hard"))
    let alone = try Report([write(results(["hard"]), earlierSummary)])
    #expect(alone.text.contains("0.5000"))
    #expect(throws: ReportError.self) {
      _ = try Report([write(results(["cloud"]), earlierSummary)], grouping: .negatives)
    }
  }
}
