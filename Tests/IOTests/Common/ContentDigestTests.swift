import IO
import Support
import TestSupport
import Testing

@Suite struct ContentDigestTests {
  @Test func isTheSHA256OfTheDocumentedBytes() {
    // printf '/a int32 2\n\1\0\0\0\377\377\377\377/b utf8 2\nx\0\0/c float64 1x1\n\0\0\0\0\0\0\370\77' | sha256sum
    var digest = ContentDigest()
    digest.add("/a", [Int32(1), -1])
    digest.add("/b", StringColumn(["x", ""]))
    digest.add("/c", [1.5], shape: [1, 1])
    #expect(digest.finalize() == "25853673a786eb0ff5040a3c6257e818db22f5bea1e4356598de51f6397a61e1")
  }

  @Test func doesNotDependOnTheWidthOfStrings() {
    let narrow = StringColumn(["ab", "c"])
    let bytes = Column<UInt8>(Array("ab\0\0\0c\0\0\0\0".utf8))
    let wide = StringColumn(width: 5, bytes: bytes)
    func digest(_ strings: StringColumn) -> String {
      var digest = ContentDigest()
      digest.add("/x", strings)
      return digest.finalize()
    }
    #expect(digest(narrow) == digest(wide))
    #expect(digest(narrow) != digest(StringColumn(["a", "bc"])))
  }

  /// The digests of both versions of the format.
  @Test(arguments: [1, 2]) func seesEveryColumn(version: Int) throws {
    func digest(_ dataset: Dataset) -> String {
      version == 1 ? dataset.contentDigestOfVersion1() : dataset.contentDigest()
    }
    let base = ExampleFiles.dataset(users: 10)
    let changes: [(inout Dataset) -> Void] = [
      { $0.users.id = StringColumn((0..<10).map { "v\($0)" }) },
      { $0.users.eventOffsets.values[3] += 1 }, { $0.train.offsets.values[3] += 1 },
      { $0.test.offsets.values[3] += 1 }, { $0.events.item.values[0] += 1 },
      { $0.events.timestamp.values[0] += 1 }, { $0.events.label.values[0] ^= 1 },
      { $0.actionCodes!.values[0] ^= 1 }, { $0.removeFeature(.events, Features.action) },
      { $0.train.item.values[0] += 1 }, { $0.train.label.values[0] ^= 1 },
      { $0.train.eventPosition.values[0] += 1 }, { $0.train.probability!.values[0] += 0.5 },
      { $0.train.probability = nil }, { $0.test.item.values[0] += 1 }, { $0.test.label.values[0] ^= 1 },
      { $0.test.eventPosition.values[0] += 1 }, { $0.items.id = StringColumn(["i"]) },
      { $0.categoryOffsets.values[0] += 1 }, { $0.itemCategories.values[0] += 1 },
      { $0.genome!.values.values[0] += 1 }, { $0.genomeMissing!.values[0] ^= 1 },
      { $0.removeFeature(.items, Features.genome) }, { $0.categoryNames.bytes.values[0] ^= 1 },
    ]
    var digests: Set<String> = [digest(base)]
    for change in changes {
      var dataset = ExampleFiles.dataset(users: 10)
      change(&dataset)
      #expect(digests.insert(digest(dataset)).inserted)
    }
    var elsewhere = base
    elsewhere.provenance.seed = 1
    #expect(digest(elsewhere) == digest(base))
  }
}
