import IO
import Support
import TestSupport
import Testing

@Suite struct FolderNamesTests {
  @Test func namesAreSortedAndAMissingFolderHasNone() throws {
    let folder = try FileTestFolder()
    for name in ["b", "a", ".hidden"] { try folder.write("", to: name) }
    #expect(try FileStatus.names(in: folder.path) == [".hidden", "a", "b"])
    #expect(try FileStatus.names(in: folder.file("missing")) == [])
    #expect(try FileStatus.names(in: folder.file("a")) == [])
  }

  @Test func aFolderThatCannotBeListedIsNotEmpty() throws {
    // No name of a file may be so long.
    let name = String(repeating: "x", count: 5000)
    #expect(throws: SystemError.failed(file: name, action: "list", code: ENAMETOOLONG)) {
      try FileStatus.names(in: name)
    }
  }

  @Test func foldersAreMadeWithThoseAbove() throws {
    let folder = try FileTestFolder()
    try AtomicFile.makeFolder(folder.file("a/b/c/"))
    try AtomicFile.makeFolder(folder.file("a/b"))
    #expect(try FileStatus.names(in: folder.file("a/b")) == ["c"])
    let file = try folder.write("", to: "file")
    #expect(throws: SystemError.failed(file: file, action: "create", code: EEXIST)) {
      try AtomicFile.makeFolder("\(file)/below")
    }
  }
}
