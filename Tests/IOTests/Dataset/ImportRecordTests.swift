import Foundation
import HDF5
import IO
import TestSupport
import Testing

/// The group `/import` of data sets.
@Suite struct ImportRecordTests {
  let folder = try! FileTestFolder()

  private func record() -> ImportRecord {
    var record = ImportRecord()
    record.files = [.init(path: "log.csv", sha256: String(repeating: "a", count: 64), rows: 9, used: 6)]
    record.rows = [
      .init(file: 0, outcome: .leftOut, reason: "user is empty", count: 3, line: 4, example: ""),
      .init(
        file: 0, outcome: .lostValue, reason: "age is no number", count: 1, line: 7, example: "age \"x\""),
    ]
    record.fields = [
      .init(file: 0, name: "user", isUsed: true), .init(file: 0, name: "größe", isUsed: false),
    ]
    return record
  }

  @Test func comesBackAndIsNoPartOfTheContent() throws {
    var dataset = ExampleFiles.dataset()
    let digest = dataset.contentDigest()
    dataset.provenance.record = record()
    try DatasetFile.write(dataset, to: folder.file("d.h5"))
    let read = try DatasetFile.read(folder.file("d.h5"))
    #expect(read.provenance.record == record() && read.contentDigest() == digest)
    var joined = record()
    joined.append(record())
    #expect(
      joined.files.count == 2 && joined.rows.map(\.file) == [0, 0, 1, 1]
        && joined.fields.map(\.file) == [0, 0, 1, 1])
    dataset.provenance.record = joined
    try DatasetFile.write(dataset, to: folder.file("j.h5"))
    #expect(try DatasetFile.read(folder.file("j.h5")).provenance.record == joined)
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func otherProgramsReadIt() throws {
    var dataset = ExampleFiles.dataset()
    dataset.provenance.record = record()
    try DatasetFile.write(dataset, to: folder.file("d.h5"))
    let code = """
      import h5py, sys
      f = h5py.File(sys.argv[1], "r")["import"]
      print([v.decode() for v in f["files/path"]], f["files/used"][:], f["rows/number"][:], f["rows/line"][:])
      print([v.decode() for v in f["rows/reason"]], [v.decode() for v in f["columns/name"]], f["columns/used"][:])
      """
    let output = try ForeignTool.run(
      try #require(ForeignTool.python), ["-c", code, folder.file("d.h5")])
    #expect(
      output == """
        ['log.csv'] [6] [3 1] [4 7]
        ['user is empty', 'age is no number'] ['user', 'größe'] [1 0]

        """)
  }

  @Test func aRowOfNoFileIsRefused() throws {
    var dataset = ExampleFiles.dataset()
    var wrong = record()
    wrong.rows[1].file = 1
    dataset.provenance.record = wrong
    try DatasetFile.write(dataset, to: folder.file("d.h5"))
    #expect { try DatasetFile.read(folder.file("d.h5")) } throws: {
      "\($0)".contains("/import/rows/source: row 1: 1 is not allowed: 0 to 0")
    }
  }
}
