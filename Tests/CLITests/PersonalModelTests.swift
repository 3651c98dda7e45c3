import Foundation
import IO
import TestSupport
import Testing

/// Fine-tuned models kept in files, and scored again from there.
@Suite(.serialized) struct PersonalModelTests {
  static func run(_ folder: FileTestFolder, _ output: String, save: String, ranks: Int) throws {
    let outcome = try Command.lcft(
      WholePathTests.arguments("run", folder, output) + ["--save-models", save], ranks: ranks)
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  static func apply(_ folder: FileTestFolder, _ from: String, _ output: String, ranks: Int) throws {
    let outcome = try Command.lcft(
      [
        "apply", "--models", folder.file("\(from)/models.h5"), "--checkpoint",
        folder.file("\(from)/checkpoint-epoch-2.h5"), "--data", folder.file("data.h5"), "--output",
        folder.file(output),
      ], ranks: ranks)
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  /// Scores from kept models are the run's, to the bit, on any number of ranks; keeping changes nothing.
  @Test func applyGivesTheSameBits() throws {
    let folder = try WholePathTests.prepared()
    let plain = try Command.lcft(WholePathTests.arguments("run", folder, "plain"))
    try #require(plain.status == 0, "\(plain.errors)")
    try PersonalModelTests.run(folder, "kept", save: "all", ranks: 3)
    let expected = try WholePathTests.digests(folder, "plain")
    #expect(try WholePathTests.digests(folder, "kept") == expected)
    for ranks in [1, 2] {
      try PersonalModelTests.apply(folder, "kept", "applied\(ranks)", ranks: ranks)
      #expect(try WholePathTests.digests(folder, "applied\(ranks)") == expected)
    }
    let description = try Command.lcft(["describe", folder.file("kept/models.h5")])
    #expect(description.output.contains("models of 120 users: DIN, under local, soft1, soft2"))
  }

  /// A sample is the same whatever the number of ranks; its scores are those of the whole run.
  @Test func partOfTheUsers() throws {
    let folder = try WholePathTests.prepared()
    try PersonalModelTests.run(folder, "one", save: "sample:7", ranks: 1)
    try PersonalModelTests.run(folder, "two", save: "sample:7", ranks: 2)
    let (one, two) = (
      try PersonalModelsFile.Reader(folder.file("one/models.h5")),
      try PersonalModelsFile.Reader(folder.file("two/models.h5"))
    )
    #expect(one.rows.count == 7 && Set(one.rows) == Set(two.rows))
    for row in one.rows { #expect(try one.user(row: row) == two.user(row: row)) }
    try PersonalModelTests.apply(folder, "two", "applied", ranks: 1)
    let whole = try ResultsFile.read(folder.file("one/results.h5"))
    let part = try ResultsFile.read(folder.file("applied/results.h5"))
    #expect(part.users.row.count == 7)
    for (place, row) in part.users.row.enumerated() {
      let original = try #require(whole.users.row.firstIndex(of: row))
      for (a, b) in zip(part.methods, whole.methods) {
        #expect(a.name == b.name && a.lossAfter[place] == b.lossAfter[original])
        #expect(a.auc[place].bitPattern == b.auc[original].bitPattern)
      }
    }
    // A named user.
    try folder.write("\(whole.users.id[5])\n", to: "users.txt")
    try PersonalModelTests.run(folder, "named", save: "users:\(folder.file("users.txt"))", ranks: 2)
    #expect(try PersonalModelsFile.Reader(folder.file("named/models.h5")).rows == [whole.users.row[5]])
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func modelsOpenInPython() throws {
    let folder = try WholePathTests.prepared()
    try PersonalModelTests.run(folder, "out", save: "sample:20", ranks: 2)
    let check = try Command.run(
      try #require(ForeignTool.python),
      [FixtureFile.path("check_models.py"), folder.file("out"), "2"])
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    #expect(check.output.contains("20 users, 3 methods"))
  }

  @Test func refusals() throws {
    let folder = try WholePathTests.prepared()
    try PersonalModelTests.run(folder, "out", save: "sample:2", ranks: 1)
    let job = WholePathTests.job.replacingOccurrences(of: "epochs: 2", with: "epochs: 1")
    try folder.write(job, to: "other.yaml")
    let other = try Command.lcft(WholePathTests.arguments("train", folder, "other", job: "other.yaml"))
    try #require(other.status == 0, "\(other.errors)")
    try folder.write("nobody\n", to: "users.txt")
    let apply = ["apply", "--data", folder.file("data.h5"), "--output", folder.file("x")]
    let models = ["--models", folder.file("out/models.h5")]
    let cloud = ["--checkpoint", folder.file("out/checkpoint-epoch-2.h5")]
    for (arguments, expected) in [
      (
        apply + models + ["--checkpoint", folder.file("other/checkpoint-epoch-1.h5")],
        "models.h5: was made with another cloud model"
      ),
      (apply + models + cloud + ["--methods", "dense_only"], "holds no models fine-tuned under dense_only"),
      (apply + ["--models", folder.file("data.h5")] + cloud, "lcft-models expected, the file"),
      (
        WholePathTests.arguments("finetune", folder, "out") + ["--overwrite", "--save-models", "some"],
        "--save-models takes all, sample:N or users:FILE, not some"
      ),
      (
        WholePathTests.arguments("run", folder, "y")
          + ["--save-models", "users:\(folder.file("users.txt"))"],
        "users.txt:1: user nobody has no training and test samples"
      ),
    ] {
      let outcome = try Command.lcft(arguments)
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    }
  }
}
