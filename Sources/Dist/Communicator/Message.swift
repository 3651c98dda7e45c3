/// A message that has arrived.
package struct Envelope: Sendable, Equatable {
  package var source: Int
  package var tag: Int
  /// Its length, or that of its first piece if it had to be cut (see `Communicator`).
  package var bytes: Int

  /// Its length in elements of `type`.
  package func count<Element: MPIElement>(of type: Element.Type) -> Int { bytes / MemoryLayout<Element>.size }
}

/// Message tags. Messages with different tags are never confused; tags below `reserved` are free for callers.
package enum Tag {
  package static let reserved = 32_000
  static let gather = 32_000
  static let partials = 32_001
  static let results = 32_002
  static let rowCounts = 32_003
  static let rows = 32_004
  static let queueReport = 32_006
  static let queueBytes = 32_007
  static let queueChunk = 32_008
  static let clock = 32_009
  static let queueStop = 32_010
  /// Rows of a checkpoint, on their way to the rank that writes it.
  package static let checkpointRows = 32_011
  static let rowRequest = 32_012
  static let rowAnswer = 32_013
  /// Sums of rows, on their way from host to host.
  package static let meanRow = 32_014
  /// From a rank that works alone, to those that wait for it.
  static let lifeSign = 32_015
  /// Every MPI has tags up to this one.
  static let last = 32_767
}
