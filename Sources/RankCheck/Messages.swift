import Dist
import Support

func checkMessages(_ check: Check) throws {
  let world = check.world
  try check.withPieceLimits(1, 4) {
    // Around the ring, of every length, empty ones as well.
    let right = (check.rank + 1) % check.size
    let left = (check.rank + check.size - 1) % check.size
    for count in [0, 1, 4, 5, 12, 3000] {
      let outgoing = (0..<count).map { Int32(check.rank * 10_000 + $0) }
      var incoming = [Int32](repeating: -1, count: count)
      try outgoing.withUnsafeBufferPointer { source in
        try incoming.withUnsafeMutableBufferPointer {
          try world.sendReceive(source, to: right, $0, from: left, tag: 5)
        }
      }
      try check.expect(incoming == (0..<count).map { Int32(left * 10_000 + $0) }, "ring of \(count)")
    }
  }
  let beyond = try check.failure(of: "a message to no rank") {
    try [UInt8(1)].withUnsafeBufferPointer { try world.send($0, to: check.size + 1, tag: 0) }
  }
  try check.expect(
    beyond as? DistError == .noSuchRank(rank: check.size + 1, size: check.size), "\(beyond)")
  guard check.size > 1 else { return }
  try checkProbe(check)
  try checkLengths(check)
  try checkOverlap(check)
}

/// Every other rank sends rank 0 a message whose length only a probe tells.
private func checkProbe(_ check: Check) throws {
  let world = check.world
  if check.rank > 0 {
    let message = [Double](repeating: Double(check.rank), count: 3 * check.rank)
    try message.withUnsafeBufferPointer { try world.send($0, to: 0, tag: 11) }
  } else {
    var seen = Set<Int>()
    while seen.count < check.size - 1 {
      guard let envelope = try world.probe(tag: 11) else { continue }
      try check.expect(envelope.count(of: Double.self) == 3 * envelope.source, "\(envelope)")
      var message = [Double](repeating: 0, count: envelope.count(of: Double.self))
      try message.withUnsafeMutableBufferPointer {
        try world.receive($0, from: envelope.source, tag: 11)
      }
      try check.expect(message.allSatisfy { $0 == Double(envelope.source) }, "probed message")
      try check.expect(seen.insert(envelope.source).inserted, "one message per rank")
    }
    try check.expect(try world.probe(tag: 12) == nil, "no message with another tag")
  }
  try world.barrier()
}

/// Messages that are longer or shorter than the receiver was told.
private func checkLengths(_ check: Check) throws {
  let world = check.world
  if check.rank == 1 {
    let five: [Float] = [1, 2, 3, 4, 5]
    for tag in 20...23 { try five.withUnsafeBufferPointer { try world.send($0, to: 0, tag: tag) } }
  } else if check.rank == 0 {
    var three = [Float](repeating: 0, count: 3)
    let longer = try check.failure(of: "a message that is too long") {
      try three.withUnsafeMutableBufferPointer { try world.receive($0, from: 1, tag: 20) }
    }
    let text = "\(longer)"
    try check.expect(
      text.hasPrefix("MPI_Recv failed on rank 0: ") && text.lowercased().contains("truncate"),
      "text of: \(text)")
    let requests = Requests()
    let later = try check.failure(of: "a message under way that is too long") {
      try three.withUnsafeMutableBufferPointer {
        try world.startReceive($0, from: 1, tag: 21, requests)
        try world.finish(requests)
      }
    }
    try check.expect("\(later)".lowercased().contains("truncate"), "text of: \(later)")
    try check.expect(requests.count == 0, "no request is left after an error")
    var seven = [Float](repeating: 0, count: 7)
    let shorter = try check.failure(of: "a message that is too short") {
      try seven.withUnsafeMutableBufferPointer { try world.receive($0, from: 1, tag: 22) }
    }
    try check.expect(
      shorter as? DistError == .messageLength(expected: 28, received: 20, source: 1, tag: 22), "\(shorter)")
    let laterShorter = try check.failure(of: "a message under way that is too short") {
      try seven.withUnsafeMutableBufferPointer {
        try world.startReceive($0, from: 1, tag: 23, requests)
        try world.finish(requests)
      }
    }
    try check.expect(
      laterShorter as? DistError == .messageLength(expected: 28, received: 20, source: 1, tag: 23),
      "\(laterShorter)")
  }
  try world.barrier()
}

/// Many messages under way at once, more than the requests had room for, ended by polling.
private func checkOverlap(_ check: Check) throws {
  let world = check.world
  let requests = Requests(capacity: 1)
  let length = 2000
  let before = world.traffic
  let mine = (0..<length).map { Int64(check.rank * length + $0) }
  var theirs = [Int64](repeating: -1, count: check.size * length)
  try mine.withUnsafeBufferPointer { outgoing in
    try theirs.withUnsafeMutableBufferPointer { incoming in
      for other in 0..<check.size where other != check.rank {
        let place = UnsafeMutableBufferPointer(rebasing: incoming[other * length..<(other + 1) * length])
        try world.startReceive(place, from: other, tag: 30, requests)
      }
      for other in 0..<check.size where other != check.rank {
        try world.startSend(outgoing, to: other, tag: 30, requests)
      }
      try check.expect(requests.count == 2 * (check.size - 1), "requests are counted")
      while !(try world.poll(requests)) {}
    }
  }
  for other in 0..<check.size where other != check.rank {
    let part = theirs[other * length..<(other + 1) * length]
    try check.expect(part.elementsEqual((0..<length).map { Int64(other * length + $0) }), "overlap")
  }
  let traffic = world.traffic - before
  let bytes = (check.size - 1) * length * 8
  try check.expect(traffic.bytesSent == bytes && traffic.bytesReceived == bytes, "\(traffic) for \(bytes)")
}
