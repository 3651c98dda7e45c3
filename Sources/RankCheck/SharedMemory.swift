import Dist
import Support

/// On this host, and with the ranks taken for those of hosts of one, two and three ranks.
func checkSharedMemory(_ check: Check) throws {
  let memory = try NodeMemory(check.world, node: try check.world.node())
  try checkSharing(check, memory)
  try checkRefusals(check, memory)
  guard let world = check.world as? MPICommunicator else { return }
  for largest in 1...3 {
    let node = try world.splitByHost { $0 / largest }
    try check.expect(node.size <= largest, "\(node.size) ranks where a host has \(largest)")
    try checkSharing(check, try NodeMemory(world, node: node))
    try node.free()
  }
}

private func pattern(_ host: Int, _ index: Int, _ count: Int) -> UInt8 {
  UInt8(truncatingIfNeeded: 31 * host + 7 * index + 13 * count + 1)
}

private func checkSharing(_ check: Check, _ memory: NodeMemory) throws {
  try check.expect(memory.obstacle == nil, "memory of a host: \(memory.obstacle ?? "")")
  try check.expect(memory.isShared == (memory.node.size > 1), "sharing on \(memory.node.size) ranks")
  // Hosts hold memory of their own: the number of the first rank tells whose it is.
  let host = try memory.node.broadcast(check.rank, from: 0)
  let sizes = [1, 4096, 0, 4097, 300_000]
  for writable in [false, true] {
    var calls = 0
    let filled = try memory.fill(writable: writable) {
      calls += 1
      return try sizes.enumerated().map { index, size in
        let block = try memory.block(bytes: size)
        try check.expect(block.bytes.count == size && block.bytes.allSatisfy { $0 == 0 }, "\(size) zeros")
        for byte in 0..<size { block.bytes[byte] = pattern(host, byte, index) }
        return block
      }
    }
    try check.expect(calls == (memory.leads ? 1 : 0), "only a first rank builds")
    try check.expect((filled != nil) == memory.leads, "only a first rank has what was built")
    let blocks = try filled ?? sizes.map { try memory.block(bytes: $0) }
    memory.settle()
    for (index, block) in blocks.enumerated() {
      let right = block.bytes.indices.allSatisfy { block.bytes[$0] == pattern(host, $0, index) }
      try check.expect(block.bytes.count == sizes[index] && right, "block \(index) of host \(host)")
    }
    try checkNumbers(check, memory, blocks)
    if writable { try checkWriting(check, memory, blocks[4]) }
    try memory.barrier()
  }
}

/// A block's number means it on every rank, as long as somebody holds it.
private func checkNumbers(_ check: Check, _ memory: NodeMemory, _ blocks: [MemoryBlock]) throws {
  // Allocated and given up at once: its number is no longer known.
  let dropped = try memory.fill(writable: false) {
    memory.number(of: try memory.block(bytes: 10_000).bytes.baseAddress!)
  }
  memory.settle()
  guard memory.isShared else { return }
  let number = try memory.node.broadcast((dropped ?? nil) ?? -1, from: 0)
  try check.expect(number >= 0 && memory.block(number: number) == nil, "block \(number) is gone")

  let numbers = blocks.map { memory.number(of: $0.bytes.baseAddress!) ?? -1 }
  try check.expect(numbers == (try memory.node.broadcast(numbers, from: 0)), "numbers \(numbers)")
  try check.expect(Set(numbers).count == blocks.count, "numbers \(numbers)")
  try check.expect(
    zip(numbers, blocks).allSatisfy { memory.block(number: $0) === $1 }, "a number gives its block")
  try check.expect(memory.number(of: blocks[1].bytes.baseAddress! + 16) == nil, "the inside has no number")
}

/// Every rank writes bytes of its own, all see them.
private func checkWriting(_ check: Check, _ memory: NodeMemory, _ block: MemoryBlock) throws {
  let (rank, size) = (memory.node.rank, memory.isShared ? memory.node.size : 1)
  for round in 0..<20 {
    try memory.barrier()
    for byte in stride(from: memory.isShared ? rank : 0, to: block.bytes.count, by: size) {
      block.bytes[byte] = UInt8((byte % size + round) % 251)
    }
    try memory.barrier()
    let right = block.bytes.indices.allSatisfy { block.bytes[$0] == UInt8(($0 % size + round) % 251) }
    try check.expect(right, "what the ranks of a host wrote in round \(round)")
  }
}

/// What fails on one host ends with the same error on every rank, and memory can be shared afterwards.
private func checkRefusals(_ check: Check, _ memory: NodeMemory) throws {
  let failed = try check.failure(of: "a first rank's failure") {
    _ = try memory.fill(writable: false) { throw CheckFailure("users.h5: ends early") }
  }
  try check.expect("\(failed)".hasPrefix("users.h5: ends early"), "\(failed)")
  if memory.isShared {
    let tooMuch = try check.failure(of: "a block that no machine has room for") {
      _ = try memory.fill(writable: false) { try memory.block(bytes: 1 << 50) }
    }
    try check.expect(
      "\(tooMuch)".hasPrefix("cannot allocate 1073741824 MB of memory for the ranks"), "\(tooMuch)")
  }
  try checkSharing(check, memory)
}

/// A block of more bytes than 32 bits count.
func shareLarge(_ world: any Communicator) throws {
  let check = Check(world)
  let memory = try NodeMemory(world, node: try world.node())
  let count = (1 << 32) + 12_345
  let places = stride(from: 0, to: count, by: 1 << 28).map { $0 } + [count - 1]
  let filled = try memory.fill(writable: false) {
    let block = try memory.block(bytes: count)
    for place in places { block.bytes[place] = pattern(0, place >> 28, 1) }
    return block
  }
  let block = try filled ?? memory.block(bytes: count)
  memory.settle()
  try check.expect(places.allSatisfy { block.bytes[$0] == pattern(0, $0 >> 28, 1) }, "\(count) bytes")
  try memory.barrier()
  if world.rank == 0 { print("rank-check: \(count) bytes shared by \(memory.node.size) ranks") }
}

/// Shares memory, says so, and computes until it is killed.
func holdShared(_ world: any Communicator) throws {
  let memory = try NodeMemory(world, node: try world.node())
  let filled = try memory.fill(writable: true) { try memory.block(bytes: 1 << 26) }
  let block = try filled ?? memory.block(bytes: 1 << 26)
  if world.rank == 0 {
    print("rank-check: holding \(block.bytes.count) bytes")
    fflush(nil)
  }
  spin(seconds: 60)
}

/// Whether ranks that cannot see one another's memory notice, and keep memory of their own.
func shareApart(_ world: any Communicator) throws {
  let check = Check(world)
  let memory = try NodeMemory(world, node: try world.node())
  try check.expect(!memory.isShared && memory.leads, "ranks that do not see one another share nothing")
  let block = try memory.fill(writable: true) { try memory.block(bytes: 1000) }
  block?.bytes[7] = UInt8(world.rank)
  try memory.barrier()
  try world.barrier()
  try check.expect(block?.bytes[7] == UInt8(world.rank), "every rank has its own")
  if world.rank == 0 { print("rank-check: apart: \(memory.obstacle ?? "")") }
}
