import Models
import Testing

@Suite struct ArenaTests {
  /// Pieces start on cache lines, do not overlap, and keep what is in them until `reset`, also when the arena grows.
  @Test func piecesStandApart() {
    let arena = Arena(bytes: 256)
    for pass in 0..<3 {
      let pieces = (0..<40).map { arena.take($0, of: Int32.self) }
      for (count, piece) in pieces.enumerated() {
        #expect(UInt(bitPattern: piece) % 64 == 0)
        for i in 0..<count { piece[i] = Int32(1000 * pass + count) }
      }
      let zeros = arena.takeZeros(100, of: Double.self)
      for (count, piece) in pieces.enumerated() {
        #expect((0..<count).allSatisfy { piece[$0] == Int32(1000 * pass + count) })
      }
      #expect((0..<100).allSatisfy { zeros[$0] == 0 })
      arena.reset()
    }
  }

  /// What was taken before a mark outlives the return to it.
  @Test func rewinding() {
    let arena = Arena(bytes: 1 << 12)
    let kept = arena.take(10, of: Float.self)
    kept.update(repeating: 7, count: 10)
    let mark = arena.mark
    for size in [10, 100, 10_000] {
      arena.take(size, of: Float.self).update(repeating: 1, count: size)
      arena.rewind(to: mark)
    }
    arena.takeZeros(100, of: Float.self).update(repeating: 2, count: 100)
    #expect((0..<10).allSatisfy { kept[$0] == 7 })
  }
}

/// What the arena of debug and sanitizer builds finds; other builds have nothing to find it with.
@Suite(.enabled(if: Arena.isChecked, "pieces are checked in debug and sanitizer builds"))
struct CheckedArenaTests {
  @Test func takenMemoryHoldsNoNumber() {
    let arena = Arena()
    for _ in 0..<2 {
      let (floats, doubles, ids) = (
        arena.take(5, of: Float.self), arena.take(5, of: Double.self), arena.take(5, of: Int32.self)
      )
      #expect((0..<5).allSatisfy { floats[$0].isNaN && doubles[$0].isNaN && ids[$0] == -1 })
      for i in 0..<5 { (floats[i], doubles[i], ids[i]) = (1, 2, 3) }
      arena.reset()
    }
  }

  /// Written beyond their ends: a last piece, one before it, and an empty one whose arena goes away.
  @Test func overrunsAreCaught() async {
    await #expect(processExitsWith: .failure) {
      let arena = Arena()
      let piece = arena.take(3, of: Float.self)
      for i in 0...3 { piece[i] = 0 }
      arena.reset()
    }
    await #expect(processExitsWith: .failure) {
      let arena = Arena()
      let piece = arena.take(16, of: Int32.self)
      let mark = arena.mark
      _ = arena.take(5, of: Double.self)
      piece[17] = 1
      arena.rewind(to: mark)
    }
    await #expect(processExitsWith: .failure) {
      let arena = Arena()
      withExtendedLifetime(arena) { arena.take(0, of: Float.self)[0] = 1 }
    }
    await #expect(processExitsWith: .success) {
      let arena = Arena()
      let piece = arena.take(3, of: Float.self)
      for i in 0..<3 { piece[i] = 0 }
      arena.reset()
    }
  }
}
