import Support

/// What has left this host in sums: the messages and the bytes that this rank has sent to other hosts. Exact, as sums
/// send every message themselves.
package struct HostTraffic: Sendable, Equatable {
  package var messages = 0
  package var bytes = 0

  package init(messages: Int = 0, bytes: Int = 0) {
    self.messages = messages
    self.bytes = bytes
  }

  package static func + (left: HostTraffic, right: HostTraffic) -> HostTraffic {
    HostTraffic(messages: left.messages + right.messages, bytes: left.bytes + right.bytes)
  }

  package static func - (later: HostTraffic, earlier: HostTraffic) -> HostTraffic {
    HostTraffic(messages: later.messages - earlier.messages, bytes: later.bytes - earlier.bytes)
  }
}

/// The two levels on which ranks add up: those of a host in memory that they share, and the hosts by messages, of which
/// there is one per pair of hosts and direction, however many ranks they have.
package final class HostGroup {
  package let communicator: any Communicator
  package let layout: HostLayout
  /// This rank's host, and this rank's place among the host's ranks.
  let host: Int
  let index: Int
  /// The other hosts to which this rank speaks, nearest first.
  let peers: [Int]
  package private(set) var traffic = HostTraffic()

  /// Work that a rank may do while it waits for others here, a piece at a time; false where there is none. It does not
  /// communicate, and nothing of the sum goes on until the piece is done.
  package var meanwhile: () -> Bool = { false }

  private let node: (any Communicator)?
  private let memory: NodeMemory?
  private let requests = Requests()

  /// `node` are the ranks that share memory with this one; nil where it shares with nobody. Collective. Throws, on every
  /// rank of the host, where they cannot share any more: their sums need it, and so does whatever else they share.
  package init(_ communicator: any Communicator, node: (any Communicator)? = nil) throws {
    let node = (node?.size ?? 1) > 1 ? node : nil
    self.communicator = communicator
    self.node = node
    layout = try HostLayout(communicator, node: node)
    memory = try node.map { try NodeMemory($0, node: $0) }
    let (layout, rank) = (layout, communicator.rank)
    let host = layout.hosts[rank]
    self.host = host
    index = layout.ranks[host].firstIndex(of: rank) ?? 0
    peers = (1..<max(layout.count, 1)).map { (host + $0) % layout.count }
      .filter { layout.speaker(of: host, to: $0) == rank }
    if let obstacle = memory?.obstacle {
      throw DistError.collective(
        rank: layout.ranks[host][0], message: obstacle, failures: 1, exitStatus: 1)
    }
  }

  /// How many ranks this host has.
  var size: Int { layout.ranks[host].count }
  /// Whether this is the first rank of its host.
  var leads: Bool { index == 0 }

  /// This rank's part of what the host's ranks share among them.
  package func part(of range: Range<Int>) -> Range<Int> {
    let count = range.count
    return range.lowerBound + count * index / size..<range.lowerBound + count * (index + 1) / size
  }

  /// Returns when every rank of the host has called it and sees what the others wrote. Once nothing is left
  /// to do meanwhile it lets others go first: where there are more ranks than cores, those that it waits for.
  @inline(__always)
  func barrier() throws {
    guard let node else { return }
    let start = steadySeconds()
    try node.longBarrier { isLong(since: start) && meanwhile() }
  }

  /// Whether a wait since `start` has become long enough for other work: a short one would end in the middle of a piece.
  @inline(__always)
  private func isLong(since start: Double) -> Bool { steadySeconds() - start > 20e-6 }

  /// `bytes` bytes, all 0, that every rank of the host sees and may write to. Collective on the host.
  func block(bytes: Int) throws -> MemoryBlock {
    guard let memory else { return MemoryBlock(zeros: bytes) }
    do {
      let filled = try memory.fill(writable: true) { try memory.block(bytes: bytes) }
      defer { memory.settle() }
      return try filled ?? memory.block(bytes: bytes)
    } catch DistError.collective(let index, let message, let failures, let status) {
      throw DistError.collective(
        rank: layout.ranks[host][index], message: message, failures: failures, exitStatus: status)
    }
  }

  /// Starts a send to the rank of `other` that speaks to this host. Nothing is no message.
  func startSend<Element: MPIElement>(_ buffer: UnsafeBufferPointer<Element>, to other: Int, tag: Int) throws
  {
    try startSend(buffer, toRank: layout.speaker(of: other, to: host), tag: tag)
  }

  func startReceive<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, from other: Int, tag: Int
  ) throws {
    try startReceive(buffer, fromRank: layout.speaker(of: other, to: host), tag: tag)
  }

  func startSend<Element: MPIElement>(
    _ buffer: UnsafeBufferPointer<Element>, toRank rank: Int, tag: Int
  ) throws {
    guard !buffer.isEmpty else { return }
    traffic.messages += 1
    traffic.bytes += buffer.count * MemoryLayout<Element>.size
    try communicator.startSend(buffer, to: rank, tag: tag, requests)
  }

  func startReceive<Element: MPIElement>(
    _ buffer: UnsafeMutableBufferPointer<Element>, fromRank rank: Int, tag: Int
  ) throws {
    guard !buffer.isEmpty else { return }
    try communicator.startReceive(buffer, from: rank, tag: tag, requests)
  }

  /// Waits for everything that was started.
  func finish() throws {
    let start = steadySeconds()
    while try !communicator.poll(requests) {
      if isLong(since: start), !meanwhile() { return try communicator.finish(requests) }
    }
  }
}
