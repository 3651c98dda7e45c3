import Dist
import Support

/// Outcomes as ranks have packed them, in files, by range of users, until all are there.
///
/// Ranks report users in any order. Where the columns of all users lie in files, to set each user's values at once would
/// move their pages between disk and memory again and again; a range's columns fit the memory.
final class WaitingOutcomes {
  /// Each is an open file.
  private static let mostRanges = 128

  private let spill: Spill
  private let usersPerRange: Int
  /// [ranges]
  private var ranges: [ResultBuffer] = []
  private var sinceCheckpoint = 0

  init(users: Int, _ spill: Spill) {
    self.spill = spill
    usersPerRange = max(1, (users + WaitingOutcomes.mostRanges - 1) / WaitingOutcomes.mostRanges)
    ranges = (0..<(users + usersPerRange - 1) / usersPerRange).map { _ in ResultBuffer() }
  }

  /// Keeps what a rank has packed for the user at `position`. Throws `SpillError` where the disk takes no more.
  func add(_ position: Int, _ packed: UnsafeRawBufferPointer) throws(SpillError) {
    let range = ranges[position / usersPerRange]
    spill.within {
      range.append(Int32(position))
      range.append(contentsOf: packed.bindMemory(to: UInt8.self))
    }
    sinceCheckpoint += packed.count
    if sinceCheckpoint >= spill.pieceBytes {
      sinceCheckpoint = 0
      spill.checkpoint()
    }
    if let failure = spill.failure { throw failure }
  }

  /// Hands out what was kept, range after range, each user's to `take`, and keeps it no more.
  func drain(_ take: (_ position: Int, _ rest: inout ResultReader) throws -> Void) throws {
    for (index, range) in ranges.enumerated() {
      var reader = ResultReader(range.bytes)
      while !reader.isAtEnd { try take(Int(try reader.read(Int32.self)), &reader) }
      ranges[index] = ResultBuffer()
      spill.checkpoint()
    }
  }
}
