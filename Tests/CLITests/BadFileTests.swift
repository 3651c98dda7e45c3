import Foundation
import IO
import Support
import Testing

/// Files and folders that cannot be read or written end a command in one line that names them, and leave nothing
/// half written.
@Suite(.serialized) struct BadFileTests {
  private static let isRoot = geteuid() == 0

  /// `lcft` in a shell that first runs `setup`, with the arguments as they are.
  private static func lcft(after setup: String, _ arguments: [String]) throws -> Command.Outcome {
    try Command.run(
      "/bin/bash", ["-c", setup + "; exec \"$@\"", "bash", Command.lcft] + arguments, seconds: 60)
  }

  private static func refused(
    _ outcome: Command.Outcome, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(!outcome.timedOut, sourceLocation: sourceLocation)
    #expect(outcome.status == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    // Nothing of the libraries' own, as when they close what they could not write.
    #expect(!outcome.errors.contains("HDF5-DIAG"), "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(!outcome.errors.contains("infinite loop"), "\(outcome.errors)", sourceLocation: sourceLocation)
    for part in parts {
      #expect(
        outcome.errorLines.first?.contains(part) == true, "\(outcome.errors)", sourceLocation: sourceLocation)
    }
  }

  /// Runs `body` in a shell as a user without root's rights.
  private static func asNobody(_ arguments: [String]) throws -> Command.Outcome {
    guard isRoot else { return try Command.run(Command.lcft, arguments, seconds: 60) }
    return try Command.run(
      "/usr/bin/setpriv",
      ["--reuid=65534", "--regid=65534", "--clear-groups", "--", Command.lcft] + arguments, seconds: 60)
  }

  /// Whether `nobody` gets at the program: the folder of a checkout may be closed to others.
  private static let nobodyRuns: Bool = {
    guard isRoot else { return true }
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else { return false }
    return (try? asNobody(["--version"]))?.status == 0
  }()

  private static func synthesize(_ output: String) -> [String] {
    ["synthesize", "--users", "60", "--items", "30", "--categories", "3", "--output", output]
  }

  private static func leftovers(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".partial") }
  }

  @Test func outputsThatAreNoFiles() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: true)
    #expect(mkfifo(folder.file("fifo"), 0o600) == 0)
    _ = try folder.write("x", to: "file")
    try RefusalTests.refused(Self.synthesize(folder.file("folder")), "folder: not a regular file")
    try RefusalTests.refused(Self.synthesize(folder.file("fifo")), "fifo: not a regular file")
    try RefusalTests.refused(Self.synthesize("/dev/full"), "/dev/full: not a regular file")
    try RefusalTests.refused(Self.synthesize(folder.file("none/d.h5")), "none/d.h5", "No such file")
    try RefusalTests.refused(Self.synthesize(folder.file("file/d.h5")), "file/d.h5", "Not a directory")
    // A link that leads nowhere is replaced by the file.
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link.h5"), withDestinationPath: folder.file("nowhere/x.h5"))
    #expect(try Command.lcft(Self.synthesize(folder.file("link.h5"))).status == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.file("nowhere")))
    #expect(try Command.lcft(["describe", folder.file("link.h5")]).status == 0)
    #expect(try Self.leftovers(folder.path).isEmpty)

    let job = try folder.write(WholePathTests.job, to: "job.yaml")
    func train(_ output: String) -> [String] {
      ["train", "--job", job, "--data", folder.file("link.h5"), "--output", output]
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("dangling"), withDestinationPath: folder.file("nowhere/out"))
    for output in [folder.file("file"), folder.file("fifo"), folder.file("dangling"), "/dev/full"] {
      try RefusalTests.refused(train(output), output)
    }
  }

  @Test func inputsThatAreNoFiles() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.file("fifo"), 0o600) == 0)
    let data = folder.file("d.h5")
    #expect(try Command.lcft(Self.synthesize(data)).status == 0)
    let job = try folder.write(WholePathTests.job, to: "job.yaml")
    func train(_ job: String, _ data: String) -> [String] {
      ["train", "--job", job, "--data", data, "--output", folder.file("out")]
    }
    for wrong in ["fifo", "", "none.h5", "job.yaml"] {
      try RefusalTests.refused(["describe", folder.file(wrong)], folder.file(wrong))
      try RefusalTests.refused(train(job, folder.file(wrong)), folder.file(wrong))
    }
    try RefusalTests.refused(train(folder.path, data), folder.path, "directory")
    try RefusalTests.refused(train("/dev/zero", data), "/dev/zero", "64 MB")
    try RefusalTests.refused(train(data, data), "d.h5", "UTF-8")
    try RefusalTests.refused(
      ["import", "csv", "--interactions", folder.path, "--output", folder.file("o.h5")], "directory")
    try RefusalTests.refused(
      ["import", "csv", "--interactions", "/dev/zero", "--output", folder.file("o.h5")], "/dev/zero",
      "longer than")
  }

  @Test(.enabled(if: nobodyRuns, "nobody cannot run the program"))
  func withoutPermission() throws {
    let folder = try TemporaryFolder()
    #expect(chmod(folder.path, 0o755) == 0)
    let data = folder.file("d.h5")
    #expect(try Command.lcft(Self.synthesize(data)).status == 0)
    let job = try folder.write(WholePathTests.job, to: "job.yaml")
    let csv = try folder.write("user,item,timestamp\n1,2,3\n", to: "i.csv")
    try FileManager.default.createDirectory(atPath: folder.file("closed"), withIntermediateDirectories: true)
    #expect(chmod(folder.file("closed"), 0o555) == 0)
    Self.refused(try Self.asNobody(Self.synthesize(folder.file("closed/x.h5"))), "closed/x.h5", "Permission")
    let run = ["train", "--job", job, "--data", data, "--output"]
    Self.refused(try Self.asNobody(run + [folder.file("closed")]), "closed", "not writable")
    Self.refused(
      try Self.asNobody(run + [folder.file("closed/below")]), "closed/below", "cannot make the output folder")
    for file in [data, job, csv] { #expect(chmod(file, 0o000) == 0) }
    Self.refused(try Self.asNobody(["describe", data]), "d.h5: cannot open: Permission denied")
    try FileManager.default.createDirectory(atPath: folder.file("open"), withIntermediateDirectories: true)
    #expect(chmod(folder.file("open"), 0o777) == 0)
    Self.refused(try Self.asNobody(run + [folder.file("open/out")]), "job.yaml", "Permission denied")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("open")).isEmpty)
    Self.refused(
      try Self.asNobody(["import", "csv", "--interactions", csv, "--output", "/tmp/never.h5"]),
      "i.csv: cannot be opened: Permission denied")
    #expect(chmod(folder.file("closed"), 0o755) == 0)
  }

  /// A file system of 300 kB of its own, where this may mount one.
  private static func withSmallDisk(_ body: (String) throws -> Void) throws -> Bool {
    let folder = try TemporaryFolder()
    let disk = folder.file("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let mount = try Command.run(
      "/bin/bash", ["-c", "mount -t tmpfs -o size=300k tmpfs \"$1\"", "mount", disk])
    guard mount.status == 0 else { return false }
    defer { _ = try? Command.run("/bin/bash", ["-c", "umount \"$1\"", "umount", disk]) }
    try body(disk)
    return true
  }

  @Test func diskFull() throws {
    let folder = try TemporaryFolder()
    let data = folder.file("d.h5")
    #expect(try Command.lcft(Self.synthesize(data)).status == 0)
    let job = try folder.write(WholePathTests.job, to: "job.yaml")
    let large = ["synthesize", "--users", "2000", "--output"]
    let run = ["--job", job, "--data", data, "--output"]
    let mounted = try Self.withSmallDisk { disk in
      Self.refused(try Command.lcft(large + ["\(disk)/d.h5"]), "d.h5", "No space left on device")
      #expect(try FileManager.default.contentsOfDirectory(atPath: disk).isEmpty)
      // The rest of the disk is taken but for some kilobytes, so that a lock fits and no checkpoint does.
      let filler =
        "dd if=/dev/zero of=\(disk)/filler bs=1k 2>/dev/null; truncate -s -12k \(disk)/filler; rm -rf \(disk)/out"
      _ = try Command.run("/bin/bash", ["-c", filler + "; mkdir -p \(disk)/out"])
      for ranks in [nil, 2] {
        // Before any work, and where that is not wanted, when the disk is full.
        Self.refused(
          try Command.lcft(["train"] + run + ["\(disk)/out"], ranks: ranks), "\(disk)/out: checkpoints need",
          "are free")
        Self.refused(
          try Command.lcft(["train", "--ignore-limits"] + run + ["\(disk)/out"], ranks: ranks),
          "checkpoint-epoch-1.h5", "No space left")
        #expect(try Self.leftovers(disk).isEmpty)
      }
      #expect(try Command.lcft(["train"] + run + [folder.file("out")]).status == 0)
      let checkpoint = ["--checkpoint", folder.file("out/checkpoint-epoch-2.h5")]
      Self.refused(
        try Command.lcft(["finetune", "--ignore-limits"] + run + ["\(disk)/out"] + checkpoint), "\(disk)/out",
        "No space left")
      Self.refused(
        try Command.lcft(
          ["finetune"] + run + ["\(disk)/out", "--save-models", "all", "--overwrite"] + checkpoint),
        "\(disk)/out")
      #expect(try Self.leftovers(disk).isEmpty)
    }
    if !mounted { print("a disk that fills up is not tested: no file system can be mounted here") }
    // The same by a limit on the size of files.
    Self.refused(
      try Self.lcft(after: "ulimit -f 40", large + [folder.file("big.h5")]), "big.h5", "File too large")
    #expect(!FileManager.default.fileExists(atPath: folder.file("big.h5")))
    #expect(try Self.leftovers(folder.path).isEmpty)
  }

  /// Each rank in a folder of its own, as on a host of its own, with relative names.
  @Test func missingOnOneRank() throws {
    let folder = try TemporaryFolder()
    for rank in 0..<2 {
      try FileManager.default.createDirectory(
        atPath: folder.file("host\(rank)"), withIntermediateDirectories: true)
      _ = try folder.write(WholePathTests.job, to: "host\(rank)/job.yaml")
    }
    #expect(try Command.lcft(Self.synthesize(folder.file("host1/d.h5"))).status == 0)
    func run() throws -> Command.Outcome {
      let script =
        ". '\(Command.package)/jobs/environment.sh'; lcft_mpirun 2 bash -c "
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

  /// Shapes without storage cost a file nothing and may be any.
  @Test(.enabled(if: Command.python != nil, "LCFT_PYTHON names no Python with h5py"))
  func hugeShapes() throws {
    let folder = try TemporaryFolder()
    let job = try folder.write(WholePathTests.job, to: "job.yaml")
    for (name, shape) in [
      ("genome", "(2**62, 1128)"), ("genome", "(2**31, 2**31)"), ("categories", "(2**63 - 1,)"),
      ("categories", "(2**40,)"),
    ] {
      let data = folder.file("d.h5")
      #expect(try Command.lcft(Self.synthesize(data)).status == 0)
      let script = """
        import h5py, sys
        items = h5py.File(sys.argv[1], 'r+')['items']
        if '\(name)' in items: del items['\(name)']
        shape = \(shape)
        items.create_dataset('\(name)', shape, 'i4', chunks=(1,) * len(shape))
        """
      let python = try #require(Command.python)
      #expect(try Command.run(python, ["-c", script, data]).status == 0)
      for command in ["run", "train"] {
        let outcome = try Command.lcft([
          command, "--job", job, "--data", data, "--output", folder.file("out"),
        ])
        Self.refused(outcome)
      }
    }
  }

  @Test(.enabled(if: Command.python != nil, "LCFT_PYTHON names no Python with h5py"))
  func newerFormat() throws {
    let folder = try TemporaryFolder()
    let data = folder.file("d.h5")
    #expect(try Command.lcft(Self.synthesize(data)).status == 0)
    let job = try folder.write(WholePathTests.job, to: "job.yaml")
    let run = ["--job", job, "--data", data, "--output", folder.file("out")]
    #expect(try Command.lcft(["run"] + run + ["--save-models", "all"]).status == 0)
    let script = "import h5py, sys\nfor n in sys.argv[1:]:\n h5py.File(n, 'r+').attrs['format_version'] = 7"
    let files =
      [data] + ["checkpoint-epoch-2.h5", "results.h5", "models-rank-0.h5"].map { folder.file("out/\($0)") }
    let python = try #require(Command.python)
    #expect(try Command.run(python, ["-c", script] + files).status == 0)
    for file in files {
      try RefusalTests.refused(["describe", file], file, "made by a newer lcft", "version 7", "update lcft")
    }
    try RefusalTests.refused(["train"] + run + ["--overwrite"], "d.h5: made by a newer lcft")
    try RefusalTests.refused(["report", folder.file("out")], "results.h5: made by a newer lcft")
  }

  /// What data, jobs and files call themselves leaves the output folder's names alone.
  @Test func namesAreNoPaths() throws {
    let folder = try TemporaryFolder()
    let world = folder.file("world")
    try FileManager.default.createDirectory(atPath: world + "/a/b", withIntermediateDirectories: true)
    let users = [
      "../../escaped", "/tmp/lcft-escaped", "..", ".", "a/b", "~", "$(touch x)", "results.h5", "u",
    ]
    var rows = "user,item,timestamp\n"
    for user in users {
      for time in 1...10 { rows += "\(user),../../item\(time % 4),\(time)\n" }
    }
    _ = try folder.write(rows, to: "world/a/b/i.csv")
    _ = try folder.write("item,category\n../../item1,../../../category\n", to: "world/a/b/items.csv")
    _ = try folder.write(
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
      "checkpoint-epoch-", "results.h5", "summary.json", "models", "group-", "report", "lock", ".lock",
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
    let folder = try TemporaryFolder()
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
