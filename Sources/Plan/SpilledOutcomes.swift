import LCFT

/// That the outcomes of users, and what results make of them, lie in temporary files on rank 0's host, which does not have
/// the memory for all of them.
package struct SpilledOutcomes: Equatable, Sendable {
  /// What the files will hold.
  package let bytes: Int
  /// What rank 0 may have of them in memory.
  package let memory: Int

  /// With less than this they are not worked on.
  static let least = 64 << 20
}

extension ResourceEstimate {
  /// Whether a host's ranks have the memory that they need.
  package enum Fit: Equatable {
    case inMemory
    case spilled(SpilledOutcomes)
    /// In the named stage so many bytes are needed, also with outcomes in files.
    case tooLarge(stage: String, needed: Int)
  }

  /// Whether a run fits a host with `memory` bytes for its `ranks` ranks, rank 0 among them or not.
  package func fit(memory: Int, ranks: Int, leader: Bool) -> Fit {
    let all = fullest(ranks: ranks, leader: leader)
    if all.bytes <= memory { return .inMemory }
    let rest = fullest(ranks: ranks, leader: leader, spilled: true)
    guard leader, rest.bytes < all.bytes, rest.bytes <= memory else {
      return .tooLarge(stage: rest.stage.name, needed: min(all.bytes, rest.bytes))
    }
    // Other stages may leave less, but hold no outcomes.
    let room = stages.filter { $0.spillableBytes > 0 }.map {
      memory - hostBytes($0, ranks: ranks, leader: true, spilled: true)
    }
    return .spilled(
      SpilledOutcomes(
        bytes: spillableBytes, memory: SpilledOutcomes.least + (room.min() ?? 0)))
  }
}
