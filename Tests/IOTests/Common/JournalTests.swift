import Foundation
import IO
import Support
import TestSupport
import Testing

@Suite struct JournalTests {
  let folder = try! FileTestFolder()
  static let settings: Journal.Settings = [("seed", "7"), ("methods", "local, soft1")]

  private func append(_ texts: [String], to journal: Journal) throws {
    for text in texts { try Array(text.utf8).withUnsafeBytes { try journal.append($0) } }
  }

  private func records(_ path: String) throws -> (contents: Journal.Contents?, texts: [String]) {
    var texts: [String] = []
    let contents = try Journal.read(path) { texts.append(String(decoding: $0, as: UTF8.self)) }
    return (contents, texts)
  }

  @Test func recordsComeBackAndMoreFollow() throws {
    let path = folder.file("j.journal")
    #expect(try Journal.read(path) { _ in } == nil && Journal.settings(of: path) == nil)
    // An empty record, and one longer than the reader's first buffer.
    let texts = ["one", "", String(repeating: "long ", count: 40_000)]
    try append(texts, to: Journal(creating: path, JournalTests.settings))
    let found = try records(path)
    #expect(found.texts == texts)
    let contents = try #require(found.contents)
    #expect(contents.settings.map(\.name) == ["seed", "methods"])
    #expect(contents.settings.map(\.value) == ["7", "local, soft1"])
    #expect(try Journal.settings(of: path)?.map(\.value) == contents.settings.map(\.value))
    try append(["four"], to: Journal(appendingTo: path, after: contents))
    #expect(try records(path).texts == texts + ["four"])
  }

  /// A loss of power before the journal was first on the disk may leave its length alone: nothing was promised yet.
  @Test func zerosAreNoJournalYet() throws {
    for length in [0, 7, 8, 5000] {
      try folder.write(Data(count: length), to: "zeros.journal")
      #expect(try records(folder.file("zeros.journal")).contents == nil)
    }
    try folder.write(Data("no journal at all".utf8), to: "zeros.journal")
    #expect(throws: FileError.self) { try records(folder.file("zeros.journal")) }
  }

  /// Cut anywhere, the whole records before the cut are there, and what follows takes the place of the rest.
  @Test func aTornTailIsPassedOver() throws {
    let path = folder.file("j.journal")
    let texts = ["first", "second", "third"]
    try append(texts, to: Journal(creating: path, JournalTests.settings))
    let whole = try folder.bytes("j.journal")
    var counts: Set<Int> = []
    for length in 0..<whole.count {
      try folder.write(whole.prefix(length), to: "cut.journal")
      let cut = try records(folder.file("cut.journal"))
      #expect(cut.texts == Array(texts.prefix(cut.texts.count)))
      counts.insert(cut.texts.count)
      guard let contents = cut.contents else { continue }
      try append(["new"], to: Journal(appendingTo: folder.file("cut.journal"), after: contents))
      #expect(try records(folder.file("cut.journal")).texts == cut.texts + ["new"])
    }
    #expect(counts == [0, 1, 2])
    // A changed byte ends the file there as well.
    for place in stride(from: whole.count - 30, to: whole.count, by: 1) {
      var changed = whole
      changed[place] ^= 0x10
      try folder.write(changed, to: "changed.journal")
      #expect(try records(folder.file("changed.journal")).texts.count < 3)
    }
  }

  @Test func refusesWhatIsNoJournal() throws {
    try folder.write(Array("This is a text file.".utf8), to: "text")
    expectFileError([folder.file("text"), "a journal expected"]) { _ = try records(folder.file("text")) }
    expectFileError([folder.file("text"), "a journal expected"]) {
      _ = try Journal.settings(of: folder.file("text"))
    }
    expectFileError([folder.path, "not a regular file"]) {
      _ = try Journal(creating: folder.path, JournalTests.settings)
    }
  }
}
