import Support

/// The keys of a file's objects, each once, in the order in which they came first.
///
/// Objects of one file mostly have the same keys in the same order, so that each is looked for behind the one before it.
struct SeenKeys {
  private var keys: [[UInt8]] = []
  /// Where the next key is looked for first.
  private var next = 0
  /// How many keys there were before the present object.
  private var before = 0

  /// Keys that are told apart; a damaged file could make up any number.
  private static let limit = 4096

  /// Begins an object. Keys of the last one that was not kept are forgotten.
  mutating func begin() {
    if keys.count > before { keys.removeLast(keys.count - before) }
    next = 0
  }

  /// Keeps the keys of the present object, which is whole.
  mutating func keep() { before = keys.count }

  /// Whether the present object has a key that none before it had.
  var hasNew: Bool { keys.count > before }

  @inline(__always)
  mutating func add(_ key: Bytes) {
    if next < keys.count && isKey(next, key) {
      next += 1
    } else {
      find(key)
    }
  }

  @inline(never)
  private mutating func find(_ key: Bytes) {
    if let place = (next..<keys.count).first(where: { isKey($0, key) })
      ?? (0..<next).first(where: { isKey($0, key) })
    {
      next = place + 1
    } else if keys.count < SeenKeys.limit {
      keys.append(Array(key))
      next = keys.count
    }
  }

  @inline(__always)
  private func isKey(_ place: Int, _ key: Bytes) -> Bool {
    let known = keys[place]
    guard known.count == key.count else { return false }
    return key.count == 0 || key.baseAddress.map { memcmp(known, $0, key.count) == 0 } ?? false
  }

  var names: [String] { keys.prefix(before).map { String(decoding: $0, as: UTF8.self) } }
}
