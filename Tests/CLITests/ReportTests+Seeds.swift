import Foundation
import TestSupport
import Testing

extension ReportTests {
  /// Three seeds of one configuration beside another one, of which a method diverged for some users.
  @Test(.enabled(if: hasMatplotlib, withoutMatplotlib))
  func seedsAndDivergedUsers() throws {
    let folder = try WholePathTests.prepared()
    var runs: [String] = []
    for seed in 1...3 {
      try folder.write(WholePathTests.job + "\nseed: \(seed)\n", to: "job.yaml")
      runs.append("lr-s\(seed)")
      let run = try Command.lcft(WholePathTests.arguments("run", folder, runs[seed - 1]), ranks: seed)
      try #require(run.status == 0, "\(run.errors)")
    }
    // soft2's labels have no bound, and so have the logits: some users' leave what a float can hold.
    try folder.write(
      WholePathTests.job + "\n  per_method: {soft2: {learning_rate: 1.5, epochs: 2, batch_size: 8}}\n",
      to: "job.yaml")
    let broken = try Command.lcft(WholePathTests.arguments("run", folder, "broken"))
    try #require(broken.status == 0, "\(broken.errors)")
    #expect(broken.output.contains("over those that every method covers"), "\(broken.output)")
    let results = try Command.run(
      try #require(ForeignTool.python),
      [FixtureFile.path("check_results.py"), folder.file("broken"), folder.file("data.h5")])
    #expect(results.status == 0 && results.output.contains("cover different users"), "\(results.errors)")
    let made = try Command.lcft(
      ["report"] + (runs + ["broken"]).map(folder.file) + ["--output", folder.file("all")])
    try #require(made.status == 0, "\(made.errors)")
    #expect(made.output.contains("all/report.html: 6 tables, 6 figures"))
    let check = try ReportTests.check(folder, "all", "drawn", "auto", runs + ["broken"])
    #expect(check.status == 0, "\(check.errors)")
    #expect(
      check.output.contains("4 runs agree; figures: 2 changes, 2 gain, 1 histogram, 1 loss"),
      "\(check.output)")
  }
}
