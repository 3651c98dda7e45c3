import Foundation
import TestSupport
import Testing

/// Simulated online tests as a user runs them.
@Suite(.serialized) struct SimulateABTests {
  /// A folder with a small synthetic world `data.h5`, `job.yaml` and a trained model in `out`.
  private static func prepared() throws -> FileTestFolder {
    let folder = try FileTestFolder()
    let made = try Command.lcft([
      "synthesize", "--users", "400", "--items", "150", "--output", folder.file("data.h5"),
    ])
    try #require(made.status == 0, "\(made.errors)")
    try folder.write(WholePathTests.job, to: "job.yaml")
    let trained = try Command.lcft(WholePathTests.arguments("train", folder, "out"))
    try #require(trained.status == 0, "\(trained.errors)")
    return folder
  }

  private static func summary(_ folder: FileTestFolder) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("out/ab-test.json")))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func sameNumbersOnAnyNumberOfRanks() throws {
    let folder = try SimulateABTests.prepared()
    let test =
      WholePathTests.arguments("simulate-ab", folder, "out") + ["--a", "cloud", "--b", "soft1", "--truth"]
    let alone = try Command.lcft(test)
    try #require(alone.status == 0, "\(alone.errors)")
    #expect(alone.output.contains("B soft1 against A cloud"))
    #expect(alone.output.contains("the truth"))
    let digest = try #require(try SimulateABTests.summary(folder)["digest"] as? [String: String])
    let days = try String(contentsOfFile: folder.file("out/ab-days.csv"), encoding: .utf8)
    // 7 days of 2 buckets.
    #expect(days.split(separator: "\n").count == 15)
    try RefusalTests.refused(test, "ab-", "--overwrite")
    for ranks in [2, 3] {
      let outcome = try Command.lcft(test + ["--overwrite"], ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output == alone.output)
      let found = try SimulateABTests.summary(folder)
      #expect(found["digest"] as? [String: String] == digest)
      #expect(found["ranks"] as? Int == ranks)
      #expect(try String(contentsOfFile: folder.file("out/ab-days.csv"), encoding: .utf8) == days)
    }
    let described = try Command.lcft(["describe", folder.file("out/ab-test.h5")])
    #expect(described.output.contains("lcft-ab-test") && described.output.contains("B soft1 against A cloud"))
    if let python = ForeignTool.python {
      let check = try Command.run(
        python,
        [FixtureFile.path("check_ab.py"), folder.file("out"), folder.file("data.h5")])
      #expect(check.status == 0, "\(check.output)\(check.errors)")
      #expect(check.output.contains("14 rows agree"))
    }
  }

  /// An A/A test shows no difference; three buckets are as disjoint as two.
  @Test func sameMethodShowsNoDifference() throws {
    let folder = try SimulateABTests.prepared()
    let outcome = try Command.lcft(
      WholePathTests.arguments("simulate-ab", folder, "out")
        + ["--a", "cloud", "--b", "cloud", "--further", "local", "--truth", "--seed", "4"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let test = try #require(try SimulateABTests.summary(folder)["test"] as? [String: Any])
    let differences = try #require(test["differences"] as? [[String: Any]])
    #expect(differences.count == 2)
    for name in ["ctr", "relative_ctr", "adjusted_ctr", "clicks_per_user"] {
      let estimate = try #require(differences[0][name] as? [String: Double])
      #expect(try #require(estimate["low"]) < 0 && #require(estimate["high"]) > 0, "\(name): \(estimate)")
    }
    #expect(differences[0]["truth"] as? [String: Double] == ["value": 0, "low": 0, "high": 0])
    let totals = try #require(test["totals"] as? [[String: Any]])
    #expect(totals.compactMap { $0["users"] as? Int }.reduce(0, +) == 400)
    #expect(totals.compactMap { $0["bucket"] as? String } == ["A", "B", "C"])
  }

  @Test func onlySyntheticWorldsHaveATruth() throws {
    let folder = try WholePathTests.prepared()
    let trained = try Command.lcft(WholePathTests.arguments("train", folder, "out"))
    try #require(trained.status == 0, "\(trained.errors)")
    let test = WholePathTests.arguments("simulate-ab", folder, "out")
    for ranks in [nil, 2] {
      try RefusalTests.refused(test, ranks: ranks, "data.h5: is not a synthetic world (source csv)")
      try RefusalTests.refused(
        test + ["--candidates", "61"], ranks: ranks, "data.h5: has 60 items", "--candidates")
    }
    for (arguments, part) in [
      (["--days", "0"], "--days"), (["--visits", "0"], "--visits"),
      (["--top", "51"], "--top"), (["--a", "none"], "unknown method none"),
    ] {
      let outcome = try Command.lcft(test + arguments)
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
    }
  }
}
