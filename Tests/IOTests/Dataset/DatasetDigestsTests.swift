import Foundation
import IO
import Support
import TestSupport
import Testing

/// The digests of blocks of users and of the parts that belong to no user.
@Suite struct DatasetDigestsTests {
  let folder = try! FileTestFolder()

  private func example(users: Int = 300, blockUsers: Int) -> Dataset {
    var dataset = ExampleFiles.dataset(users: users)
    dataset.blocks = UserBlocks(users: users, size: blockUsers)
    return dataset
  }

  @Test(arguments: [(300, 64), (300, 1), (300, 512), (256, 128), (0, 4), (1, 1)])
  func blocksComeBack(users: Int, blockUsers: Int) throws {
    let dataset = example(users: users, blockUsers: blockUsers)
    try DatasetFile.write(dataset, to: folder.file("d.h5"))
    let content = try DatasetFile.load(folder.file("d.h5"), in: OwnMemory())
    #expect(content.dataset.blocks == dataset.blocks)
    #expect(content.dataset.blocks.count == (users + blockUsers - 1) / blockUsers)
    #expect(content.digest == dataset.contentDigest())
    #expect(content.dataset.digests() == dataset.digests())
    expectEqual(content.dataset, dataset)
  }

  @Test func countsAreThoseOfTheBlocksUsers() {
    let dataset = example(blockUsers: 64)
    let digests = dataset.digests()
    for (block, stated) in digests.ofBlocks.enumerated() {
      let users = dataset.blocks.users(ofBlock: block)
      let train = users.flatMap { dataset.train.rows(ofUser: $0) }
      #expect(stated.trainSamples == train.count)
      #expect(stated.trainPositives == train.count { dataset.train.label[$0] == 1 })
      #expect(stated.testSamples == users.reduce(0) { $0 + dataset.test.rows(ofUser: $1).count })
      #expect(stated.events == users.reduce(0) { $0 + $1 * 7 % 30 })
    }
    #expect(
      digests.ofParts.map(\.path) == [
        "/features", "/features/items/category", "/features/items/genome", "/items", "/vocabularies/action",
        "/vocabularies/category",
      ])
    let positives = digests.ofBlocks.reduce(0) { $0 + $1.trainPositives }
    #expect(Double(positives) / Double(dataset.train.count) == dataset.globalCTR)
  }

  /// A block's digest is that of a data set of its users alone, whatever lies before it.
  @Test func blocksDoNotDependOnWhatLiesBeforeThem() {
    let whole = example(blockUsers: 64)
    for block in [0, 2, 4] {
      let users = whole.blocks.users(ofBlock: block)
      let cut = cut(whole, to: users)
      let alone = cut.digests()
      #expect(alone.ofBlocks == [whole.digests().ofBlocks[block]])
      #expect(alone.ofParts == whole.digests().ofParts)
      #expect(alone.root != whole.digests().root)
    }
  }

  @Test func aChangeIsSeenInItsBlockAlone() {
    let before = example(blockUsers: 64).digests()
    let changed = example(blockUsers: 64)
    let row = Int(changed.train.offsets[130])
    changed.train.label.values[row] ^= 1
    let after = changed.digests()
    #expect(after.ofBlocks.indices.filter { after.ofBlocks[$0] != before.ofBlocks[$0] } == [2])
    #expect(after.ofParts == before.ofParts)
    #expect(after.root != before.root)
    let items = example(blockUsers: 64)
    items.itemCategories.values[3] ^= 1
    #expect(items.digests().ofBlocks == before.ofBlocks)
    #expect(
      zip(items.digests().ofParts, before.ofParts).filter { $0 != $1 }.map(\.0.path) == [
        "/features/items/category"
      ])
    // The same columns in other blocks are another content: shards are runs of whole blocks.
    #expect(example(blockUsers: 32).contentDigest() != example(blockUsers: 64).contentDigest())
  }

  /// A file whose columns and digests are those of two data sets.
  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func anExchangedBlockIsNamed() throws {
    let path = folder.file("d.h5")
    try DatasetFile.write(example(blockUsers: 64), to: path)
    let script = """
      import h5py, sys
      with h5py.File(sys.argv[1], "r+") as file:
          file["samples/test/label"][int(file["users/test_offsets"][200])] ^= 1
      """
    _ = try ForeignTool.run(#require(ForeignTool.python), ["-c", script, path])
    expectFileError([path, "block 3 (user rows 192 to 255)", "/blocks/digest says"]) {
      _ = try DatasetFile.read(path)
    }
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func h5pyAndHashlibGiveTheSameDigests() throws {
    for (name, blockUsers, optional) in [("a.h5", 64, true), ("b.h5", 8, false), ("c.h5", 4096, true)] {
      var dataset = optional ? ExampleFiles.featured() : ExampleFiles.dataset()
      dataset.blocks = UserBlocks(users: 300, size: blockUsers)
      if !optional {
        dataset.removeFeature(.items, Features.genome)
        dataset.removeFeature(.events, Features.action)
        dataset.train.probability = nil
      }
      let path = folder.file(name)
      try DatasetFile.write(dataset, to: path)
      let digests = dataset.digests()
      #expect(try ForeignTool.script("content_digest.py", [path, "--parts"]) == digests.text)
      #expect(try ForeignTool.script("content_digest.py", [path]) == digests.root + "\n")
      for block in [0, dataset.blocks.count - 1] {
        let alone = try ForeignTool.script("content_digest.py", [path, "--block", "\(block)"])
        #expect(alone == digests.ofBlocks[block].digest + "\n")
      }
      let shown = try ForeignTool.json(
        "show.py",
        [path, "/@block_users", "/blocks/digest", "/blocks/train_offsets", "/parts/path", "/parts/digest"])
      #expect(shown["/@block_users"] as? Int == blockUsers)
      #expect(shown["/blocks/digest"] as? [String] == digests.ofBlocks.map(\.digest))
      let bounds = (0...dataset.blocks.count).map { min($0 * blockUsers, 300) }
      #expect(shown["/blocks/train_offsets"] as? [Int] == bounds.map { Int(dataset.train.offsets[$0]) })
      #expect(shown["/parts/path"] as? [String] == digests.ofParts.map(\.path))
      #expect(shown["/parts/digest"] as? [String] == digests.ofParts.map(\.digest))
    }
  }

  @Test(.enabled(if: ForeignTool.hasHDF5Tools, ForeignTool.withoutHDF5Tools))
  func h5dumpShowsTheDigests() throws {
    let dataset = example(blockUsers: 128)
    try DatasetFile.write(dataset, to: folder.file("d.h5"))
    let listing = try ForeignTool.run("h5ls", ["-r", folder.file("d.h5")])
    #expect(listing.contains(/\/blocks\/digest +Dataset \{3\}/))
    #expect(listing.contains(/\/blocks\/event_offsets +Dataset \{4\}/))
    #expect(listing.contains(/\/parts\/digest +Dataset \{6\}/))
    let dump = try ForeignTool.run("h5dump", ["-d", "/blocks/digest", folder.file("d.h5")])
    for block in dataset.digests().ofBlocks { #expect(dump.contains("\"\(block.digest)\"")) }
  }

  /// The data set of `users` alone, with all items.
  private func cut(_ whole: Dataset, to users: Range<Int>) -> Dataset {
    func bounds(_ offsets: Column<Int64>) -> (rows: Range<Int>, own: Column<Int64>) {
      let own = offsets.values[users.lowerBound...users.upperBound]
      return (Int(own.first!)..<Int(own.last!), Column(own.map { $0 - own.first! }))
    }
    func cut<T>(_ column: Column<T>, _ rows: Range<Int>) -> Column<T> { Column(column.values[rows]) }
    func cut(_ samples: Dataset.Samples) -> Dataset.Samples {
      let (rows, own) = bounds(samples.offsets)
      return Dataset.Samples(
        offsets: own, item: cut(samples.item, rows), label: cut(samples.label, rows),
        eventPosition: cut(samples.eventPosition, rows),
        probability: samples.probability.map { cut($0, rows) })
    }
    let (rows, own) = bounds(whole.users.eventOffsets)
    var features = whole.features
    for index in features.events.indices {
      guard case .values(let values) = features.events[index].column else { continue }
      features.events[index].columns = [.values(cut(values, rows))]
    }
    return Dataset(
      users: .init(id: StringColumn(users.map { whole.users.id[$0] }), eventOffsets: own),
      events: .init(
        item: cut(whole.events.item, rows), timestamp: cut(whole.events.timestamp, rows),
        label: cut(whole.events.label, rows)),
      train: cut(whole.train), test: cut(whole.test), items: whole.items, features: features,
      provenance: whole.provenance, blocks: UserBlocks(users: users.count, size: whole.blocks.size))
  }
}
