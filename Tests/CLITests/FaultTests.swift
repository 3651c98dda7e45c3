import Foundation
import IO
import TestSupport
import Testing

/// What a user sees of a system that refuses: memory, a report's disk, a lock that cannot be read. `Tests/faults.sh` fails
/// every single call.
@Suite struct FaultTests {
  private static func lcft(after limit: String, _ arguments: [String]) throws -> Command.Outcome {
    try Command.run("/bin/bash", ["-c", "\(limit); exec \"$@\"", "limited", Command.lcft] + arguments)
  }

  @Test func aLackOfMemoryIsOneLineAndNoCrash() throws {
    let folder = try FileTestFolder()
    let arguments = [
      "synthesize", "--users", "20", "--items", "50000000", "--output", folder.file("world.h5"),
    ]
    let failed = try Self.lcft(after: "ulimit -v 300000", arguments)
    #expect(failed.status == 1)
    #expect(failed.errorLines.count == 1 && failed.errorLines[0].hasPrefix("lcft: out of memory:"))
    #expect(failed.errorLines.first?.contains("ulimit -v") == true)
    #expect(!FileManager.default.fileExists(atPath: folder.file("world.h5")))
  }

  @Test func aReportThatCannotBeWrittenLeavesTheEarlierOne() throws {
    let folder = try WholePathTests.prepared()
    let run = try Command.lcft(WholePathTests.arguments("run", folder, "run"))
    try #require(run.status == 0, "\(run.errors)")
    let report = ["report", folder.file("run"), "--output", folder.file("report")]
    try #require(try Command.lcft(report).status == 0)
    func contents() throws -> [String: Data] {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("report"))
      return try Dictionary(
        uniqueKeysWithValues: names.map {
          ($0, try Data(contentsOf: URL(fileURLWithPath: folder.file("report/\($0)"))))
        })
    }
    let earlier = try contents()
    // The page is larger than any file may be.
    let failed = try Self.lcft(after: "trap '' XFSZ; ulimit -f 4", report + ["--overwrite"])
    #expect(failed.status == 1 && failed.errorLines.count == 1)
    #expect(try contents() == earlier)
    let again = try Command.lcft(report + ["--overwrite"])
    #expect(again.status == 0)
    #expect(try Set(contents().keys) == Set(earlier.keys))
  }

  @Test func aLockThatCannotBeReadIsOneLineAndNoEndlessWait() throws {
    let folder = try WholePathTests.prepared()
    try FileManager.default.createDirectory(
      atPath: folder.file("run/.lcft.lock"), withIntermediateDirectories: true)
    let failed = try Command.lcft(WholePathTests.arguments("run", folder, "run"), seconds: 60)
    #expect(!failed.timedOut && failed.status == 1)
    #expect(failed.errorLines.count == 1 && failed.errorLines[0].contains(".lcft.lock: cannot read"))
  }

  @Test func aSearchThatStoppedBehindItsTableLeavesNothingInARun() throws {
    let folder = try WholePathTests.prepared()
    let run = WholePathTests.arguments("run", folder, "run") + ["--methods", "cloud,hard"]
    try #require(try Command.lcft(run).status == 0)
    let names = { try FileManager.default.contentsOfDirectory(atPath: folder.file("run")).sorted() }
    let whole = try names()
    // What a kill leaves between the table and the end of the search.
    for name in ["results.h5", "summary.json"] {
      try FileManager.default.removeItem(atPath: folder.file("run/\(name)"))
    }
    try folder.write("", to: "run/search-latest.h5")
    _ = try Journal(
      creating: folder.file("run/labels.journal"), [("the cloud model's content", SearchOrigin.ownModel)])
    let resumed = try Command.lcft(run + ["--resume"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try names() == whole)
  }
}
