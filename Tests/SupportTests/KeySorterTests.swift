import Support
import Testing

@Suite struct KeySorterTests {
  @Test(arguments: [0, 1, 2, 47, 48, 49, 300, 5000])
  func sortsAsTheStandardLibrary(_ count: Int) {
    let sorter = KeySorter()
    var random = KeyedRandom(seed: UInt64(count))
    for mask in [UInt64.max, 0xFF, 0xFFFF_0000_0000, 0] {
      var keys = (0..<count).map { _ in random.next() & mask }
      let expected = keys.sorted()
      keys.withUnsafeMutableBufferPointer { buffer in
        if let start = buffer.baseAddress { sorter.sort(start, count: count) }
      }
      #expect(keys == expected)
    }
  }
}
