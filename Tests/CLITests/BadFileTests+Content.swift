import Foundation
import IO
import Support
import TestSupport
import Testing

/// Files whose names, shapes, versions or values are bad.
extension BadFileTests {
  /// Each rank in a folder of its own, as on a host of its own, with relative names.
  @Test func missingOnOneRank() throws {
    let folder = try FileTestFolder()
    for rank in 0..<2 {
      try FileManager.default.createDirectory(
        atPath: folder.file("host\(rank)"), withIntermediateDirectories: true)
      try folder.write(WholePathTests.job, to: "host\(rank)/job.yaml")
    }
    #expect(try Command.lcft(Self.synthesize(folder.file("host1/d.h5"))).status == 0)
    func run() throws -> Command.Outcome {
      let script =
        "\(Command.environment); lcft_mpirun 2 bash -c "
        + "'cd \(folder.path)/host$OMPI_COMM_WORLD_RANK && exec \"$@\"' bash \"$@\""
      return try Command.run(
        "/bin/bash",
        [
          "-c", script, "bash", Command.lcft, "train", "--job", "job.yaml", "--data", "d.h5", "--output",
          folder.file("out"),
        ], seconds: 60)
    }
    Self.refused(try run(), "d.h5: cannot open: No such file")
    // The ranks of a host hold the data set once, read by its first rank, and the job is rank 0's.
    try FileManager.default.moveItem(atPath: folder.file("host1/d.h5"), toPath: folder.file("host0/d.h5"))
    try FileManager.default.removeItem(atPath: folder.file("host1/job.yaml"))
    #expect(try run().status == 0)
  }

  /// The HDF5 library does not bear every damage. What it is at work on is told, by itself and on ranks.
  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func aCrashOfTheLibrary() throws {
    let folder = try FileTestFolder()
    #expect(try Command.lcft(Self.synthesize(folder.file("good.h5"))).status == 0)
    let (file, job) = (folder.file("crashing.h5"), try folder.write(WholePathTests.job, to: "job.yaml"))
    _ = try ForeignTool.script("write_crashing.py", [folder.file("good.h5"), file])
    let line = "\(file): the file is damaged in a way that crashes the HDF5 library"
    Self.refused(try Command.lcft(["describe", file], seconds: 60), line)
    let training = ["train", "--job", job, "--data", file, "--output", folder.file("out")]
    Self.refused(try Command.lcft(training, ranks: 2, seconds: 60), line)
  }

  /// Shapes without storage cost a file nothing and may be any.
  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func hugeShapes() throws {
    let folder = try FileTestFolder()
    let job = try folder.write(WholePathTests.job, to: "job.yaml")
    for (name, shape) in [
      ("features/items/category/values", "(2**62,)"), ("features/items/category/values", "(2**31, 2**31)"),
      ("vocabularies/category/count", "(2**63 - 1,)"), ("features/items/category/offsets", "(2**40,)"),
    ] {
      let data = folder.file("d.h5")
      #expect(try Command.lcft(Self.synthesize(data) + ["--overwrite"]).status == 0)
      let script = """
        import h5py, sys
        file = h5py.File(sys.argv[1], 'r+')
        del file['\(name)']
        shape = \(shape)
        file.create_dataset('\(name)', shape, 'i4', chunks=(1,) * len(shape))
        """
      let python = try #require(ForeignTool.python)
      #expect(try Command.run(python, ["-c", script, data]).status == 0)
      for command in ["run", "train"] {
        let outcome = try Command.lcft([
          command, "--job", job, "--data", data, "--output", folder.file("out"),
        ])
        Self.refused(outcome)
      }
    }
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func newerFormat() throws {
    let folder = try FileTestFolder()
    let data = folder.file("d.h5")
    #expect(try Command.lcft(Self.synthesize(data)).status == 0)
    let job = try folder.write(WholePathTests.job, to: "job.yaml")
    let run = ["--job", job, "--data", data, "--output", folder.file("out")]
    #expect(try Command.lcft(["run"] + run + ["--save-models", "all"]).status == 0)
    let script = "import h5py, sys\nfor n in sys.argv[1:]:\n h5py.File(n, 'r+').attrs['format_version'] = 7"
    let files =
      [data] + ["checkpoint-epoch-2.h5", "results.h5", "models-rank-0.h5"].map { folder.file("out/\($0)") }
    let python = try #require(ForeignTool.python)
    #expect(try Command.run(python, ["-c", script] + files).status == 0)
    for file in files {
      try RefusalTests.refused(["describe", file], file, "made by a newer lcft", "version 7", "update lcft")
    }
    try RefusalTests.refused(["train"] + run + ["--overwrite"], "d.h5: made by a newer lcft")
    try RefusalTests.refused(["report", folder.file("out")], "results.h5: made by a newer lcft")
  }

  /// What data, jobs and files call themselves leaves the output folder's names alone.
  @Test func namesAreNoPaths() throws {
    let folder = try FileTestFolder()
    let world = folder.file("world")
    try FileManager.default.createDirectory(atPath: world + "/a/b", withIntermediateDirectories: true)
    let users = [
      "../../escaped", "/tmp/lcft-escaped", "..", ".", "a/b", "~", "$(touch x)", "results.h5", "u",
    ]
    var rows = "user,item,timestamp\n"
    for user in users {
      for time in 1...10 { rows += "\(user),../../item\(time % 4),\(time)\n" }
    }
    try folder.write(rows, to: "world/a/b/i.csv")
    try folder.write("item,category\n../../item1,../../../category\n", to: "world/a/b/items.csv")
    try folder.write(
      WholePathTests.job.replacingOccurrences(of: "name: small", with: "name: ../../../etc/escaped"),
      to: "world/a/b/job.yaml")
    let here = world + "/a/b"
    let list = try folder.write(users.joined(separator: "\n") + "\n", to: "world/a/b/users.txt")
    func run(_ arguments: [String]) throws {
      let outcome = try Command.lcft(arguments)
      #expect(outcome.status == 0, "\(arguments) \(outcome.errors)")
    }
    try run([
      "import", "csv", "--interactions", "\(here)/i.csv", "--items", "\(here)/items.csv", "--split-fraction",
      "0.6", "--output", "\(here)/d.h5",
    ])
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    let common = ["--job", "\(here)/job.yaml", "--data", "\(here)/d.h5", "--output", "\(here)/out"]
    try run(["run"] + common + ["--save-models", "users:\(list)", "--methods", "cloud,local,soft1,grouped"])
    try run(["report", "\(here)/out", "--output", "\(here)/out/report"])
    let after = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    #expect(after.filter { !$0.hasPrefix("world/a/b/out") } == before)
    let known = [
      "catalogue.h5", "checkpoint-epoch-", "results.h5", "summary.json", "progress.jsonl", "models", "group-",
      "report", "lock",
      ".lock",
      "journal",
    ]
    for name in try FileManager.default.contentsOfDirectory(atPath: "\(here)/out") {
      #expect(known.contains { name.hasPrefix($0) }, "\(name)")
    }
    for name in ["/tmp/lcft-escaped", "/etc/escaped"] {
      #expect(!FileManager.default.fileExists(atPath: name))
    }
  }

  /// A high learning rate makes the models of users with many samples diverge, and leaves those with few alone.
  @Test func divergedUsersAreCounted() throws {
    let folder = try FileTestFolder()
    var rows = "user,item,timestamp,label\n"
    for user in 0..<30 {
      for time in 0..<(user < 3 ? 400 : 8) {
        rows += "u\(user),i\((time * 7 + user) % 20),\(time),\(time % 2)\n"
      }
    }
    let csv = try folder.write(rows, to: "i.csv")
    let data = folder.file("d.h5")
    #expect(
      try Command.lcft(["import", "csv", "--interactions", csv, "--split-fraction", "0.5", "--output", data])
        .status
        == 0)
    let job = try folder.write(
      """
      model: {name: WideDeep, user_embedding: 8, item_embedding: 4, category_embedding: 4, hidden: [8, 4]}
      training: {epochs: 1, learning_rate: 0.01, virtual_shards: 2}
      finetuning: {methods: [cloud, local], epochs: 1, batch_size: 1, learning_rate: 1}
      """, to: "job.yaml")
    for ranks in [nil, 2] {
      let output = folder.file("out\(ranks ?? 0)")
      let outcome = try Command.lcft(["run", "--job", job, "--data", data, "--output", output], ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
      let results = try ResultsFile.read(output + "/results.h5")
      #expect(results.methods[0].aucStatus.allSatisfy { $0 != .notFinite })
      let status = results.methods[1].aucStatus
      let diverged = status.count { $0 == .notFinite }
      #expect(status[..<3].allSatisfy { $0 == .notFinite })
      #expect((3...10).contains(diverged), "\(status)")
      #expect(results.methods[1].auc[..<3].allSatisfy { $0.isNaN })
      #expect(outcome.output.contains("local: the fine-tuning of \(diverged) users diverged"))
      let text = try Data(contentsOf: URL(fileURLWithPath: output + "/summary.json"))
      let summary = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
      let methods = try #require(summary["methods"] as? [String: [String: Any]])
      #expect(methods["local"]?["diverged"] as? Int == diverged)
      #expect(methods["cloud"]?["diverged"] as? Int == 0)
    }
  }
}
