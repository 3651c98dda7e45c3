import Foundation
import TestSupport
import Testing

/// `--dry-run` of the commands that make a data set: what would be read, made, written and replaced, and nothing touched.
@Suite(.serialized) struct DryRunTests {
  /// A log of 30,000 rows, of which the dry run looks at a third, and its items.
  private static func folder() throws -> FileTestFolder {
    let folder = try FileTestFolder()
    var log = "user,item,timestamp,label,page\n"
    for row in 0..<30_000 {
      log += "u\(row % 700),i\(row * 7 % 900),\(1_000_000 + row),\(row % 5 == 0 ? 1 : 0),3\n"
    }
    try folder.write(log, to: "log.csv")
    try folder.write(
      "item,category\n" + (0..<900).map { "i\($0),c\($0 % 9)\n" }.joined(), to: "items.csv")
    let made = try Command.lcft([
      "import", "csv", "--interactions", folder.file("log.csv"), "--output", folder.file("made.h5"),
    ])
    try #require(made.status == 0, "\(made.errors)")
    return folder
  }

  /// Every file below `folder` with its size and the time of its last change.
  private static func tree(_ folder: FileTestFolder) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().map { name in
      var status = stat()
      stat(folder.file(name), &status)
      return "\(name) \(status.st_size) \(status.st_mtim) \(status.st_ctim)"
    }
  }

  private static func dry(_ arguments: [String], in folder: FileTestFolder) throws -> Command.Outcome {
    let before = try tree(folder)
    let outcome = try Command.lcft(arguments + ["--dry-run"])
    #expect(try tree(folder) == before)
    return outcome
  }

  @Test func anImportLooksAtItsFilesAndTouchesNothing() throws {
    let folder = try DryRunTests.folder()
    let arguments = [
      "import", "csv", "--interactions", folder.file("log.csv"), "--items", folder.file("items.csv"),
      "--output",
    ]
    let outcome = try DryRunTests.dry(arguments + [folder.file("new.h5")], in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    for part in [
      "Dry run, nothing is touched", "log.csv (", "items.csv (",
      "used: user, item, timestamp, label; not used: page",
      "labels: label", "write    \(folder.file("new.h5"))", "replace  nothing", "memory   about ",
      "disk     ",
    ] { #expect(outcome.output.contains(part), "\(part): \(outcome.output)") }
    let rows = try #require(outcome.output.firstMatch(of: /the log has about ([0-9]+)/).flatMap { Int($0.1) })
    #expect((29_000...31_000).contains(rows))

    let there = try DryRunTests.dry(arguments + [folder.file("made.h5")], in: folder)
    #expect(there.status != 0 && there.errors.contains("is there already"))
    let replaced = try DryRunTests.dry(arguments + [folder.file("made.h5"), "--overwrite"], in: folder)
    #expect(replaced.output.contains("replace  \(folder.file("made.h5"))"))
    let bounded = try DryRunTests.dry(arguments + [folder.file("new.h5"), "--memory", "500M"], in: folder)
    #expect(bounded.output.contains("no more than 500 MB (--memory)"))
  }

  /// What the first rows and the headers say is refused as without `--dry-run`.
  @Test func anImportIsRefusedByItsFirstRows() throws {
    let folder = try DryRunTests.folder()
    func refused(_ arguments: [String], _ parts: String...) throws {
      let outcome = try DryRunTests.dry(arguments + ["--output", folder.file("new.h5")], in: folder)
      #expect(outcome.status != 0 && outcome.errorLines.count == 1, "\(outcome.errors)")
      for part in parts { #expect(outcome.errors.contains(part), "\(outcome.errors)") }
    }
    try folder.write("user,item,timestamp\nu,i,noon\n", to: "bad.csv")
    try refused(["import", "csv", "--interactions", folder.file("bad.csv")], "bad.csv:2")
    try folder.write("user,item,timestamp,is_click\nu,i,5,1\n", to: "clicks.csv")
    try refused(
      ["import", "csv", "--interactions", folder.file("clicks.csv")], "column is_click is not used")
    try folder.write("thing,kind\ni1,c1\n", to: "things.csv")
    try refused(
      ["import", "csv", "--interactions", folder.file("log.csv"), "--items", folder.file("things.csv")],
      "things.csv:1")
  }

  @Test func dataSetsThatAreMadeOfOthers() throws {
    let folder = try DryRunTests.folder()
    let made = folder.file("made.h5")
    for arguments in [
      ["subset", made, "--split-fraction", "0.5"], ["synthesize", "--users", "300"],
    ] {
      let outcome = try DryRunTests.dry(arguments + ["--output", folder.file("new.h5")], in: folder)
      #expect(outcome.status == 0 && outcome.output.contains("replace  nothing"), "\(outcome.errors)")
      #expect(outcome.output.contains("memory   about "))
    }
    let twice = try DryRunTests.dry(["merge", made, made, "--output", folder.file("new.h5")], in: folder)
    #expect(twice.status != 0 && twice.errorLines.count == 1, "\(twice.errors)")
    let text = try DryRunTests.dry(
      ["subset", folder.file("log.csv"), "--split-fraction", "0.5", "--output", folder.file("new.h5")],
      in: folder)
    #expect(text.status != 0 && text.errors.contains("not an HDF5 file"), "\(text.errors)")
  }
}
