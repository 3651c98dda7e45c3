import Foundation
import Support
import Testing

@Suite struct SpillTests {
  /// A spill of tiny pieces, into the folder of temporary files.
  private func spill(folder: String = FileManager.default.temporaryDirectory.path) -> Spill {
    Spill(
      folder: folder, bound: 0, smallestBytes: 0, pieceBytes: 64, isStrict: false,
      temporaryName: { "\(folder)/lcft-spill-test-\(UUID().uuidString)" })
  }

  @Test func largeColumnsLieInFilesAndKeepTheirValues() throws {
    let spill = spill()
    let column = spill.within {
      let column = Column<Int64>(uninitialized: 10_000)
      for rows in Pieces(column.count, bytesPerRow: 8) {
        for row in rows { column.values[row] = Int64(row) * 3 }
      }
      return column
    }
    #expect(spill.bytes == 81_920)
    spill.checkpoint()
    #expect((0..<10_000).allSatisfy { column[$0] == Int64($0) * 3 })
    #expect(spill.within { column.map { $0 + 1 }.reduce(into: 0) { $0 += $1 } } == 149_995_000)
    #expect(spill.failure == nil)
    withExtendedLifetime(column) {}
  }

  @Test func smallOnesAndOthersStayInMemory() {
    let spill = spill()
    spill.within {
      let small = Column<UInt8>(uninitialized: 4000)
      var table = GrowableBuffer<Int32>(staysInMemory: true)
      for value in 0..<20_000 { table.append(Int32(value)) }
      #expect(spill.bytes == 0 && small.count + table.count == 24_000)
    }
    let outside = Column<Int64>(uninitialized: 100_000)
    #expect(spill.bytes == 0 && outside.count == 100_000 && Spill.current == nil)
  }

  @Test func aBufferGrowsInItsFile() {
    let spill = spill()
    let column = spill.within {
      var buffer = GrowableBuffer<Int32>()
      for value in 0..<50_000 {
        buffer.append(Int32(value))
        if value % 1000 == 0 { spill.checkpoint() }
      }
      buffer.append(repeating: 7, count: 100_000)
      #expect(spill.bytes >= 600_000)
      return buffer.column()
    }
    #expect(column.count == 150_000 && (0..<50_000).allSatisfy { column[$0] == Int32($0) })
    #expect((50_000..<150_000).allSatisfy { column[$0] == 7 })
  }

  @Test func filesGoWithTheirColumns() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/lcft-spill-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let spill = spill(folder: folder)
    spill.within {
      let column = Column<Float>(uninitialized: 5000)
      // They have no names, so that nothing is left of them however a process ends.
      #expect((try? FileManager.default.contentsOfDirectory(atPath: folder)) == [])
      #expect(spill.bytes == 20_480 && column.count == 5000)
    }
    #expect(spill.bytes == 0)
  }

  /// What the folder does not take lies in memory until whoever fills it asks.
  @Test func aFolderThatTakesNoFiles() {
    let spill = spill(folder: "/no/such/folder")
    spill.within {
      var buffer = GrowableBuffer<Int32>()
      for value in 0..<10_000 { buffer.append(Int32(value)) }
      spill.checkpoint()
      #expect((0..<10_000).allSatisfy { buffer.pointer[$0] == Int32($0) })
      #expect(throws: SpillError.cannotSpill(folder: "/no/such/folder", code: ENOENT)) { try Spill.check() }
    }
  }

  @Test func residentMemoryIsTold() throws {
    #if os(Linux)
      let before = try #require(ProcessMemory.resident)
      let taken = [UInt8](repeating: 1, count: 64 << 20)
      #expect(try #require(ProcessMemory.resident) - before > 48 << 20)
      #expect(taken.last == 1)
    #endif
  }
}
