import Foundation
import TestSupport
import Testing

/// Options and settings that would change nothing are refused, and an empty job is the standard one.
@Suite(.serialized) struct SilentSettingTests {
  @Test func spreadsOfWhatAWorldDoesNotHave() throws {
    let folder = try FileTestFolder()
    let command = ["synthesize", "--users", "10", "--items", "60", "--output", folder.file("w.h5")]
    for (options, message) in [
      (
        ["--item-feature-spread", "1"],
        "--item-feature-spread is for worlds with features: give --features, too"
      ),
      (["--user-feature-spread", "1"], "--user-feature-spread is for worlds with features"),
      (["--context-feature-spread", "1"], "--context-feature-spread is for worlds with features"),
      (["--no-drift", "--drift-spread", "2"], "--drift-spread is for worlds with drift"),
    ] {
      let outcome = try Command.lcft(command + options)
      #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("w.h5")))
    #expect(try Command.lcft(command + ["--features", "--item-feature-spread", "1"]).status == 0)
  }

  /// Options for ratings, for drawn negatives and for other files, where a log has none.
  @Test func optionsThatAnImportDoesNotUse() throws {
    let folder = try FileTestFolder()
    let labels = try folder.write("user,item,label,timestamp\nu,a,1,1\nu,b,0,2\n", to: "labels.csv")
    let ratings = try folder.write("user,item,rating,timestamp\nu,a,5,1\nu,b,2,2\n", to: "ratings.csv")
    let csv = ["import", "csv", "--split-fraction", "0.5", "--output", folder.file("o.h5"), "--interactions"]
    for (log, options, message) in [
      (
        labels, ["--threshold", "3"],
        "--threshold 3 is not allowed: it is for ratings, and this log has the label label"
      ),
      (labels, ["--not-rated", "0"], "--not-rated 0 is not allowed: it is for ratings"),
      (
        labels, ["--negatives", "5"],
        "--negatives 5 is not allowed: negatives are drawn where every row is a positive"
      ),
      (ratings, ["--own-items", "as-negatives"], "--own-items as-negatives is not allowed"),
      (ratings, ["--among", "existing"], "and this log has the rating rating"),
      (ratings, ["--popularity-power", "1"], "--popularity-power 1 is not allowed"),
      (ratings, ["--keep-first"], "--keep-first given is not allowed"),
    ] {
      try RefusalTests.refused(csv + [log] + options, message)
    }
    #expect(try Command.lcft(csv + [ratings, "--threshold", "3"]).status == 0)
    for (options, message) in [
      (["--user-behavior", labels, "--history-days", "3"], "--history-days is for --behavior-log"),
      (
        ["--raw-sample", labels, "--ad-feature", labels, "--action-window", "9"],
        "--action-window is for --user-behavior"
      ),
    ] {
      let outcome = try Command.lcft(["import", "taobao", "--output", folder.file("t.h5")] + options)
      #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  @Test func aWarmUpLongerThanTheTraining() throws {
    let folder = try WholePathTests.prepared()
    let long = WholePathTests.job.replacingOccurrences(
      of: "training:\n", with: "training:\n  warmup_steps: 100000\n")
    try #require(long.contains("warmup_steps"))
    try folder.write(long, to: "long.yaml")
    for (command, output) in [("train", "long"), ("run", "long"), ("search-labels", "long")] {
      try RefusalTests.refused(
        WholePathTests.arguments(command, folder, output, job: "long.yaml"),
        "training.warmup_steps is 100000, but the whole training has",
        "steps; give fewer, or more training.epochs")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("long")))
  }

  @Test func anEmptyJobIsAll() throws {
    let folder = try FileTestFolder()
    let world = folder.file("w.h5")
    #expect(
      try Command.lcft(["synthesize", "--users", "60", "--items", "60", "--output", world]).status == 0)
    let job = try folder.write("# nothing yet\n", to: "empty.yaml")
    let preview = try Command.lcft([
      "run", "--job", job, "--data", world, "--output", folder.file("out"), "--dry-run",
    ])
    #expect(preview.status == 0 && preview.output.contains("train DIN on"), "\(preview.errors)")
  }

  /// A file with bytes changed says what to do.
  @Test func aDamagedFileSaysWhatToDo() throws {
    let folder = try FileTestFolder()
    let world = folder.file("w.h5")
    #expect(
      try Command.lcft(["synthesize", "--users", "4000", "--items", "3000", "--output", world]).status == 0)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: world))
    for place in stride(from: bytes.count / 3, to: bytes.count / 3 * 2, by: 97) { bytes[place] ^= 0xFF }
    try bytes.write(to: URL(fileURLWithPath: world))
    try RefusalTests.refused(["describe", world], world, "copy or make it again")
    let text = try folder.write("user,item\n1,2\n", to: "log.csv")
    try RefusalTests.refused(
      ["describe", text], text, "not an HDF5 file", "lcft import makes data sets from text files")
  }
}
