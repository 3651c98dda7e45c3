import Foundation
import IO
import TestSupport
import Testing

/// `lcft subset` and `lcft merge` as a user gives them.
@Suite(.serialized) struct SubsetCommandTests {
  @Test func aSubsetIsWhatPythonComputes() throws {
    let folder = try WholePathTests.prepared()
    let outcome = try Command.lcft([
      "subset", folder.file("data.h5"), "--k-core", "9", "--split-time", "6000",
      "--output", folder.file("core.h5"),
    ])
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("fewer than 9 events of the user or item"))
    #expect(outcome.output.contains("that were drawn before; none is drawn anew"))
    let core = try DatasetFile.read(folder.file("core.h5"))
    #expect(core.users.count > 0 && core.users.count < 120)
    #expect(core.provenance.splitRule == "timestamp <= 6000")
    #expect(core.provenance.sources.map(\.path) == [folder.file("data.h5")])
    #expect(
      core.provenance.settings["command"]?.hasSuffix(
        "--k-core 9 --split-time 6000 --output \(folder.file("core.h5"))")
        == true)
    if let python = ForeignTool.python {
      for (script, arguments) in [
        ("check_subset.py", [folder.file("data.h5"), folder.file("core.h5"), "9", "6000"]),
        ("hdf5/content_digest.py", [folder.file("core.h5")]),
      ] {
        let check = try Command.run(
          "/usr/bin/env", [python, FixtureFile.path(script)] + arguments)
        #expect(check.status == 0, "\(check.errors)")
        if script.hasPrefix("hdf5") {
          #expect(check.output.trimmingCharacters(in: .whitespacesAndNewlines) == core.contentDigest())
        } else {
          #expect(check.output.contains("\(core.events.count) events"))
        }
      }
    }
  }

  @Test func filesAreCheckedBeforeAnyWork() throws {
    let folder = try WholePathTests.prepared()
    let data = folder.file("data.h5")
    func subset(_ output: String, _ more: String...) -> [String] {
      ["subset", data, "--split-fraction", "0.5", "--output", output] + more
    }
    try RefusalTests.refused(subset(data, "--overwrite"), "is the same file as the input")
    try RefusalTests.refused(subset(folder.file("none/out.h5")), "make it first")
    try RefusalTests.refused(
      ["merge", data, folder.file("none.h5"), "--output", folder.file("m.h5")], "none.h5")
    let first = try Command.lcft(subset(folder.file("half.h5")))
    try #require(first.status == 0, "\(first.errors)")
    try RefusalTests.refused(subset(folder.file("half.h5")), "--overwrite to replace it")
    #expect(try Command.lcft(subset(folder.file("half.h5"), "--overwrite")).status == 0)
    try RefusalTests.refused(
      ["subset", data, "--last-days", "200000000000000", "--output", folder.file("x.h5")], "from 1 to 36500")
    // Nothing asked for, or two splits.
    for arguments in [
      ["subset", data, "--output", folder.file("x.h5")], subset(folder.file("x.h5"), "--last-days", "2"),
    ] {
      #expect(try Command.lcft(arguments).status == 64)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("x.h5")))

    let merged = try Command.lcft(["merge", folder.file("half.h5"), data, "--output", folder.file("m.h5")])
    try #require(merged.status == 0, "\(merged.errors)")
    #expect(merged.output.contains("repeat the user, item and time of a row in an earlier file"))
    #expect(
      try DatasetFile.read(folder.file("m.h5")).contentDigest()
        == DatasetFile.read(folder.file("half.h5")).contentDigest())
  }
}
