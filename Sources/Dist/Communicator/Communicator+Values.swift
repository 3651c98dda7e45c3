import Foundation
import Support

// Single values, arrays and strings: for settings and results, not for hot loops (these allocate).

extension Communicator {
  /// `root`'s `value` on every rank.
  package func broadcast<Element: MPIElement>(_ value: Element, from root: Int) throws -> Element {
    var value = value
    try withUnsafeMutablePointer(to: &value) {
      try broadcast(UnsafeMutableBufferPointer(start: $0, count: 1), from: root)
    }
    return value
  }

  /// `root`'s `values` on every rank; the other ranks' argument is ignored and may differ in length.
  package func broadcast<Element: MPIElement>(_ values: [Element], from root: Int) throws -> [Element] {
    let count = try broadcast(values.count, from: root)
    if rank == root {
      var values = values
      try values.withUnsafeMutableBufferPointer { try broadcast($0, from: root) }
      return values
    }
    return try [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      try broadcast(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), from: root)
      initialized = count
    }
  }

  /// `root`'s `string` on every rank; the other ranks' argument is ignored.
  package func broadcast(_ string: String, from root: Int) throws -> String {
    String(decoding: try broadcast(Array(string.utf8), from: root), as: UTF8.self)
  }

  /// `root`'s `value` on every rank, by way of JSON; the other ranks' argument is ignored.
  package func broadcast<Value: Codable>(json value: Value?, from root: Int) throws -> Value {
    let encoded = try collectively {
      rank == root ? [UInt8](try JSONEncoder.ofAnyNumbers().encode(value)) : []
    }
    let received = Data(try broadcast(encoded, from: root))
    return try JSONDecoder.ofAnyNumbers().decode(Value.self, from: received)
  }

  /// The ranks' values joined, on every rank.
  package func allreduce<Element: MPIReducible>(_ value: Element, _ reduction: Reduction) throws -> Element {
    var value = value
    try withUnsafeMutablePointer(to: &value) {
      try allreduce(UnsafeMutableBufferPointer(start: $0, count: 1), reduction)
    }
    return value
  }

  /// The ranks' parts, of equal lengths, one after another in `buffer` [size, part.count] on `root`.
  package func gather<Element: MPIElement>(
    _ part: UnsafeBufferPointer<Element>, into buffer: UnsafeMutableBufferPointer<Element>, to root: Int
  ) throws {
    let counts = rank == root ? [Int](repeating: part.count, count: size) : []
    try gather(part, into: buffer, counts: counts, to: root)
  }

  /// The ranks' arrays, of any lengths, one after another on `root`, with the length of each; both are empty
  /// on the other ranks.
  package func gather<Element: MPIElement>(
    _ part: [Element], to root: Int
  ) throws -> (values: [Element], counts: [Int]) {
    var counts = [Int](repeating: 0, count: rank == root ? size : 0)
    try withUnsafePointer(to: part.count) { count in
      try counts.withUnsafeMutableBufferPointer {
        try gather(UnsafeBufferPointer(start: count, count: 1), into: $0, to: root)
      }
    }
    let total = counts.reduce(0, +)
    let values = try [Element](unsafeUninitializedCapacity: total) { buffer, initialized in
      let whole = UnsafeMutableBufferPointer(rebasing: buffer[..<total])
      try part.withUnsafeBufferPointer { try gather($0, into: whole, counts: counts, to: root) }
      initialized = total
    }
    return (values, counts)
  }

  /// The ranks' arrays, of any lengths, one after another on every rank, with the length of each.
  package func allgather<Element: MPIElement>(
    _ part: [Element]
  ) throws -> (values: [Element], counts: [Int]) {
    var counts = [Int](repeating: 0, count: size)
    let ones = [Int](repeating: 1, count: size)
    try withUnsafePointer(to: part.count) { count in
      try counts.withUnsafeMutableBufferPointer {
        try allgather(UnsafeBufferPointer(start: count, count: 1), into: $0, counts: ones)
      }
    }
    let total = counts.reduce(0, +)
    let values = try [Element](unsafeUninitializedCapacity: total) { buffer, initialized in
      let whole = UnsafeMutableBufferPointer(rebasing: buffer[..<total])
      try part.withUnsafeBufferPointer { try allgather($0, into: whole, counts: counts) }
      initialized = total
    }
    return (values, counts)
  }
}
