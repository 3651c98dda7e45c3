import Foundation
import Runs
import TestSupport
import Testing

@Suite struct KeptContentTests {
  @Test func aFileIsReadAgainOnlyWhereItHasChanged() throws {
    let folder = try FileTestFolder()
    let path = try folder.write("one", to: "file")
    var reads = 0
    let kept = KeptContent { path in
      reads += 1
      return try String(contentsOfFile: path, encoding: .utf8)
    }
    #expect(try kept.content(of: path) == "one" && kept.content(of: path) == "one" && reads == 1)
    // Another file in its place, of the same size.
    try folder.write("two", to: "other")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: folder.file("other"), toPath: path)
    #expect(try kept.content(of: path) == "two" && reads == 2)
    try folder.write("three", to: "file")
    #expect(try kept.content(of: path) == "three" && reads == 3)
    kept.forget()
    #expect(try kept.content(of: path) == "three" && reads == 4)
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: (any Error).self) { try kept.content(of: path) }
  }
}
