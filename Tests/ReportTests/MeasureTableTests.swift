import Foundation
import IO
import LCFT
import Report
import Support
import TestSupport
import Testing

/// Calibration and rankings as a reader of a report or of `lcft describe` meets them.
@Suite struct MeasureTableTests {
  private let folder: FileTestFolder

  init() throws { folder = try FileTestFolder() }

  /// 40 users with four test samples each, of which the first two have one time where the user is one of the first
  /// `lists`: a positive, and a negative that stands below it under soft1, level with it under local and above it under
  /// cloud.
  private func results(lists: Int, times: Bool = true, savesPredictions: Bool = true) -> Results {
    let users = 40
    func each<T: BitwiseCopyable & Sendable>(_ values: [T]) -> Column<T> {
      Column(count: users * values.count) { values[$0 % values.count] }
    }
    let moments: [[Int64]] = [[1, 1, 2, 3], [1, 2, 3, 4]]
    let times = times ? Column(count: 4 * users) { moments[$0 / 4 < lists ? 0 : 1][$0 % 4] } : nil
    let scores: [(String, [Float])] = [
      ("cloud", [0, 1, 2, -1]), ("local", [0, 0, 2, -1]), ("soft1", [1, 0, 2, -1]),
    ]
    var results = Results(
      users: .init(
        id: StringColumn((0..<users).map { "u\($0)" }), row: Column((0..<users).map(Int32.init)),
        trainCount: Column(count: users) { _ in 10 },
        trainPositives: Column(count: users) { Int32($0 % 9 + 1) },
        testCount: Column(count: users) { _ in 4 }, testPositives: Column(count: users) { _ in 2 },
        localCTR: Column(count: users) { Double($0 % 9 + 1) / 10 }),
      methods: scores.map { name, logits in
        Results.Method(
          name: name, alpha: each([1]), beta: each([0]), labelStatus: each([.uncorrected]), auc: each([0.75]),
          aucStatus: each([.defined]), lossBefore: each([0.7]), lossAfter: each([0.6]),
          summary: .init(
            userAUC: 0.75, userAUCUnweighted: 0.75, pooledAUC: 0.75, logLoss: 0.5, undefinedAUC: 0,
            undefinedLabels: 0), predictions: each(logits))
      },
      predictions: .init(
        offsets: Column(count: users + 1) { Int64(4 * $0) }, label: each([1, 0, 1, 0]),
        timestamp: times),
      model: "DIN", globalCTR: 0.5, job: "model: {name: DIN}\nseed: 4\n",
      datasetDigest: "0123456789abcdef", checkpointDigest: "bb"
    ).measured(.init(cutoffs: [1, 2], bins: 15))
    if !savesPredictions {
      results.predictions = nil
      for place in results.methods.indices { results.methods[place].predictions = nil }
    }
    return results
  }

  private func write(_ results: Results, to name: String) throws {
    try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    try ResultsFile.write(results, to: folder.file("\(name)/results.h5"))
    try folder.write(
      #"{"job": "j", "dataset": {"name": "d", "train_samples": 400, "test_samples": 160}}"#,
      to: "\(name)/summary.json")
  }

  private func report(_ results: Results, name: String = "a") throws -> String {
    try write(results, to: name)
    let report = try Report([folder.file(name)])
    _ = try report.write(to: folder.file(name + "-report"))
    return report.text
  }

  private func rows(_ path: String) throws -> [[String]] {
    try String(contentsOfFile: folder.file(path), encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  @Test func ranksOfLists() throws {
    let results = results(lists: 30)
    let text = try report(results)
    #expect(
      text.contains(
        #/Calibration and rankings\nrun +method +log loss per user +predicted \/ true +ECE +lists/#))
    // The positive is second, level, first.
    #expect(text.contains(#/cloud .* 30 +60 +0\.5000 +0\.0000 +0\.0000 +0\.6309 +1\.0000/#), "\(text)")
    #expect(text.contains(#/local .* 30 +60 +0\.7500 +0\.5000 +0\.5000 +0\.8155 +1\.0000/#), "\(text)")
    #expect(text.contains(#/soft1 .* 30 +60 +1\.0000 +1\.0000 +1\.0000 +1\.0000 +1\.0000/#), "\(text)")
    let printed = "\(ResultsTable(results, title: "a"))"
    #expect(printed.contains("rankings of 30 lists of candidates of one moment, 2.0 each:"), "\(printed)")
    #expect(
      printed.contains(#/\nlocal +0\.\d+ +\d\.\d+ +0\.\d+ +0\.7500 +0\.5000 +0\.5000 +0\.8155 +1\.0000\n/#))
    // By local CTR: nine groups of each three methods, folded.
    let page = try String(contentsOfFile: folder.file("a-report/report.html"), encoding: .utf8)
    #expect(page.contains("<details><summary>Scores by local CTR: a</summary>"))
    #expect(page.contains("href=\"#groups-a\""))
    let groups = try rows("a-report/groups-a.csv")
    let place = try #require(groups[0].firstIndex(of: "lists"))
    #expect(groups.dropFirst().filter { $0.contains("soft1") }.reduce(0) { $0 + Int($1[place])! } == 30)
  }

  /// A reader opens what is longer than a screen; the contents lead to it.
  @Test func longTablesAreFolded() throws {
    let results = results(lists: 0)
    let folders = try (1...11).map { number in
      let path = folder.file("run-\(number)")
      try write(results, to: "run-\(number)")
      return path
    }
    for (count, isFolded) in [(10, false), (11, true)] {
      let output = folder.file("report-\(count)")
      _ = try Report(Array(folders.prefix(count)), grouping: .auto).write(to: output, overwrites: false)
      let page = try String(contentsOfFile: output + "/report.html", encoding: .utf8)
      #expect(page.contains("<details><summary>All scores</summary>") == isFolded)
      #expect(page.contains("<caption>All scores</caption>") == !isFolded)
      #expect(page.contains(">Table 2. User AUC</caption>"))
    }
  }

  /// Fewer lists than 30 tell nothing: their number is shown, and programs have the means. Without lists there is no
  /// column for them.
  @Test func tooFewLists() throws {
    let few = results(lists: 29)
    let text = try report(few)
    #expect(text.contains(#/local .* 29 +58 +- +- +- +- +-/#), "\(text)")
    let table = try rows("a-report/measures.csv")
    let mrr = try #require(table[0].firstIndex(of: "mrr"))
    #expect(table.first { $0.contains("local") }?[mrr] == "0.75")
    let printed = "\(ResultsTable(few, title: "a"))"
    #expect(
      printed.contains("29 lists of candidates of one moment: too few for rankings")
        && !printed.contains("MRR"))
    for none in [results(lists: 0), results(lists: 0, times: false)] {
      let text = try report(none, name: "b\(none.lists == nil)")
      #expect(text.contains("Calibration and rankings") && !text.contains("MRR") && !text.contains("lists"))
      let printed = "\(ResultsTable(none, title: "a"))"
      #expect(printed.contains("\ncalibration:\n") && !printed.contains("MRR"))
    }
  }

  /// Without predictions everything but the calibration error of groups is there.
  @Test func withoutPredictions() throws {
    _ = try report(results(lists: 30), name: "with")
    _ = try report(results(lists: 30, savesPredictions: false), name: "without")
    let (with, without) = (
      try rows("with-report/groups-with.csv"), try rows("without-report/groups-without.csv")
    )
    let error = try #require(with[0].firstIndex(of: "ece"))
    #expect(with.count == without.count && with.count > 9)
    for (one, other) in zip(with, without).dropFirst() {
      #expect(!one[error].isEmpty && other[error].isEmpty)
      for (column, (a, b)) in zip(one, other).enumerated() where column != error { #expect(a == b) }
    }
    let name = { (row: [String]) in Array(row.dropFirst(3)) }
    #expect(
      try rows("with-report/measures.csv").map(name) == rows("without-report/measures.csv").map(name))
  }
}
