import Dist
import Testing

@Suite struct ResultBufferTests {
  @Test func aShortResultIsAnError() throws {
    let buffer = ResultBuffer(capacity: 1)
    buffer.append(UInt8(1))
    buffer.append(Int64(-2))
    buffer.append(Float.pi)
    #expect(buffer.count == 13)
    var reader = ResultReader(buffer.bytes)
    #expect(try reader.read(UInt8.self) == 1)
    #expect(try reader.read(Int64.self) == -2)
    #expect(throws: DistError.resultTooShort(needed: 8, left: 4)) { _ = try reader.read(Double.self) }
    #expect(try reader.read(Float.self) == .pi)
    #expect(reader.isAtEnd)
    buffer.removeAll()
    #expect(buffer.bytes.isEmpty)
  }
}
