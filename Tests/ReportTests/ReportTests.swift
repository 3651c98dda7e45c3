import Foundation
import IO
import LCFT
import Report
import Support
import TestSupport
import Testing

/// Reports over results that no run of this version writes.
@Suite struct ReportTests {
  let folder: FileTestFolder

  init() throws { folder = try FileTestFolder() }

  /// 40 users with one AUC per method; `names` need not be methods that this version has.
  func results(_ names: [String]) -> Results {
    let users = 40
    return Results(
      users: .init(
        id: StringColumn((0..<users).map { "u\($0)" }), row: Column((0..<users).map(Int32.init)),
        trainCount: Column(count: users) { _ in 10 },
        trainPositives: Column(count: users) { Int32($0 % 9 + 1) },
        testCount: Column(count: users) { _ in 4 }, testPositives: Column(count: users) { _ in 2 },
        localCTR: Column(count: users) { Double($0 % 9 + 1) / 10 }),
      methods: names.enumerated().map { index, name in
        Results.Method(
          name: name, alpha: Column(count: users) { _ in 1 }, beta: Column(count: users) { _ in 0 },
          labelStatus: Column(count: users) { _ in .uncorrected },
          auc: Column(count: users) { $0 % 4 == 0 ? 0.5 + 0.125 * Double(index) : 0.5 },
          aucStatus: Column(count: users) { _ in .defined },
          lossBefore: Column(count: users) { _ in 0.7 }, lossAfter: Column(count: users) { _ in 0.6 },
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
    #expect(
      earlier.contains(
        "data set 01234567     40      560               -               400          560      0.5000"))
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

  /// Writes a run named `name` whose methods have the user AUCs `scores`, and returns its folder.
  func run(
    _ name: String, seed: Int = 4, _ scores: KeyValuePairs<String, Double> = ["cloud": 0.5, "local": 0.6],
    _ change: (inout Results) -> Void = { _ in }
  ) throws -> String {
    var results = results(scores.map(\.key))
    results.job = "model: {name: DIN}\nseed: \(seed)\n"
    for (index, score) in scores.enumerated() { results.methods[index].summary.userAUC = score.value }
    change(&results)
    let path = folder.file(name)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try ResultsFile.write(results, to: path + "/results.h5")
    try earlierSummary.write(toFile: path + "/summary.json", atomically: true, encoding: .utf8)
    return path
  }

  func rows(_ file: String) throws -> [[String]] {
    try String(contentsOfFile: folder.file("out/\(file)"), encoding: .utf8)
      .split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
  }

  /// The last interval ends at the highest local CTR, also where the lowest is 0.
  @Test(arguments: LocalCTRGrouping.allCases.filter { $0 != .negatives })
  func intervalsEndAtTheHighestLocalCTR(_ grouping: LocalCTRGrouping) throws {
    let path = try run("a", ["cloud": 0.5, "local": 0.6, "soft1": 0.6]) { results in
      results.users.localCTR = Column(count: 40) { Double($0 % 10) / 10 }
      results.users.trainPositives = Column(count: 40) { Int32($0 % 10) }
    }
    _ = try Report([path], grouping: grouping).write(to: folder.file("out"))
    let table = try rows("figure2-a.csv")
    let high = try #require(table[0].firstIndex(of: "high"))
    let ends = try table.dropFirst().map { try #require(Double($0[high])) }
    #expect(ends.last == 0.9 && ends.allSatisfy { $0 <= 0.9 })
  }

  /// What looks the same in the table is marked alike, and a method without another one not at all.
  @Test func tiesAreAllBold() throws {
    let tied = try run("tied", ["cloud": 0.5, "local": 0.61234, "soft1": 0.61231])
    let alone = try run("alone", ["cloud": 0.5])
    _ = try Report([tied, alone]).write(to: folder.file("out"))
    let text = try String(contentsOfFile: folder.file("out/tables.md"), encoding: .utf8)
    #expect(text.contains("| tied | 40 | 0.5000 | **0.6123** | **0.6123** |"), "\(text)")
    #expect(text.contains("| alone | 40 | 0.5000 | - | - |"))
  }

  /// Figures are named after their runs in any script, within what a file's name can hold.
  @Test func figuresOfRunsInAnyScript() throws {
    let long = String(repeating: "ж", count: 120)
    let names = ["мой запуск", "另一次运行", long]
    let report = try Report(
      names.enumerated().map {
        try run($1, seed: 4, ["cloud": 0.5, "local": 0.5, "soft1": 0.5 + Double($0) / 9])
      })
    _ = try report.write(to: folder.file("out"))
    for name in ["figure2-мой-запуск.csv", "figure2-另一次运行.csv"] {
      #expect(FileManager.default.fileExists(atPath: folder.file("out/\(name)")), "\(name)")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("out"))
    #expect(files.count { $0.hasPrefix("figure2-жжж") && $0.hasSuffix(".csv") } == 1)
  }

  /// Runs that differ in the seed alone share a row and the figures; a second run of one seed and one of other settings
  /// do not.
  @Test func seedsAreJoined() throws {
    let scores = [0.61, 0.62, 0.66]
    let paths = try scores.enumerated().map {
      try run("din-seed\($0 + 1)", seed: $0, ["cloud": 0.5, "local": $1])
    }
    let again = try run("again", seed: 1, ["cloud": 0.5, "local": 0.7])
    let other = try run("other", seed: 9) { $0.job += "finetuning: {epochs: 2}\n" }
    _ = try Report(paths + [again, other]).write(to: folder.file("out"))
    let table = try rows("table2.csv")
    #expect(table.count == 4 && table.dropFirst().map { $0[2] } == ["din", "again", "other"])
    #expect(table.dropFirst().map { $0[3] } == ["3", "1", "1"])
    let place = try #require(table[0].firstIndex(of: "local"))
    #expect(abs(try #require(Double(table[1][place])) - 0.63) < 1e-12)
    // sqrt((0.02^2 + 0.01^2 + 0.03^2) / 2)
    #expect(abs(try #require(Double(table[1][place + 1])) - 0.0264575131) < 1e-9)
    #expect(table[2][place + 1].isEmpty)
    let text = try String(contentsOfFile: folder.file("out/tables.md"), encoding: .utf8)
    #expect(text.contains("| din | 3 | 40 | 0.5000 ± 0.0000 | **0.6300 ± 0.0265** |"), "\(text)")
    let figures = try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).filter {
      $0.hasPrefix("figure3-") && $0.hasSuffix(".csv")
    }
    #expect(figures.sorted() == ["figure3-again.csv", "figure3-din.csv", "figure3-other.csv"])
    #expect(try rows("runs.csv").dropFirst().map { $0[5] } == ["0", "1", "2", "1", "9"])
    // Digits that the seeds have in common are none of the name.
    let later = try [11, 12].map { try run("din-seed\($0)", seed: $0) }
    _ = try Report(later).write(to: folder.file("out"), overwrites: true)
    #expect(try rows("table2.csv").dropFirst().map { $0[2] } == ["din"])
  }

  /// Settings that each run has searched for itself follow from its seed; those of the job do not.
  @Test func seedsWithSearchedSettingsAreJoined() throws {
    func paths(_ name: String, _ job: String) throws -> [String] {
      try [0.01, 0.1].enumerated().map { seed, rate in
        try run("\(name)-seed\(seed)", seed: seed) {
          $0.job += job
          $0.findings?.settings = ["local": TuningOverrides(learningRate: rate, epochs: nil, batchSize: nil)]
        }
      }
    }
    let searched = try paths("searched", "finetuning: {settings: searched}\n")
    let given = try paths("given", "finetuning: {epochs: 2}\n")
    _ = try Report(searched + given).write(to: folder.file("out"))
    #expect(try rows("table2.csv").dropFirst().map { $0[2] } == ["searched", "given-seed0", "given-seed1"])
  }

  /// Where a method's fine-tuning diverged for some users, methods are compared over the others, and the terminal's
  /// table says over whom.
  @Test func methodsThatCoverDifferentUsers() throws {
    func diverge(_ results: inout Results) {
      for user in 0..<10 {
        results.methods[1].auc[changing: user] = .nan
        results.methods[1].aucStatus[changing: user] = .notFinite
      }
      results.methods[1].summary.undefinedAUC = 10
      results.significance = results.compareMethods(seed: 4)
    }
    let path = try run("a", ["cloud": 0.5, "local": 0.55, "soft1": 0.52], diverge)
    _ = try Report([path]).write(to: folder.file("out"))
    let text = try String(contentsOfFile: folder.file("out/tables.md"), encoding: .utf8)
    #expect(text.contains("| each method's own | 30 to 40 | 0.5000 | 0.5500 | 0.5200 |"), "\(text)")
    // Of users 10 to 39, seven have 0.5 + 0.125 index and 23 have 0.5.
    #expect(text.contains("| common to all methods | 30 | 0.5000 | 0.5292 | **0.5583** |"), "\(text)")
    let printed = "\(ResultsTable(try ResultsFile.read(path + "/results.h5"), title: "a"))"
    #expect(printed.contains("the methods cover different users; over those that every method covers:"))
    #expect(printed.contains(try Regex("\nlocal +0.5292 +0.5292 +30 ")), "\(printed)")
    #expect(printed.contains(try Regex("\nlocal +0.5500 +0.5000 +30 ")), "\(printed)")
    #expect(printed.contains(try Regex("\nsoft1 .* of 40")), "\(printed)")
  }

  /// The page explains its methods, shows the job, and folds the numbers of figures without empty rows at the ends.
  @Test func thePageStandsByItself() throws {
    let path = try run("a") { $0.users.localCTR = Column(count: 40) { 0.4 + Double($0 % 5) / 100 } }
    _ = try Report([path]).write(to: folder.file("out"))
    let page = try String(contentsOfFile: folder.file("out/report.html"), encoding: .utf8)
    #expect(page.contains("<dt>local</dt><dd>The cloud model, fine-tuned on the user's own"))
    #expect(page.contains("<summary>Job file of a</summary>") && page.contains("model: {name: DIN}"))
    #expect(page.contains("<details><summary>Numbers of Figure 1"))
    let table = try rows("figure1-data-set-01234567.csv").dropFirst()
    #expect(table.count == 25 && table.first?[2] == "0")
    let shown = try #require(
      page.firstMatch(
        of: #/<table id="figure1-data-set-01234567">.*?<tbody>\n(.*?)<\/tbody>/#.dotMatchesNewlines()))
    let lines = shown.1.split(separator: "\n")
    #expect(lines.count < 25 && !lines.isEmpty)
    let zero = "<td class=\"number\">0</td>"
    #expect(!lines[0].contains(zero) && !lines[lines.count - 1].contains(zero))
  }
}
