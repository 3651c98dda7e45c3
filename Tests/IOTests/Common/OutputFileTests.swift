import Foundation
import IO
import Support
import TestSupport
import Testing

/// What a command may write, looked at before any work.
@Suite struct OutputFileTests {
  @Test func theOutputIsLookedAtFirst() throws {
    let directory = try FileTestFolder()
    let log = try directory.write("user,item,timestamp\nu,a,1\n", to: "log.csv")
    let folder = directory.path + "/no/such"
    func check(_ path: String, overwrites: Bool = false) throws(OutputError) {
      try OutputFile(path, inputs: [log, directory.path + "/none"], overwrites: overwrites).check()
    }
    #expect(throws: OutputError.noFolder(output: folder + "/x.h5", folder: folder)) {
      try check(folder + "/x.h5")
    }
    // A file where the folder should be.
    #expect(throws: OutputError.noFolder(output: log + "/x.h5", folder: log)) {
      try check(log + "/x.h5")
    }
    #expect(throws: OutputError.cannotWrite(output: directory.path, code: EISDIR)) {
      try check(directory.path)
    }
    try check(directory.path + "/x.h5")
    try check("x-that-is-not-there.h5")
    #expect(throws: OutputError.noName(option: "--output")) { try check("") }
  }

  @Test func noFileIsReplacedUnasked() throws {
    let directory = try FileTestFolder()
    let notes = try directory.write("my notes", to: "notes.txt")
    #expect(throws: OutputError.exists(output: notes, option: "--output")) { try OutputFile(notes).check() }
    try OutputFile(notes, overwrites: true).check()
    let lost = directory.path + "/lost.h5"
    try FileManager.default.createSymbolicLink(atPath: lost, withDestinationPath: "nowhere.h5")
    #expect(throws: OutputError.exists(output: lost, option: "--output")) { try OutputFile(lost).check() }
    try OutputFile(lost, overwrites: true).check()
  }

  @Test func noInputIsEverReplaced() throws {
    let directory = try FileTestFolder()
    let log = try directory.write("user,item,timestamp\nu,a,1\n", to: "log.csv")
    let (soft, hard) = (directory.path + "/soft.csv", directory.path + "/hard.csv")
    try FileManager.default.createSymbolicLink(atPath: soft, withDestinationPath: log)
    try FileManager.default.linkItem(atPath: log, toPath: hard)
    let round = directory.path + "/./log.csv"
    for (output, input) in [
      (log, log), (soft, log), (log, soft), (hard, log), (log, hard), (soft, hard), (round, log),
    ] {
      for overwrites in [false, true] {
        #expect(throws: OutputError.isInput(output: output, input: input, option: "--output")) {
          try OutputFile(output, inputs: [directory.path + "/none", input], overwrites: overwrites).check()
        }
      }
    }
  }
}
