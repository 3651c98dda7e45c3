import Support
import Testing

@Suite struct GrowableBufferTests {
  private func values(_ buffer: borrowing GrowableBuffer<Int32>) -> [Int32] {
    Array(UnsafeBufferPointer(start: buffer.pointer, count: buffer.count))
  }

  @Test func growsAndKeepsWhatItHolds() {
    var buffer = GrowableBuffer<Int32>(capacity: 0)
    for value in 0..<1000 { buffer.append(Int32(value)) }
    [Int32](repeating: -1, count: 3000).withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
    buffer.append(repeating: 7, count: 5000)
    let place = buffer.appendUninitialized(2)
    place[0] = 8
    place[1] = 9
    let expected =
      (0..<1000).map(Int32.init) + .init(repeating: -1, count: 3000) + .init(repeating: 7, count: 5000)
    #expect(values(buffer) == expected + [8, 9])
  }

  @Test func keepsItsMemoryWhenItIsEmptied() {
    var buffer = GrowableBuffer<Int32>()
    buffer.append(repeating: 1, count: 10_000)
    let start = buffer.pointer
    buffer.removeAll()
    #expect(buffer.count == 0)
    buffer.append(repeating: 2, count: 10_000)
    #expect(buffer.pointer == start && buffer.pointer[9999] == 2)
  }

  @Test func scratchMemoryHasTheLengthAskedFor() {
    var buffer = GrowableBuffer<Int32>(capacity: 0)
    for count in [0, 5, 100_000, 3] {
      let start = buffer.resetUninitialized(count)
      for place in 0..<count { start[place] = Int32(place) }
      #expect(buffer.count == count && values(buffer) == (0..<count).map(Int32.init))
    }
    let start = buffer.pointer
    #expect(buffer.resetUninitialized(100_000) == start)
  }

  @Test func becomesAColumn() {
    var buffer = GrowableBuffer<Int32>()
    buffer.append(repeating: 3, count: 1000)
    let column = buffer.column()
    #expect(column.count == 1000 && column.values.allSatisfy { $0 == 3 })
    #expect(GrowableBuffer<Int32>().column().count == 0)
  }
}
