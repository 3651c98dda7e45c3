import Foundation
import TestSupport
import Testing

/// Wrong input ends in one line and a non-zero status, before any work, and without a hang.
@Suite(.serialized) struct RefusalTests {
  /// Runs, and expects exactly one line of ours on standard error, with `parts` in it.
  static func refused(
    _ arguments: [String], ranks: Int? = nil, _ parts: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Command.lcft(arguments, ranks: ranks, seconds: 60)
    #expect(!outcome.timedOut, sourceLocation: sourceLocation)
    #expect(outcome.status != 0, sourceLocation: sourceLocation)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    for part in parts {
      #expect(
        outcome.errorLines.first?.contains(part) == true, "\(outcome.errors)", sourceLocation: sourceLocation)
    }
  }

  @Test func runs() throws {
    let folder = try WholePathTests.prepared()
    func run(_ job: String, _ data: String, _ output: String = "out", _ command: String = "run") -> [String] {
      [command, "--job", folder.file(job), "--data", folder.file(data), "--output", folder.file(output)]
    }
    for ranks in [nil, 2] {
      try RefusalTests.refused(run("none.yaml", "data.h5"), ranks: ranks, "none.yaml: no such job file")
      try RefusalTests.refused(run("job.yaml", "none.h5"), ranks: ranks, "none.h5")
      try RefusalTests.refused(run("job.yaml", "interactions.csv"), ranks: ranks, "interactions.csv")
      try RefusalTests.refused(
        run("job.yaml", "data.h5", "out", "finetune"), ranks: ranks, "no checkpoint-epoch-N.h5", "lcft train")
      try folder.write("training:\n  epoch: 3\n", to: "typo.yaml")
      try RefusalTests.refused(
        run("typo.yaml", "data.h5"), ranks: ranks,
        "typo.yaml:2: unknown key epoch in training (did you mean epochs?); allowed: epochs")
      try folder.write("model: {histories: [positive, actions]}\n", to: "actions.yaml")
      try RefusalTests.refused(
        run("actions.yaml", "data.h5"), ranks: ranks, "data.h5: has no actions (/features/events/action)",
        "the job's history 'actions'", "lcft import taobao", "[positive, negative]")
    }
    try RefusalTests.refused(
      run("job.yaml", "data.h5", "interactions.csv/below"), "cannot create the output folder")
    try folder.write("training: {virtual_shards: 2}\n", to: "shards.yaml")
    try RefusalTests.refused(run("shards.yaml", "data.h5"), ranks: 3, "3", "2", "shards")
    #expect(!FileManager.default.fileExists(atPath: folder.file("out/checkpoint-epoch-1.h5")))

    let first = try Command.lcft(run("job.yaml", "data.h5"))
    try #require(first.status == 0, "\(first.errors)")
    try RefusalTests.refused(run("job.yaml", "data.h5"), "--resume", "--overwrite")
    try folder.write(
      WholePathTests.job.replacingOccurrences(of: "learning_rate: 0.5", with: "learning_rate: 0.25"),
      to: "changed.yaml")
    try RefusalTests.refused(
      run("changed.yaml", "data.h5") + ["--resume"], "training.learning_rate 0.5", "0.25")
    // A file cut short, as by a full disk.
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file("data.h5")))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: folder.file("cut.h5")))
    try RefusalTests.refused(run("job.yaml", "cut.h5", "cut"), "cut.h5")
    // Another data set than the checkpoint's.
    let other = try Command.lcft([
      "import", "csv", "--interactions", folder.file("interactions.csv"), "--split-fraction", "0.5",
      "--output", folder.file("other.h5"),
    ])
    try #require(other.status == 0, "\(other.errors)")
    try RefusalTests.refused(run("job.yaml", "other.h5") + ["--resume"], "another data set")
  }

  @Test func divergingTrainingSaysWhere() throws {
    let folder = try WholePathTests.prepared()
    try folder.write(
      WholePathTests.job.replacingOccurrences(of: "learning_rate: 0.5", with: "learning_rate: 1000"),
      to: "wild.yaml")
    for ranks in [nil, 2] {
      let outcome = try Command.lcft(
        WholePathTests.arguments("train", folder, "wild", job: "wild.yaml") + ["--overwrite"], ranks: ranks)
      #expect(outcome.status != 0 && !outcome.timedOut)
      #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("not finite in epoch 1, step"))
      #expect(outcome.errors.contains("learning rate 1000"))
    }
  }

  @Test func imports() throws {
    let folder = try FileTestFolder()
    let bad = try folder.write("user,item,timestamp\n1,2,3\n1,2,soon\n1,3,4\n1,2,5\n", to: "bad.csv")
    let csv = ["import", "csv", "--output", folder.file("o.h5"), "--interactions"]
    try RefusalTests.refused(csv + [bad], "bad.csv:3:", "soon")
    try RefusalTests.refused(csv + [folder.file("none.csv")], "none.csv")
    #expect(!FileManager.default.fileExists(atPath: folder.file("o.h5")))
    let skipped = try Command.lcft(csv + [bad, "--on-error", "skip"])
    #expect(skipped.status == 0)
    #expect(skipped.errors.contains("bad.csv:3:"))
    let taobao = ["import", "taobao", "--output", folder.file("t.h5"), "--user-behavior"]
    try RefusalTests.refused(
      taobao + [try folder.write("1,2,3,pv,1400000000\n1,2,3,buy,1400000001\n", to: "old.csv")],
      "old.csv: all 2 rows lie outside the days 2017-11-25 to 2017-12-03", "--first-day")
    try RefusalTests.refused(
      taobao + [try folder.write("1,2,3,pv,1511600000\n1,2,3,pv", to: "cut.csv")], "cut.csv:2: 4 fields",
      "skip")
    for (arguments, part) in [
      (["--train-days", "3", "--split-fraction", "0.5"], "--train-days"),
      (["--raw-sample", "x"], "--raw-sample"),
      (["--behavior-log", "x"], "--behavior-log"), (["--first-day", "2017-11-31"], "--first-day"),
    ] {
      let outcome = try Command.lcft(taobao + ["x"] + arguments)
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
    }
  }

  @Test(arguments: [
    [], ["import"], ["import", "movielens"], ["import", "amazon"], ["import", "taobao"], ["import", "csv"],
    ["import", "table"], ["import", "recbole"],
    ["synthesize"], ["describe"], ["train"], ["finetune"], ["run"], ["apply"], ["simulate-ab"], ["report"],
    ["search"], ["search-labels"], ["labels"], ["plan"], ["ping"], ["sweep"], ["subset"], ["merge"],
    ["predict"],
    ["fine-tune-user"], ["status"],
  ])
  func helpHasAnExample(_ command: [String]) throws {
    let outcome = try Command.lcft(command + ["--help"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("USAGE"))
    // Read in a terminal of 80 columns: nothing is cut, and an example can be pasted as it stands.
    let lines = outcome.output.split(separator: "\n").map(String.init)
    for line in lines { #expect(line.count <= 80 && line != "\\", "\(line)") }
    var continues = false
    for line in lines {
      let isStart = line.hasPrefix("  lcft ") || line.hasPrefix("  mpirun -n ")
      if continues { #expect(line.hasPrefix("    -"), "\(line)") }
      continues = (isStart || continues) && line.hasSuffix("\\")
    }
    #expect(!continues)
    // Prose is wrapped once, where a line is full, and no example goes on at the margin.
    let overview = lines.prefix { !$0.hasPrefix("USAGE") }
    for line in overview where !line.hasPrefix(" ") { #expect(!line.hasSuffix("\\"), "\(line)") }
    for (line, next) in zip(overview, overview.dropFirst()) where !next.hasPrefix(" ") {
      if line.hasPrefix(" ") {
        #expect(!next.hasPrefix("--"), "\(next)")
        continue
      }
      let word = next.prefix { $0 != " " }
      #expect(line.last.map { ".:;".contains($0) } ?? true || line.count + word.count > 70, "\(line)")
    }
    if command != ["import"] {
      #expect(outcome.output.contains("  lcft ") || outcome.output.contains("mpirun -n"))
    }
  }

  /// A slip is told before what the folder holds, which one would answer by --overwrite.
  @Test func aSlipInTheJobIsToldFirst() throws {
    let folder = try FileTestFolder()
    try folder.write("", to: "checkpoint-epoch-1.h5")
    try folder.write("training: {learning_rate: \"0.01\"}\n", to: "job.yaml")
    try folder.write([0xFF, 0xFE, 0x6E, 0x00], to: "wide.yaml")
    func run(_ job: String) -> [String] {
      ["run", "--job", folder.file(job), "--data", "data.h5", "--output", folder.path]
    }
    try RefusalTests.refused(run("job.yaml"), "learning_rate must be a number", "write it without quotes")
    try RefusalTests.refused(run("wide.yaml"), "wide.yaml: the job file is UTF-16 text; save it as UTF-8")
    try RefusalTests.refused(run("job.yml"), "no such job file (did you mean \(folder.file("job.yaml"))?)")
    try RefusalTests.refused(
      ["describe", folder.file("checkpoint-epoc-1.h5")],
      "did you mean \(folder.file("checkpoint-epoch-1.h5"))?")
    try RefusalTests.refused(["report", folder.path + "x"], "no such folder (did you mean \(folder.path)?)")
  }

  @Test func wrongUsageIsToldOnce() throws {
    let outcome = try Command.lcft(["run", "--jib", "x"], ranks: 2)
    #expect(outcome.status != 0 && !outcome.timedOut)
    #expect(outcome.errors.components(separatedBy: "Usage: lcft run").count == 2)
  }

  /// Not as the option that is missing because of it.
  @Test func anUnknownOptionIsNamed() throws {
    for (arguments, message) in [
      (["run", "--jobb", "x.yaml"], "Error: --jobb is an unknown option (did you mean --job?)\n"),
      (["run", "--job", "x", "--data", "y", "--output", "z", "--overwite"], "did you mean --overwrite?"),
      (
        ["import", "csv", "--interaction=x"],
        "--interaction is an unknown option (did you mean --interactions?)"
      ),
      (["plan", "--colour"], "Error: --colour is an unknown option\n"),
      (
        ["run", "--batch-size", "64"],
        "--batch-size is an unknown option; the job file sets training.batch_size, finetuning.batch_size, grouping.batch_size\n"
      ),
    ] {
      let outcome = try Command.lcft(arguments)
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
      #expect(outcome.errors.contains("Usage: lcft \(arguments[0])") && !outcome.errors.contains("Missing"))
    }
    let missing = try Command.lcft(["run"])
    #expect(missing.status == 64 && missing.errors.contains("Missing expected argument '--job <job>'"))
  }

  @Test func synthesizingReplacesNothingUnasked() throws {
    let folder = try FileTestFolder()
    let command = ["synthesize", "--users", "10", "--items", "20", "--categories", "3", "--output"]
    let notes = try folder.write("mine", to: "notes.h5")
    try RefusalTests.refused(command + [notes], "notes.h5: is there already", "--overwrite")
    try RefusalTests.refused(command + [folder.file("none/w.h5")], "the folder", "make it first")
    try RefusalTests.refused(command + [""], "--output has no name")
    #expect(try String(contentsOfFile: notes, encoding: .utf8) == "mine")
    let outcome = try Command.lcft(command + [notes, "--overwrite"])
    #expect(outcome.status == 0 && outcome.output.contains("notes.h5: 10 users"), "\(outcome.errors)")
    try RefusalTests.refused(
      ["run", "--job", try folder.write(WholePathTests.job, to: "j.yaml"), "--data", notes, "--output", ""],
      "the output folder has no name")
  }
}
