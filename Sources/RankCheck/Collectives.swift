import Dist
import Support

/// A value that names its rank and place, in any element type.
private func mark(_ rank: Int, _ index: Int) -> Int { (rank * 31 + index * 7 + 1) % 251 }

func checkCollectives(_ check: Check) throws {
  try check.withPieceLimits(1, 3, 8) {
    for count in [0, 1, 2, 3, 8, 16, 17] {
      try checkElement(check, count) { Float($0) }
      try checkElement(check, count) { Double($0) }
      try checkElement(check, count) { Int32($0) }
      try checkElement(check, count) { Int64($0) }
      try checkElement(check, count) { UInt8($0) }
      try checkElement(check, count) { UInt64($0) }
      try checkReductions(check, count)
    }
    try checkStrings(check)
    try check.world.barrier()
  }
  let node = try check.world.node()
  try check.expect((1...check.size).contains(node.size), "node of \(node.size) ranks")
  let ranks = try node.allgather([check.rank]).values
  try check.expect(ranks == ranks.sorted() && ranks[node.rank] == check.rank, "node's ranks \(ranks)")
  let traffic = check.world.traffic
  try check.expect(
    check.world is SoloCommunicator || (traffic.calls > 0 && traffic.seconds > 0), "traffic \(traffic)")
}

private func checkElement<Element: MPIElement & Equatable>(
  _ check: Check, _ count: Int, _ element: (Int) -> Element
) throws {
  let world = check.world
  let what = "\(Element.self) x \(count)"
  for root in 0..<check.size {
    var buffer = (0..<count).map { element(mark(world.rank, $0)) }
    try buffer.withUnsafeMutableBufferPointer { try world.broadcast($0, from: root) }
    try check.expect(buffer == (0..<count).map { element(mark(root, $0)) }, "broadcast of \(what)")

    // Ragged: rank r has count + r elements, or none where r is odd and count even.
    func part(_ rank: Int) -> [Element] {
      let length = rank % 2 == 1 && count % 2 == 0 ? 0 : count + rank
      return (0..<length).map { element(mark(rank, $0)) }
    }
    let counts = (0..<check.size).map { part($0).count }
    let expected = (0..<check.size).flatMap(part)
    let gathered = try world.gather(part(world.rank), to: root)
    try check.expect(
      world.rank == root ? gathered.values == expected && gathered.counts == counts : gathered.values.isEmpty,
      "gather of \(what)")
    let all = try world.allgather(part(world.rank))
    try check.expect(all.values == expected && all.counts == counts, "allgather of \(what)")

    let array = try world.broadcast(part(world.rank), from: root)
    try check.expect(array == part(root), "broadcast of an array of \(what)")
  }
  var whole = [Element](repeating: element(0), count: check.size * count)
  let equal = (0..<count).map { element(mark(world.rank, $0)) }
  try equal.withUnsafeBufferPointer { part in
    try whole.withUnsafeMutableBufferPointer { try world.gather(part, into: $0, to: 0) }
  }
  let expected = (0..<check.size).flatMap { rank in (0..<count).map { element(mark(rank, $0)) } }
  try check.expect(world.rank != 0 || whole == expected, "gather of equal parts of \(what)")
}

private func checkReductions(_ check: Check, _ count: Int) throws {
  let marks = (0..<check.size).map { rank in (0..<count).map { mark(rank, $0) } }
  func expected(_ join: (Int, Int) -> Int) -> [Int] {
    (0..<count).map { index in
      marks.map { $0[index] }.dropFirst().reduce(marks[0][index], join)
    }
  }
  for (reduction, values) in [
    (Reduction.sum, expected(+)), (.minimum, expected(min)), (.maximum, expected(max)),
  ] {
    var integers = marks[check.rank].map { Int64($0) }
    try integers.withUnsafeMutableBufferPointer { try check.world.allreduce($0, reduction) }
    try check.expect(integers == values.map { Int64($0) }, "\(reduction) of \(count) integers")
    var doubles = marks[check.rank].map { Double($0) }
    try doubles.withUnsafeMutableBufferPointer { try check.world.allreduce($0, reduction) }
    try check.expect(doubles == values.map { Double($0) }, "\(reduction) of \(count) doubles")
  }
}

private func checkStrings(_ check: Check) throws {
  for text in ["", "a", "model: DIN\nseed: 7\n", "naïve – 映画 🎬"] {
    let received = try check.world.broadcast(check.rank == 0 ? text : "other", from: 0)
    try check.expect(received == text, "broadcast of '\(text)'")
  }
}
