import Foundation
import IO
import Support
import TestSupport
import Testing

/// Data sets of which the rows of some users are read.
@Suite struct DatasetPartTests {
  let folder = try! FileTestFolder()
  private let whole: Dataset

  init() throws {
    var dataset = ExampleFiles.dataset(users: 300)
    dataset.blocks = UserBlocks(users: 300, size: 32)
    whole = dataset
    try DatasetFile.write(whole, to: folder.file("d.h5"))
  }

  private func load(_ users: Range<Int>, names: Range<Int>? = nil) throws -> DatasetFile.Content {
    try DatasetFile.load(folder.file("d.h5"), in: OwnMemory()) { outline in
      #expect(outline.train.offsets.values.elementsEqual(whole.train.offsets.values))
      return (users, names ?? users)
    }
  }

  /// What a part has of `users`, as the whole has it.
  private func expectRows(of users: Range<Int>, in part: Dataset) {
    let rows = DatasetRows(of: users, in: whole)
    #expect(users.allSatisfy { part.users.id[$0] == whole.users.id[$0] })
    #expect(rows.events.allSatisfy { part.events.item[$0] == whole.events.item[$0] })
    #expect(rows.events.allSatisfy { part.events.timestamp[$0] == whole.events.timestamp[$0] })
    for (own, all, rows) in [(part.train, whole.train, rows.train), (part.test, whole.test, rows.test)] {
      #expect(rows.allSatisfy { own.item[$0] == all.item[$0] && own.label[$0] == all.label[$0] })
      #expect(rows.allSatisfy { own.eventPosition[$0] == all.eventPosition[$0] })
    }
    for (own, all) in zip(part.features.events, whole.features.events) {
      #expect(
        rows.events.allSatisfy { own.column.values(ofRow: $0).elementsEqual(all.column.values(ofRow: $0)) })
    }
  }

  @Test(arguments: [0..<32, 64..<160, 288..<300, 0..<0])
  func aPartHasTheRowsOfItsUsersAndTheDigestOfAll(_ users: Range<Int>) throws {
    let content = try load(users)
    let part = content.dataset
    #expect(content.digest == whole.contentDigest())
    #expect(part.heldUsers == users && part.train.count == whole.train.count)
    #expect(part.globalCTR == whole.globalCTR)
    #expect(part.items.id.bytes.values.elementsEqual(whole.items.id.bytes.values))
    expectRows(of: users, in: part)
    let others = (0..<300).filter { !users.contains($0) && !whole.train.rows(ofUser: $0).isEmpty }
    #expect(others.allSatisfy { part.users.id[$0].isEmpty })
  }

  @Test func rowsOfOthersAreReadWhenTheyAreAskedFor() throws {
    let content = try load(64..<96)
    let reader = try DatasetFile.RowReader(folder.file("d.h5"), content.dataset, digest: content.digest)
    try reader.fill(content.dataset, users: 192..<224)
    expectRows(of: 192..<224, in: content.dataset)
    expectRows(of: 64..<96, in: content.dataset)
    expectFileError(["d.h5", "content_digest"]) {
      _ = try DatasetFile.RowReader(folder.file("d.h5"), content.dataset, digest: "other")
    }
  }

  @Test func aPartMayKnowTheNamesOfMoreUsers() throws {
    let part = try load(64..<96, names: 0..<300).dataset
    #expect((0..<300).allSatisfy { part.users.id[$0] == whole.users.id[$0] })
    #expect(part.part?.names == 0..<300)
  }

  /// A part is as safe as the whole: damage in its rows is found, and damage elsewhere by those who read that.
  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func damageIsFoundByThoseWhoReadIt() throws {
    let user = try #require((100..<120).first { whole.train.rows(ofUser: $0).count > 0 })
    let script = """
      import h5py, sys
      with h5py.File(sys.argv[1], "r+") as file:
          file["samples/train/label"][int(file["users/train_offsets"][\(user)])] ^= 1
      """
    _ = try ForeignTool.run(#require(ForeignTool.python), ["-c", script, folder.file("d.h5")])
    _ = try load(0..<96)
    let block = user / 32
    expectFileError(["d.h5", "block \(block)", "/blocks/digest"]) { _ = try load(96..<128) }
    let content = try load(0..<96)
    let reader = try DatasetFile.RowReader(folder.file("d.h5"), content.dataset, digest: content.digest)
    expectFileError(["block \(block)"]) { try reader.fill(content.dataset, users: 96..<128) }
  }
}
