import Foundation
import IO
import Support
import TestSupport
import Testing

/// From raw text to results, as the commands do it, on a small log of interactions.
@Suite(.serialized) struct WholePathTests {
  static let job = """
    name: small
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
      learning_rate: 0.5
      virtual_shards: 8
    finetuning:
      learning_rate: 0.05
    """

  /// Reviews by 120 users of 60 items, each user true to one half of the categories.
  static func interactions() -> (interactions: String, items: String) {
    var random = KeyedRandom(seed: 21)
    var rows = "user,item,timestamp\n"
    for user in 0..<120 {
      for time in 0..<6 + random.below(12) {
        let half = random.below(5) == 0 ? 1 - user % 2 : user % 2
        rows += "u\(user),i\(2 * random.below(30) + half),\(1000 * time + random.below(1000))\n"
      }
    }
    let items = "item,category\n" + (0..<60).map { "i\($0),c\($0 % 2)-\($0 % 3)\n" }.joined()
    return (rows, items)
  }

  /// A folder with `data.h5` and `job.yaml`.
  static func prepared(split: [String] = ["--split-fraction", "0.7"]) throws -> FileTestFolder {
    let folder = try FileTestFolder()
    let raw = interactions()
    let outcome = try Command.lcft(
      [
        "import", "csv", "--interactions", try folder.write(raw.interactions, to: "interactions.csv"),
        "--items", try folder.write(raw.items, to: "items.csv"), "--output", folder.file("data.h5"),
      ] + split)
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("120 users ("))
    #expect(outcome.output.contains("with training and test samples), 60 items, 6 categories"))
    try folder.write(job, to: "job.yaml")
    return folder
  }

  static func arguments(
    _ command: String, _ folder: FileTestFolder, _ output: String, job: String = "job.yaml"
  )
    -> [String]
  {
    [
      command, "--job", folder.file(job), "--data", folder.file("data.h5"), "--output", folder.file(output),
    ]
  }

  static func summary(_ folder: FileTestFolder, _ output: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("\(output)/summary.json")))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  static func digests(_ folder: FileTestFolder, _ output: String) throws -> [String: String] {
    try #require(try summary(folder, output)["digest"] as? [String: String])
  }

  @Test func sameBitsOnAnyNumberOfRanks() throws {
    let folder = try WholePathTests.prepared()
    let alone = try Command.lcft(WholePathTests.arguments("run", folder, "alone"))
    try #require(alone.status == 0, "\(alone.errors)")
    #expect(alone.output.contains("soft2"))
    let expected = try WholePathTests.digests(folder, "alone")
    #expect(expected["checkpoint"]?.count == 64 && expected["results"]?.count == 64)
    for ranks in [1, 2, 3, 4] {
      let outcome = try Command.lcft(WholePathTests.arguments("run", folder, "on\(ranks)"), ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(try WholePathTests.digests(folder, "on\(ranks)") == expected)
      #expect(outcome.output == alone.output)
      #expect(try WholePathTests.summary(folder, "on\(ranks)")["ranks"] as? Int == ranks)
    }
    // The digests tell two models apart.
    try folder.write(WholePathTests.job + "\nseed: 2\n", to: "other.yaml")
    let other = try Command.lcft(WholePathTests.arguments("run", folder, "other", job: "other.yaml"))
    try #require(other.status == 0, "\(other.errors)")
    #expect(try WholePathTests.digests(folder, "other")["checkpoint"] != expected["checkpoint"])
  }

  /// Ranks in containers of their own cannot see one another's memory: they say so, keep everything each by
  /// itself, and end with the same bits.
  @Test(.enabled(if: separateProcesses, "no right to make namespaces of processes (unshare)"))
  func ranksThatCannotShareMemoryKeepCopies() throws {
    let folder = try WholePathTests.prepared()
    let together = try Command.lcft(WholePathTests.arguments("run", folder, "together"), ranks: 2)
    try #require(together.status == 0, "\(together.errors)")
    #expect(!together.errors.contains("keeps its own copy"))
    let script = "\(Command.environment); lcft_mpirun 2 --mca btl tcp,self \"$@\""
    let apart = try Command.run(
      "/bin/bash",
      ["-c", script, "mpirun", "unshare", "--pid", "--fork", "--mount-proc", Command.lcft]
        + WholePathTests.arguments("run", folder, "apart"))
    try #require(apart.status == 0, "\(apart.errors)")
    #expect(apart.errors.contains("each of the 2 ranks of this host keeps its own copy of the data set"))
    #expect(try WholePathTests.digests(folder, "apart") == WholePathTests.digests(folder, "together"))
  }

  static let separateProcesses: Bool = {
    let outcome = try? Command.run("/usr/bin/unshare", ["--pid", "--fork", "--mount-proc", "true"])
    return outcome?.status == 0
  }()

  /// Training and fine-tuning apart give what `run` gives, also when the training was stopped between epochs
  /// and went on with another number of ranks.
  @Test func resumeChangesNothing() throws {
    let folder = try WholePathTests.prepared()
    let whole = try Command.lcft(WholePathTests.arguments("run", folder, "whole"))
    try #require(whole.status == 0, "\(whole.errors)")
    let oneEpoch = WholePathTests.job.replacingOccurrences(of: "epochs: 2", with: "epochs: 1")
    try folder.write(oneEpoch, to: "first.yaml")
    let first = try Command.lcft(
      WholePathTests.arguments("train", folder, "parts", job: "first.yaml"), ranks: 2)
    try #require(first.status == 0, "\(first.errors)")
    let second = try Command.lcft(WholePathTests.arguments("train", folder, "parts") + ["--resume"])
    try #require(second.status == 0, "\(second.errors)")
    #expect(second.errors.contains("resuming after epoch 1"))
    let tuned = try Command.lcft(WholePathTests.arguments("finetune", folder, "parts"), ranks: 2)
    try #require(tuned.status == 0, "\(tuned.errors)")
    #expect(try WholePathTests.digests(folder, "parts") == WholePathTests.digests(folder, "whole"))
    #expect(tuned.output == whole.output)
    // A finished run resumed does nothing again.
    let again = try Command.lcft(WholePathTests.arguments("run", folder, "whole") + ["--resume"], ranks: 2)
    try #require(again.status == 0, "\(again.errors)")
    #expect(again.errors.contains("resuming after 120 users"))
    #expect(again.output == whole.output)
    #expect(try WholePathTests.digests(folder, "parts") == WholePathTests.digests(folder, "whole"))
  }

  /// Results are what they say: h5py reads them, and AUCs computed there from the predictions agree.
  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func resultsHoldInPython() throws {
    let folder = try WholePathTests.prepared()
    let outcome = try Command.lcft(WholePathTests.arguments("run", folder, "out"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    let check = try Command.run(
      try #require(ForeignTool.python),
      [FixtureFile.path("check_results.py"), folder.file("out"), folder.file("data.h5")])
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    #expect(check.output.contains("4 methods"))
  }

  /// Users whose samples all lie in the test part are scored by the cloud model, on any number of ranks.
  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func usersWithoutTrainingSamplesHoldInPython() throws {
    let folder = try WholePathTests.prepared(split: ["--split-time", "1500"])
    let outcome = try Command.lcft(WholePathTests.arguments("run", folder, "out"), ranks: 2)
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output.contains(#/cloud over all 120 users with test samples, \d+ of them without training/#))
    let check = try Command.run(
      try #require(ForeignTool.python),
      [FixtureFile.path("check_results.py"), folder.file("out"), folder.file("data.h5")])
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    #expect(check.output.contains(#/\d\d users without training samples agree/#))
    let alone = try Command.lcft(WholePathTests.arguments("run", folder, "alone"))
    #expect(alone.output == outcome.output)
    #expect(try WholePathTests.digests(folder, "alone") == WholePathTests.digests(folder, "out"))
  }

  @Test func filesOpenInStockTools() throws {
    let folder = try WholePathTests.prepared()
    let outcome = try Command.lcft(WholePathTests.arguments("run", folder, "out"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    let list = try Command.run("/usr/bin/env", ["h5ls", "-r", folder.file("out/results.h5")])
    #expect(list.status == 0)
    #expect(list.output.contains("/methods/soft1/auc") && list.output.contains("/predictions/cloud"))
    let dump = try Command.run(
      "/usr/bin/env", ["h5dump", "-d", "/methods/soft2/auc_status", folder.file("out/results.h5")])
    #expect(dump.status == 0)
    #expect(dump.output.contains("H5T_ENUM") && dump.output.contains("defined"))
    let checkpoint = try Command.run(
      "/usr/bin/env", ["h5ls", "-r", folder.file("out/checkpoint-epoch-2.h5")])
    #expect(checkpoint.output.contains("/embeddings/item         Dataset {60, 5}"))
    for (file, expected) in [
      ("data.h5", "Table 1"), ("out/checkpoint-epoch-2.h5", "/dense/mlp/0/weight"),
      ("out/results.h5", "soft1"),
    ] {
      let description = try Command.lcft(["describe", folder.file(file)])
      #expect(description.status == 0)
      #expect(description.output.contains(expected))
    }
  }
}
