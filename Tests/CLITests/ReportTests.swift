import Foundation
import HDF5
import IO
import Support
import TestSupport
import Testing

/// `lcft report` on runs, held against the runs' files by Tests/Fixtures/check_report.py.
@Suite(.serialized) struct ReportTests {
  /// Whether LCFT_PYTHON can draw.
  static let hasMatplotlib: Bool = {
    guard let python = ForeignTool.python else { return false }
    return (try? Command.run(python, ["-c", "import h5py, matplotlib"]))?.status == 0
  }()
  static let withoutMatplotlib: Comment = "LCFT_PYTHON names no Python with h5py and matplotlib"

  /// The interactions as exposures of which some are clicked, so that local CTRs are no simple fractions.
  static func clicks() -> String {
    var random = KeyedRandom(seed: 8)
    var rows = "user,item,timestamp,label\n"
    for user in 0..<150 {
      let rate = 0.05 + 0.6 * random.uniform()
      for time in 0..<30 + random.below(40) {
        rows += "v\(user),i\(random.below(60)),\(time),\(random.uniform() < rate ? 1 : 0)\n"
      }
    }
    return rows
  }

  static let days = """
    bucket,users,day,impressions,clicks,note
    cloud,100,1,1000,40,x
    "soft1, low",100,1,1003,50,
    cloud,99,2,990,41,
    "soft1, low",101,2,1010,55,
    """

  /// A folder with the runs `din`, `lr` (another model and other methods on the same data) and `clicks`
  /// (on other data, with an A/B test beside it).
  static func prepared() throws -> FileTestFolder {
    let folder = try WholePathTests.prepared()
    let imported = try Command.lcft([
      "import", "csv", "--interactions", try folder.write(clicks(), to: "clicks.csv"), "--split-fraction",
      "0.7",
      "--output", folder.file("clicks.h5"),
    ])
    try #require(imported.status == 0, "\(imported.errors)")
    try folder.write(
      "model: {name: LR}\ntraining: {epochs: 3, batch_size: 64}\nfinetuning: {learning_rate: 0.05}\n",
      to: "lr.yaml")
    for (output, job, data, methods) in [
      ("din", "job.yaml", "data.h5", "cloud,local,soft1,soft2"),
      ("lr", "lr.yaml", "data.h5", "cloud,local,bias_only,prior_offset,soft1"),
      ("clicks", "job.yaml", "clicks.h5", "local,soft2,cloud"),
    ] {
      let run = try Command.lcft([
        "run", "--job", folder.file(job), "--data", folder.file(data), "--output", folder.file(output),
        "--methods", methods,
      ])
      try #require(run.status == 0, "\(run.errors)")
    }
    try folder.write(days, to: "clicks/ab-days.csv")
    return folder
  }

  static func check(
    _ folder: FileTestFolder, _ report: String, _ drawn: String, _ intervals: String, _ runs: [String]
  ) throws -> Command.Outcome {
    try Command.run(
      try #require(ForeignTool.python),
      [FixtureFile.path("check_report.py"), folder.file(report), drawn, intervals]
        + runs.map(folder.file))
  }

  @Test(.enabled(if: hasMatplotlib, withoutMatplotlib))
  func holdsInPython() throws {
    let folder = try ReportTests.prepared()
    let two = try Command.lcft(["report", folder.file("din"), folder.file("lr")])
    try #require(two.status == 0, "\(two.errors)")
    #expect(two.output.contains("Table 1") && two.output.contains("Table 2"))
    #expect(two.output.contains("din/report/report.html: 6 tables, 6 figures"))
    let first = try ReportTests.check(folder, "din/report", "drawn", "negatives", ["din", "lr"])
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("2 runs agree; figures: 2 changes, 2 gain, 1 histogram, 1 loss"))

    for intervals in ["width", "quantile"] {
      let all = try Command.lcft(
        ["report", folder.file("din"), folder.file("clicks/"), "--output", folder.file("all"), "--intervals"]
          + [intervals, "--overwrite"])
      try #require(all.status == 0, "\(all.errors)")
      let second = try ReportTests.check(folder, "all", "drawn", intervals, ["din", "clicks"])
      #expect(second.status == 0, "\(second.errors)")
      #expect(
        second.output.contains("2 runs agree; figures: 2 changes, 1 days, 2 gain, 2 histogram, 2 loss"))
    }
    // A report in the same folder takes the place of the earlier one's figures; a table of its user's stays.
    try folder.write("mine", to: "all/figure2-mine.csv")
    try folder.write(
      """
      bucket,method,day,impressions,clicks,users,ctr,ctr_low,ctr_high,clicks_per_user,clicks_per_user_low,clicks_per_user_high
      A,cloud,1,200,50,40,0.25,0.2,0.31,1.25,1,1.5
      B,soft1,1,200,40,40,0.2,0.15,0.25,1,0.75,1.25

      """, to: "lr/ab-days.csv")
    let again = ["report", folder.file("lr"), "--output", folder.file("all")]
    try RefusalTests.refused(again, "all/table1.csv: is there already", "--overwrite")
    #expect(FileManager.default.fileExists(atPath: folder.file("all/figure2-din.svg")))
    let last = try Command.lcft(again + ["--overwrite"])
    try #require(last.status == 0, "\(last.errors)")
    let third = try ReportTests.check(folder, "all", "drawn", "auto", ["lr"])
    #expect(third.status == 0, "\(third.errors)")
    #expect(third.output.contains("1 runs agree; figures: 1 changes, 1 days, 1 gain, 1 histogram, 1 loss"))
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("all"))
    #expect(left.filter { $0.hasPrefix("figure2") }.count == 4 && left.contains("figure2-mine.csv"))
    #expect(!left.contains { $0.contains("clicks") })
  }

  /// The same runs give the same files.
  @Test(.enabled(if: hasMatplotlib, withoutMatplotlib))
  func repeatsItself() throws {
    let folder = try ReportTests.prepared()
    for output in ["a", "b"] {
      let made = try Command.run(
        "/usr/bin/env",
        ["SOURCE_DATE_EPOCH=1700000000", Command.lcft, "report", folder.file("din"), "--output"]
          + [folder.file(output)])
      try #require(made.status == 0, "\(made.errors)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("a")).sorted()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("b")).sorted() == names)
    #expect(names.count > 15)
    for name in names {
      #expect(
        FileManager.default.contentsEqual(
          atPath: folder.file("a/\(name)"), andPath: folder.file("b/\(name)")),
        "\(name)")
    }
  }

  /// Tables, numbers and the page are all there without matplotlib, without Python, and without a PATH.
  @Test func worksWithoutMatplotlib() throws {
    let folder = try ReportTests.prepared()
    var environments = [
      ("LCFT_PYTHON names no program ('')", ["LCFT_PYTHON="]),
      ("LCFT_PYTHON names no program ('/nowhere/python3')", ["LCFT_PYTHON=/nowhere/python3"]),
      ("there is no python3 on the PATH", ["-u", "LCFT_PYTHON", "PATH="]),
    ]
    if let python = ForeignTool.python {
      // Without site packages.
      let bare = try folder.write("#!/bin/sh\nexec '\(python)' -I -S \"$@\"\n", to: "bare")
      #expect(chmod(bare, 0o755) == 0)
      environments.append(("\(bare) has no matplotlib", ["LCFT_PYTHON=\(bare)"]))
    }
    for (reason, environment) in environments {
      let made = try Command.run(
        "/usr/bin/env",
        environment + [
          Command.lcft, "report", folder.file("din"), folder.file("clicks"), "--output", folder.file("out"),
          "--overwrite",
        ])
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.output.contains("Figures are not drawn: \(reason). Install matplotlib"), "\(made.output)")
      #expect(made.output.contains("soft1"))
      guard ForeignTool.python != nil else { continue }
      let check = try ReportTests.check(folder, "out", "not-drawn", "auto", ["din", "clicks"])
      #expect(check.status == 0, "\(check.errors)")
      #expect(check.output.contains("2 runs agree"))
    }
  }

  @Test func refusals() throws {
    let folder = try ReportTests.prepared()
    let din = folder.file("din")
    try RefusalTests.refused(["report", folder.file("none")], "none: no such folder")
    try RefusalTests.refused(["report", "\(din)/results.h5"], "results.h5: no such folder")
    try FileManager.default.createDirectory(
      atPath: folder.file("empty"), withIntermediateDirectories: true)
    try RefusalTests.refused(
      ["report", din, folder.file("empty")], "empty: has neither results.h5 nor ab-days.csv", "lcft run")
    try RefusalTests.refused(
      ["report", din, "--output", folder.file("data.h5/x")], "cannot create the output folder")
    try RefusalTests.refused(
      ["report", folder.file("clicks"), "--intervals", "negatives"],
      "clicks: the users do not have whole numbers",
      "width")
    #expect(!FileManager.default.fileExists(atPath: folder.file("din/report")))

    try folder.write(
      "bucket,day,impressions,clicks,users\na,1,10,2,5\na,2,10,x,5\n", to: "empty/ab-days.csv")
    try RefusalTests.refused(["report", folder.file("empty")], "ab-days.csv:3: clicks 'x'")
    try folder.write("bucket,day,impressions,users\na,1,10,5\n", to: "empty/ab-days.csv")
    try RefusalTests.refused(["report", folder.file("empty")], "ab-days.csv:1: no column clicks")
    try folder.write("bucket,day,impressions,clicks,users\na,1,10,11,5\n", to: "empty/ab-days.csv")
    try RefusalTests.refused(["report", folder.file("empty")], "ab-days.csv:2: more clicks than impressions")

    // A Python that fails with matplotlib: one line, and the tables are there.
    let broken = try folder.write("#!/bin/sh\necho first >&2\necho 'no font' >&2\nexit 1\n", to: "broken")
    #expect(chmod(broken, 0o755) == 0)
    let failed = try Command.run(
      "/usr/bin/env", ["LCFT_PYTHON=\(broken)", Command.lcft, "report", din, "--output", folder.file("out")])
    #expect(failed.status != 0 && failed.errorLines.count == 1)
    #expect(failed.errors.contains("matplotlib could not draw the figures: no font"))
    #expect(FileManager.default.fileExists(atPath: folder.file("out/report.html")))

    try FileManager.default.removeItem(atPath: folder.file("lr/summary.json"))
    try RefusalTests.refused(["report", folder.file("lr")], "lr/summary.json: there is no such file")
    try folder.write("{}", to: "lr/summary.json")
    try RefusalTests.refused(["report", folder.file("lr")], "lr/summary.json: not a summary")
    // Results of a later version of the format.
    let file = try HDF5.File(creating: folder.file("lr/results.h5"))
    try file.root().setAttribute("format", "lcft-results")
    try file.root().setAttribute("format_version", Int32(99))
    try file.close()
    try RefusalTests.refused(
      ["report", folder.file("lr")], "lr/results.h5: made by a newer lcft", "version 99", "update lcft")
  }

  /// An A/B test by itself.
  @Test func anABTestAlone() throws {
    let folder = try FileTestFolder()
    try FileManager.default.createDirectory(atPath: folder.file("ab"), withIntermediateDirectories: true)
    try folder.write(ReportTests.days, to: "ab/ab-days.csv")
    let made = try Command.run(
      "/usr/bin/env", ["LCFT_PYTHON=", Command.lcft, "report", folder.file("ab")])
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.contains("ab/report/report.html: 0 tables, ") && made.output.contains("1 figure"))
    let page = try String(contentsOfFile: folder.file("ab/report/report.html"), encoding: .utf8)
    #expect(page.contains("soft1, low") && page.contains("4.000%"))
  }
}
