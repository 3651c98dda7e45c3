import Support

/// Memory that a host holds once and all of its ranks see.
///
/// The first rank of a host allocates blocks and fills them; the others then map them, each at an address of
/// its own. A block is freed when no rank holds it any more. Where ranks cannot see one another's memory, and
/// on a host with a single rank, every rank counts as a first one and keeps its memory to itself.
///
/// A block is a file of memory that has no name and lies in no folder (`NamelessFile`). So nothing stays
/// behind, however the ranks end, and the size of /dev/shm, 64 MB in many containers, is no limit. Open MPI's
/// `MPI_Win_allocate_shared` makes a file in /dev/shm instead, where a write without room left ends in a bus
/// error.
package final class NodeMemory: MemorySource, SharedBlocks, @unchecked Sendable {
  /// The ranks of this host.
  package let node: any Communicator
  /// Whether the host's ranks hold blocks together.
  package let isShared: Bool
  /// Why several ranks of a host do not; nil otherwise.
  package let obstacle: String?
  /// Whether this rank fills blocks.
  package var leads: Bool { !isShared || node.rank == 0 }

  private let communicator: any Communicator
  private struct Entry { weak var block: MemoryBlock? }
  private var entries: [Int: Entry] = [:]
  private var numbers: [UnsafeRawPointer: Int] = [:]
  private var nextNumber = 0
  /// Blocks of the current `fill`: on the first rank with their files until the others have mapped them, on
  /// the others as they were mapped.
  private var fresh: [(number: Int, block: MemoryBlock, file: NamelessFile?)] = []
  private var claimed = 0

  /// Collective over `communicator`, whose ranks of this host are `node`.
  package init(_ communicator: any Communicator, node: any Communicator) throws {
    self.communicator = communicator
    self.node = node
    guard node.size > 1 else {
      (isShared, obstacle) = (false, nil)
      return
    }
    // Tries to share a page before anything depends on it.
    let file = node.rank == 0 ? Result { try NamelessFile(bytes: 1) } : nil
    let trial = try node.broadcast((try? file?.get())?.address.words ?? [], from: 0)
    var failure: (any Error)?
    do {
      if let file { _ = try file.get() }
      if let address = NamelessFile.Address(words: trial[...]), node.rank > 0 {
        _ = try address.map(writable: false)
      }
    } catch { failure = error }
    let first = try node.allreduce(failure == nil ? node.size : node.rank, .minimum)
    let text = try node.broadcast(failure.map(StandardError.line) ?? "", from: min(first, node.size - 1))
    isShared = first == node.size
    obstacle = isShared ? nil : text
  }

  /// Runs `build` on the first rank of every host, where `block` allocates memory, and lets the host's other
  /// ranks see it. Returns what `build` returned there, and nil on the other ranks, to which `block` then
  /// gives the same blocks in the same order, until the next `fill`. Blocks that are not `writable` are
  /// read-only from then on, on all ranks.
  ///
  /// Collective. Throws on every rank alike where `build` fails anywhere, or memory cannot be allocated or
  /// seen.
  package func fill<Value>(writable: Bool, _ build: () throws -> Value) throws -> Value? {
    fresh.removeAll()
    claimed = 0
    let built: Value? = try communicator.collectively { leads ? try build() : nil }
    var words: [Int64] = []
    for (number, _, file) in fresh { if let file { words += [Int64(number)] + file.address.words } }
    if isShared { words = try node.broadcast(words, from: 0) }
    try communicator.collectively { if !leads { try map(words, writable: writable) } }
    if leads {
      // Everybody has mapped them: the files are closed.
      if !writable {
        for (_, block, _) in fresh { mprotect(block.bytes.baseAddress, block.bytes.count, PROT_READ) }
      }
      fresh.removeAll()
    }
    entries = entries.filter { $0.value.block != nil }
    numbers = numbers.filter { entries[$0.value] != nil }
    return built
  }

  /// In the `build` of a `fill`, new memory; afterwards, on the host's other ranks, the next block of what
  /// was filled.
  package func block(bytes count: Int) throws -> MemoryBlock {
    guard isShared else { return MemoryBlock(zeros: count) }
    return try block(bytes: count, reserved: false)
  }

  package func reserve(bytes count: Int) throws -> MemoryBlock {
    guard isShared else { return MemoryBlock(reserving: count) }
    return try block(bytes: count, reserved: true)
  }

  private func block(bytes count: Int, reserved: Bool) throws -> MemoryBlock {
    guard leads else {
      precondition(claimed < fresh.count, "a rank claims no more blocks than the first rank has made")
      defer { claimed += 1 }
      precondition(
        fresh[claimed].block.bytes.count == count, "a rank claims blocks in the order in which they were made"
      )
      return fresh[claimed].block
    }
    let file = try NamelessFile(bytes: count, reserved: reserved)
    let block = try file.address.map(file, writable: true)
    fresh.append((add(block, nextNumber), block, file))
    nextNumber += 1
    return block
  }

  private func map(_ words: [Int64], writable: Bool) throws {
    let length = 1 + NamelessFile.Address.length
    for start in stride(from: 0, to: words.count, by: length) {
      let number = Int(words[start])
      guard let address = NamelessFile.Address(words: words[(start + 1)..<(start + length)]) else { continue }
      let block = try address.map(writable: writable)
      fresh.append((add(block, number), block, nil))
    }
  }

  private func add(_ block: MemoryBlock, _ number: Int) -> Int {
    entries[number] = Entry(block: block)
    if let start = block.bytes.baseAddress { numbers[UnsafeRawPointer(start)] = number }
    return number
  }

  /// Gives up the blocks of the last `fill` that this rank has not claimed.
  package func settle() { fresh.removeAll() }

  /// Returns when every rank of the host has called it and sees what the others wrote; at once where memory
  /// is not shared.
  package func barrier() throws { if isShared { try node.barrier() } }

  package func number(of address: UnsafeRawPointer) -> Int? {
    guard let number = numbers[address], entries[number]?.block != nil else { return nil }
    return number
  }

  package func block(number: Int) -> MemoryBlock? { entries[number]?.block }
}
