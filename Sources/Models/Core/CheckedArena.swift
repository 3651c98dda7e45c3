#if DEBUG || LCFT_CHECKED_ARENA
  /// Scratch memory of one pass: taken piece by piece, given back all at once by `reset`.
  ///
  /// This is the arena of debug builds and, with LCFT_CHECKED_ARENA, of builds under a sanitizer. Every piece is an
  /// allocation of its own, so that a sanitizer sees where it ends. A piece that is taken holds no number, and
  /// neither does one that was given back, so that reading what was never written, or reading it too late, shows
  /// in the results. Guard bytes after each piece show that it was written beyond its end.
  package final class Arena {
    private struct Piece {
      var start: UnsafeMutableRawPointer
      var count: Int
      var type: any BitwiseCopyable.Type
      var bytes: Int
      var file: StaticString
      var line: UInt
    }
    private var pieces: [Piece] = []

    /// Whether pieces stand alone and are checked.
    package static let isChecked = true

    private static let alignment = 64
    #if LCFT_ADDRESS_SANITIZER
      /// The sanitizer guards the bytes after an allocation by itself, reads as well as writes.
      private static let guardBytes = 0
    #else
      private static let guardBytes = 64
    #endif
    private static let guardWord: UInt64 = 0xA5A5_A5A5_A5A5_A5A5
    /// Four or eight of them are not a number, as an integer they are -1.
    private static let emptyByte: UInt8 = 0xFF

    /// `bytes` is what other builds begin with.
    package init(bytes: Int = 1 << 16) {}

    deinit { giveBack(0) }

    /// `count` values that are no numbers, valid until `reset`.
    package func take<Element: BitwiseCopyable>(
      _ count: Int, of type: Element.Type = Element.self, file: StaticString = #fileID, line: UInt = #line
    ) -> UnsafeMutablePointer<Element> {
      precondition(count >= 0, "a piece has a size")
      let bytes = count * MemoryLayout<Element>.stride
      let start = UnsafeMutableRawPointer.allocate(
        byteCount: bytes + Arena.guardBytes, alignment: Arena.alignment)
      start.initializeMemory(as: UInt8.self, repeating: Arena.emptyByte, count: bytes)
      for offset in stride(from: bytes, to: bytes + Arena.guardBytes, by: 8) {
        start.storeBytes(of: Arena.guardWord, toByteOffset: offset, as: UInt64.self)
      }
      pieces.append(Piece(start: start, count: count, type: type, bytes: bytes, file: file, line: line))
      return start.bindMemory(to: type, capacity: count)
    }

    /// Gives everything back. Pointers taken before are invalid afterwards. Traps if a piece was written beyond
    /// its end.
    package func reset() { giveBack(0) }

    /// A place to `rewind` to.
    package struct Mark {
      fileprivate var pieces: Int
    }

    package var mark: Mark { Mark(pieces: pieces.count) }

    /// Gives back what was taken since `mark`. Traps as `reset` does.
    package func rewind(to mark: Mark) { giveBack(mark.pieces) }

    /// Checks all pieces and frees those from number `first` on.
    private func giveBack(_ first: Int) {
      for piece in pieces {
        for offset in stride(from: piece.bytes, to: piece.bytes + Arena.guardBytes, by: 8)
        where piece.start.loadUnaligned(fromByteOffset: offset, as: UInt64.self) != Arena.guardWord {
          fatalError(
            "arena overrun: \(piece.count) x \(piece.type), taken at \(piece.file):\(piece.line), was written "
              + "beyond its end")
        }
      }
      while pieces.count > first {
        let piece = pieces.removeLast()
        piece.start.initializeMemory(as: UInt8.self, repeating: Arena.emptyByte, count: piece.bytes)
        piece.start.deallocate()
      }
    }
  }
#endif
