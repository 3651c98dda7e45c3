import Foundation
import IO
import Support
import TestSupport
import Testing

/// Files and folders that cannot be read or written end a command in one line that names them, and leave nothing
/// half written.
@Suite(.serialized) struct BadFileTests {
  static let isRoot = geteuid() == 0

  /// `lcft` in a shell that first runs `setup`, with the arguments as they are.
  static func lcft(after setup: String, _ arguments: [String]) throws -> Command.Outcome {
    try Command.run(
      "/bin/bash", ["-c", setup + "; exec \"$@\"", "bash", Command.lcft] + arguments, seconds: 60)
  }

  static func refused(
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
  static func asNobody(_ arguments: [String]) throws -> Command.Outcome {
    guard isRoot else { return try Command.run(Command.lcft, arguments, seconds: 60) }
    return try Command.run(
      "/usr/bin/setpriv",
      ["--reuid=65534", "--regid=65534", "--clear-groups", "--", Command.lcft] + arguments, seconds: 60)
  }

  /// Whether `nobody` gets at the program: the folder of a checkout may be closed to others.
  static let nobodyRuns: Bool = {
    guard isRoot else { return true }
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else { return false }
    return (try? asNobody(["--version"]))?.status == 0
  }()

  static func synthesize(_ output: String) -> [String] {
    ["synthesize", "--users", "60", "--items", "30", "--categories", "3", "--output", output]
  }

  static func leftovers(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".partial") }
  }

  @Test func outputsThatAreNoFiles() throws {
    let folder = try FileTestFolder()
    try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: true)
    #expect(mkfifo(folder.file("fifo"), 0o600) == 0)
    try folder.write("x", to: "file")
    try RefusalTests.refused(
      Self.synthesize(folder.file("folder")), "folder: cannot be written: Is a directory")
    try RefusalTests.refused(Self.synthesize(folder.file("fifo")), "fifo: not a regular file")
    try RefusalTests.refused(Self.synthesize("/dev/full"), "/dev/full: not a regular file")
    try RefusalTests.refused(
      Self.synthesize(folder.file("none/d.h5")), "none/d.h5", "is not there; make it first")
    try RefusalTests.refused(
      Self.synthesize(folder.file("file/d.h5")), "file/d.h5", "is not there; make it first")
    // A link that leads nowhere is replaced by the file, if that is asked for.
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link.h5"), withDestinationPath: folder.file("nowhere/x.h5"))
    try RefusalTests.refused(Self.synthesize(folder.file("link.h5")), "link.h5: is there already")
    #expect(try Command.lcft(Self.synthesize(folder.file("link.h5")) + ["--overwrite"]).status == 0)
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
    let folder = try FileTestFolder()
    #expect(mkfifo(folder.file("fifo"), 0o600) == 0)
    let data = folder.file("d.h5")
    #expect(try Command.lcft(Self.synthesize(data)).status == 0)
    let job = try folder.write(WholePathTests.job, to: "job.yaml")
    func train(_ job: String, _ data: String) -> [String] {
      ["train", "--job", job, "--data", data, "--output", folder.file("out")]
    }
    // A folder is none either, and its files are offered.
    try RefusalTests.refused(
      ["describe", folder.path], "a folder, not a file; of its files lcft can describe", folder.file("d.h5"))
    try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
    try RefusalTests.refused(["describe", folder.file("empty")], "it has none that lcft wrote")
    for wrong in ["fifo", "", "none.h5", "job.yaml"] {
      try RefusalTests.refused(["describe", folder.file(wrong)], folder.file(wrong))
      try RefusalTests.refused(train(job, folder.file(wrong)), folder.file(wrong))
    }
    try RefusalTests.refused(train(folder.path, data), folder.path, "directory")
    try RefusalTests.refused(train("/dev/zero", data), "/dev/zero", "64 MB")
    try RefusalTests.refused(train(data, data), "d.h5", "UTF-8")
    try RefusalTests.refused(
      ["import", "csv", "--interactions", folder.path, "--output", folder.file("o.h5")], "this is a folder")
    try RefusalTests.refused(
      ["import", "csv", "--interactions", "/dev/zero", "--output", folder.file("o.h5")], "/dev/zero",
      "is a device")
  }

  @Test(.enabled(if: nobodyRuns, "nobody cannot run the program"))
  func withoutPermission() throws {
    let folder = try FileTestFolder()
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
      try Self.asNobody(run + [folder.file("closed/below")]), "closed/below",
      "cannot create the output folder")
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
  static func withSmallDisk(_ body: (String) throws -> Void) throws -> Bool {
    let folder = try FileTestFolder()
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
    let folder = try FileTestFolder()
    let data = folder.file("d.h5")
    #expect(try Command.lcft(Self.synthesize(data)).status == 0)
    let job = try folder.write(WholePathTests.job, to: "job.yaml")
    let large = ["synthesize", "--users", "2000", "--output"]
    let run = ["--job", job, "--data", data, "--output"]
    let mounted = try Self.withSmallDisk { disk in
      Self.refused(
        try Command.lcft(large + ["\(disk)/d.h5"]), "\(disk): cannot hold the temporary files",
        "No space left on device")
      #expect(try FileManager.default.contentsOfDirectory(atPath: disk).isEmpty)
      // The rest of the disk is taken but for some kilobytes, so that a lock fits and no catalogue or checkpoint does.
      let filler =
        "dd if=/dev/zero of=\(disk)/filler bs=1k 2>/dev/null; truncate -s -12k \(disk)/filler; rm -rf \(disk)/out"
      _ = try Command.run("/bin/bash", ["-c", filler + "; mkdir -p \(disk)/out"])
      for ranks in [nil, 2] {
        // Before any work, and where that is not wanted, when the disk is full.
        Self.refused(
          try Command.lcft(["train"] + run + ["\(disk)/out"], ranks: ranks), "\(disk)/out: checkpoints and",
          "catalogue.h5 need", "are free")
        Self.refused(
          try Command.lcft(["train", "--ignore-limits"] + run + ["\(disk)/out"], ranks: ranks),
          "\(disk)/out/", ".h5: cannot ", "No space left")
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
      try Self.lcft(after: "ulimit -f 40", large + [folder.file("big.h5")]), folder.path, "File too large")
    #expect(!FileManager.default.fileExists(atPath: folder.file("big.h5")))
    #expect(try Self.leftovers(folder.path).isEmpty)
  }
}
