import Foundation
import IO
import Support
import TestSupport
import Testing

/// Blocks with numbers, as processes share them.
private final class NumberedMemory: MemorySource, SharedBlocks, @unchecked Sendable {
  private(set) var blocks: [MemoryBlock] = []

  func block(bytes count: Int) -> MemoryBlock {
    blocks.append(MemoryBlock(zeros: count))
    return blocks[blocks.count - 1]
  }

  func number(of address: UnsafeRawPointer) -> Int? {
    blocks.firstIndex { $0.bytes.baseAddress.map { UnsafeRawPointer($0) } == address }
  }

  func block(number: Int) -> MemoryBlock? { blocks.indices.contains(number) ? blocks[number] : nil }
}

@Suite struct ColumnSharingTests {
  let folder = try! FileTestFolder()
  private let memory = NumberedMemory()

  private func handedOver<Value: Codable>(_ value: Value) throws -> (value: Value, outline: Data) {
    let encoder = JSONEncoder()
    encoder.userInfo[.sharedBlocks] = memory
    let outline = try encoder.encode(value)
    let decoder = JSONDecoder()
    decoder.userInfo[.sharedBlocks] = memory
    return (try decoder.decode(Value.self, from: outline), outline)
  }

  /// The outline holds everything but the columns' values, however many there are.
  @Test(arguments: [0, 1, 3000]) func dataSetsAreHandedOverWithoutTheirValues(_ users: Int) throws {
    for optional in [true, false] {
      var dataset = ExampleFiles.dataset(users: users)
      dataset.provenance.seed = .max
      if !optional {
        dataset.removeFeature(.items, Features.genome)
        dataset.removeFeature(.events, Features.action)
        dataset.train.probability = nil
      }
      let path = folder.file("d\(users)\(optional).h5")
      try DatasetFile.write(dataset, to: path)
      let content = try DatasetFile.load(path, in: memory)
      let (other, outline) = try handedOver(content)
      expectEqual(other.dataset, dataset)
      #expect(other.digest == dataset.contentDigest())
      #expect(other.dataset.contentDigest() == other.digest)
      #expect(other.dataset.provenance == dataset.provenance)
      // Mostly the provenance, which has long texts here.
      #expect(outline.count < 40_000)
      if dataset.train.count > 0 {
        #expect(other.dataset.train.item.pointer == content.dataset.train.item.pointer)
      }
    }
  }

  @Test func columnsElsewhereAreRefused() throws {
    #expect(throws: EncodingError.self) { try handedOver(Column<Int32>([1, 2, 3])) }
    let place = try JSONEncoder().encode(["block": 7, "count": 3])
    let decoder = JSONDecoder()
    decoder.userInfo[.sharedBlocks] = memory
    #expect(throws: DecodingError.self) { try decoder.decode(Column<Int32>.self, from: place) }
    // A block that is too short for what is said to lie in it.
    _ = memory.block(bytes: 8)
    let longer = try JSONEncoder().encode(["block": 0, "count": 3])
    #expect(throws: DecodingError.self) { try decoder.decode(Column<Int32>.self, from: longer) }
  }
}
