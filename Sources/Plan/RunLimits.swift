import Support

/// What a run may take.
package struct RunLimits: Sendable {
  /// Whether a run that cannot fit is tried anyway.
  package var areIgnored: Bool
  /// Bytes that the ranks of a host may take together; nil: what the host has.
  package var memory: Int?
  /// The folder whose disk holds outcomes that do not fit the memory; nil: the output's.
  package var temporary: String?

  package init(areIgnored: Bool = false, memory: Int? = nil, temporary: String? = nil) {
    self.areIgnored = areIgnored
    self.memory = memory
    self.temporary = temporary
  }

  /// What the ranks of this host may take together besides what they have taken by starting.
  package func available(ranks: Int) -> Available? {
    let given = memory.map {
      Available(bytes: $0, source: "--memory \(byteText($0))").less(ResourceEstimate.running(ranks: ranks))
    }
    return [given, MachineLimits.hostMemory(ranks: ranks)].compactMap(\.self).min { $0.bytes < $1.bytes }
  }

  /// Bytes that they may take together in all.
  package func room(ranks: Int) -> Int? {
    available(ranks: ranks).map { $0.bytes + ResourceEstimate.running(ranks: ranks) }
  }
}
