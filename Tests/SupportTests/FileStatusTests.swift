import Foundation
import Support
import Testing

@Suite struct FileStatusTests {
  @Test(arguments: [
    ("x", "."), ("out", "."), ("./x", "."), ("a/b", "a"), ("a/b/", "a"), ("/", "/"), ("/x", "/"),
    ("/a/b/c", "/a/b"), ("..", "."), ("x/", "."), ("", "."),
  ]) func folderOfAPath(path: String, folder: String) {
    #expect(FileStatus.folder(of: path) == folder)
  }

  @Test func linksAreTheSameFile() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (file, link) = (folder.path + "/file", folder.path + "/link")
    try Data([1]).write(to: URL(fileURLWithPath: file))
    try Data([1]).write(to: URL(fileURLWithPath: folder.path + "/other"))
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
    #expect(FileStatus.areSame(file, link))
    #expect(!FileStatus.areSame(file, folder.path + "/other"))
    #expect(!FileStatus.areSame(file, folder.path + "/missing"))
  }
}
