import Foundation
import IO
import TestSupport
import Testing

/// Trainings that go on from the model of an earlier one on other data, as the commands do it.
@Suite(.serialized) struct WarmStartRunTests {
  static let job = """
    name: warm
    seed: 5
    model:
      name: DIN
      user_embedding: 4
      item_embedding: 5
      category_embedding: 3
      attention: [8, 4]
      hidden: [12, 6]
      history_length: 10
    training:
      epochs: 2
      batch_size: 64
      learning_rate: 0.01
      learning_rate_decay: 1
      optimizer: adam
      checkpoint_steps: 5
    finetuning:
      methods: [cloud, local]
    """

  /// A folder with `old.h5` and `new.h5`, which have users, items and values in common, `job.yaml`, the same for one epoch
  /// and for none, and a model of the first in `old`.
  static func prepared() throws -> FileTestFolder {
    let folder = try FileTestFolder()
    try folder.write(job, to: "job.yaml")
    for epochs in [0, 1, 3] {
      try folder.write(
        job.replacingOccurrences(of: "epochs: 2", with: "epochs: \(epochs)"), to: "epochs-\(epochs).yaml")
    }
    let world = folder.file("world.h5")
    let steps: [[String]] = [
      ["synthesize", "--users", "200", "--items", "300", "--features", "--seed", "3", "--output", world],
      [
        "subset", world, "--sample-users", "30", "--seed", "3", "--k-core", "2", "--output",
        folder.file("old.h5"),
      ],
      [
        "subset", world, "--sample-users", "90", "--seed", "4", "--k-core", "2", "--output",
        folder.file("new.h5"),
      ],
      arguments("train", folder, "old", data: "old.h5"),
    ]
    for step in steps {
      let outcome = try Command.lcft(step)
      try #require(outcome.status == 0, "\(outcome.errors)")
    }
    return folder
  }

  static func arguments(
    _ command: String, _ folder: FileTestFolder, _ output: String, data: String = "new.h5",
    job: String = "job.yaml", from parent: String? = nil
  ) -> [String] {
    [
      command, "--job", folder.file(job), "--data", folder.file(data), "--output", folder.file(output),
    ] + (parent.map { ["--warm-start", folder.file($0)] } ?? [])
  }

  /// Python finds every row by name, and draws the new ones.
  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func rowsAreThoseOfTheirNames() throws {
    let folder = try WarmStartRunTests.prepared()
    for ranks in [nil, 3] {
      let output = "rows\(ranks ?? 1)"
      let outcome = try Command.lcft(
        WarmStartRunTests.arguments("train", folder, output, job: "epochs-0.yaml", from: "old"), ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
      let path = folder.file("\(output)/checkpoint-epoch-0.h5")
      let check = try Command.run(
        "/usr/bin/env",
        [
          try #require(ForeignTool.python), FixtureFile.path("check_warm_start.py"),
          folder.file("old/checkpoint-epoch-2.h5"), path, "5",
        ])
      try #require(check.status == 0, "\(check.errors)")
      // The same numbers as the account, the checkpoint and the summary give.
      let parent = try #require(try CheckpointFile.readOutline(path).parent)
      #expect(parent.epochs == 2 && parent.rows.contains { $0.kept > 0 && $0.new > 0 && $0.dropped > 0 })
      for rows in parent.rows {
        #expect(
          outcome.errors.contains(
            "rows of \(rows.name): \(rows.kept) kept, \(rows.new) new, \(rows.dropped) dropped"))
        let name =
          ["users": "user", "items": "item"][rows.name] ?? String(rows.name.dropFirst("table/".count))
        #expect(
          check.output.contains("\(name) \(rows.kept) \(rows.new) \(rows.dropped)\n"), "\(check.output)")
      }
      #expect(parent.changedNumbers.contains("users/age"))
      #expect(outcome.errors.contains("transformed by other parameters"))
      let training = try WholePathTests.summary(folder, output)["cloud_training"] as? [String: Any]
      let told = try #require(training?["warm_start"] as? [String: Any])
      #expect(told["digest"] as? String == parent.digest)
      #expect((told["rows"] as? [[String: Any]])?.count == parent.rows.count)
      let described = try Command.lcft(["describe", path])
      #expect(
        described.output.contains("goes on from the model with content \(parent.digest), after 2 epochs"))
    }
  }

  /// The same bits on any number of ranks, after a stop in an epoch, and after one between epochs.
  @Test(arguments: ["drawn", "average"])
  func sameBitsOnAnyNumberOfRanksAndAfterAStop(_ rows: String) throws {
    let folder = try WarmStartRunTests.prepared()
    let options = ["--warm-start-rows", rows]
    func run(_ output: String, job: String = "job.yaml") -> [String] {
      WarmStartRunTests.arguments("run", folder, output, job: job, from: "old") + options
    }
    let whole = try Command.lcft(run("whole"))
    try #require(whole.status == 0, "\(whole.errors)")
    let expected = try WholePathTests.digests(folder, "whole")
    for ranks in [2, 3] {
      let outcome = try Command.lcft(run("on\(ranks)"), ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(try WholePathTests.digests(folder, "on\(ranks)") == expected)
    }
    let first = try Command.lcft(run("parts", job: "epochs-1.yaml"), ranks: 2)
    try #require(first.status == 0, "\(first.errors)")
    let second = try Command.lcft(run("parts") + ["--resume"], ranks: 3)
    try #require(second.status == 0, "\(second.errors)")
    #expect(try WholePathTests.digests(folder, "parts") == expected)

    let path = folder.file("killed")
    let killed = try Command.lcft(
      run("killed"), when: ResumeTests.bytes("\(path)/checkpoint-latest.h5") > 1500
    ) { kill($0.processIdentifier, SIGKILL) }
    #expect(killed.status == 128 + SIGKILL)
    let resumed = try Command.lcft(run("killed") + ["--resume"], ranks: 2)
    try #require(resumed.status == 0, "\(resumed.errors)")
    #expect(try WholePathTests.digests(folder, "killed") == expected)
    // What it goes on from is in every checkpoint, and in the summary of a resumed run.
    let training = try WholePathTests.summary(folder, "killed")["cloud_training"] as? [String: Any]
    #expect((training?["warm_start"] as? [String: Any])?["new_rows"] as? String == rows)
  }

  /// On the same data, at a rate that does not change, a training in parts is one training.
  @Test func theSameDataGoesOnAsOneTraining() throws {
    let folder = try WarmStartRunTests.prepared()
    let steps = [
      WarmStartRunTests.arguments("train", folder, "whole", data: "old.h5", job: "epochs-3.yaml"),
      WarmStartRunTests.arguments(
        "train", folder, "third", data: "old.h5", job: "epochs-1.yaml", from: "old"),
    ]
    for (step, ranks) in zip(steps, [3, 2]) {
      let outcome = try Command.lcft(step, ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
    }
    #expect(
      try WholePathTests.digests(folder, "third")["checkpoint"]
        == WholePathTests.digests(folder, "whole")["checkpoint"])
  }

  @Test func refusals() throws {
    let folder = try WarmStartRunTests.prepared()
    func train(_ output: String, job: String = "job.yaml", from parent: String? = "old") -> [String] {
      WarmStartRunTests.arguments("train", folder, output, job: job, from: parent)
    }
    try folder.write(
      WarmStartRunTests.job.replacingOccurrences(of: "[12, 6]", with: "[12, 7]"), to: "other.yaml")
    try folder.write(
      WarmStartRunTests.job.replacingOccurrences(of: "optimizer: adam", with: "optimizer: adagrad"),
      to: "adagrad.yaml")
    for ranks in [nil, 2] {
      try RefusalTests.refused(
        train("out", job: "other.yaml"), ranks: ranks, "checkpoint-epoch-2.h5: has another network",
        "model.hidden is [12, 6], the job has [12, 7]")
      try RefusalTests.refused(
        train("out", job: "adagrad.yaml"), ranks: ranks, "was trained by adam",
        "--warm-start-optimizer reset")
      try RefusalTests.refused(train("out", from: "none.h5"), ranks: ranks, "none.h5")
      try RefusalTests.refused(train("out", from: "new.h5"), ranks: ranks, "lcft-checkpoint expected")
      try RefusalTests.refused(
        train("out", job: "epochs-0.yaml", from: nil), ranks: ranks, "training.epochs is 0")
    }
    try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
    try RefusalTests.refused(train("out", from: "empty"), "empty: has no checkpoint-epoch-N.h5")
    let alone = try Command.lcft(train("out", from: nil) + ["--warm-start-rows", "average"])
    #expect(alone.status == 64 && alone.errors.contains("goes with --warm-start"), "\(alone.errors)")
    try RefusalTests.refused(
      WarmStartRunTests.arguments("run", folder, "out", from: "old") + ["--methods", "cloud,hard"],
      "without --warm-start", "--labels FILE")
    #expect(!ResumeTests.exists(folder.file("out")))

    // The catalogue belongs to the checkpoint.
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder.file("alone"), withIntermediateDirectories: true)
    try manager.copyItem(
      atPath: folder.file("old/checkpoint-epoch-1.h5"), toPath: folder.file("alone/checkpoint-epoch-1.h5"))
    try RefusalTests.refused(train("out", from: "alone"), "alone/catalogue.h5: there is no such file")

    // A run goes on from its own parent only, and in its own way.
    let first = try Command.lcft(train("warm", job: "epochs-1.yaml"))
    try #require(first.status == 0, "\(first.errors)")
    try manager.copyItem(
      atPath: folder.file("warm/catalogue.h5"), toPath: folder.file("alone/catalogue.h5"))
    try RefusalTests.refused(train("out", from: "alone"), "is not the catalogue that was written with")
    for (arguments, fragment) in [
      (train("warm", from: "old/checkpoint-epoch-1.h5"), "goes on from"),
      (train("warm", from: nil), "has no --warm-start"),
      (train("warm") + ["--warm-start-optimizer", "reset"], "--warm-start-optimizer reset"),
      (train("warm") + ["--warm-start-rows", "average"], "--warm-start-rows average"),
    ] {
      for ranks in [nil, 2] {
        try RefusalTests.refused(
          arguments + ["--resume"], ranks: ranks, "is of a training that goes on from", fragment)
      }
    }
    try RefusalTests.refused(
      WarmStartRunTests.arguments("train", folder, "old", data: "old.h5", job: "epochs-3.yaml", from: "warm")
        + ["--resume"], "is of a training that goes on from no other model")
    // Nor does it replace what it goes on from.
    try RefusalTests.refused(
      WarmStartRunTests.arguments("train", folder, "old", from: "old") + ["--overwrite"],
      "--overwrite would replace this file")
  }

  /// A preview tells of the rows and touches nothing.
  @Test func dryRunTouchesNothing() throws {
    let folder = try WarmStartRunTests.prepared()
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    for (ranks, job) in [(nil, "job.yaml"), (2, "epochs-0.yaml")] {
      let outcome = try Command.lcft(
        WarmStartRunTests.arguments("train", folder, "out", job: job, from: "old") + ["--dry-run"],
        ranks: ranks)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("old/checkpoint-epoch-2.h5"))
      #expect(outcome.output.contains("rows of users: "))
      #expect(outcome.output.contains("rows of table/category: "))
      #expect(outcome.output.contains(job == "job.yaml" ? "checkpoint-epoch-2.h5" : "checkpoint-epoch-0.h5"))
    }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
  }
}
